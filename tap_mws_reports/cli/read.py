"""`mws-reports read`: print downloaded reports as JSON lines.

The report type and the marketplace format are detected where they are not given.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, get_args

import click

from tap_mws_reports.cli.commands import command as declare
from tap_mws_reports.cli.detection import open_detected, requested_type
from tap_mws_reports.cli.output_file import output_file
from tap_mws_reports.cli.own_types import directory_option, use_own_types
from tap_mws_reports.cli.read_summary import ReadSummary
from tap_mws_reports.cli.row_output import Format, make_output, write_rows
from tap_mws_reports.documents import Timestamps, decompressed
from tap_mws_reports.documents.charsets import codec_named
from tap_mws_reports.errors import SettingsError, TapError
from tap_mws_reports.report_types import ReportType

_STDIN = Path("-")
FILE_COLUMN = "_file"
"""The property with the name of the file, in the rows of a directory."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """How documents are read and their rows are written."""

    requested: ReportType
    place: str | None
    charset: str | None
    timestamps: Timestamps
    form: Format
    output: Path | None


@declare(
    "read",
    "mws-reports read report.txt > rows.jsonl",
    "mws-reports read report.txt --format parquet -o rows.parquet",
    "gunzip -c report.gz | mws-reports read - --type GET_AFN_INVENTORY_DATA --marketplace DE",
)
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--type", "named", help="The report type; default: detected by the header.")
@click.option(
    "--marketplace",
    "place",
    help="Id or country, which sets the format of dates and amounts; default: US.",
)
@click.option("--charset", help="The charset of the Content-Type header.")
@click.option(
    "--timestamps",
    type=click.Choice(get_args(Timestamps)),
    default="utc",
    help="Write timestamps in UTC, or with the offset that Amazon sent; default: utc.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(get_args(Format)),
    default="jsonl",
    help="The format of the rows: JSON lines, CSV or parquet; default: jsonl.",
)
@click.option(
    *("--output", "-o"), type=click.Path(path_type=Path), help="Write the rows to this file."
)
@directory_option
def command(
    file: Path,
    named: str | None,
    place: str | None,
    charset: str | None,
    timestamps: Timestamps,
    form: Format,
    output: Path | None,
    types_directory: Path | None,
) -> int:
    """Read a downloaded report: rows on stdout, a summary on stderr.

    FILE is the document, or - for stdin. Of a directory every document in it is read, as JSON
    lines, each with the name of its file.
    """
    if charset and not codec_named(charset):
        raise SettingsError(
            f"{charset!r} is not a character set that Amazon uses",
            where="--charset",
            hint="leave it out: most documents are detected by their bytes",
        )
    use_own_types(types_directory)
    reading = _Reading(requested_type(named), place, charset, timestamps, form, output)
    if not file.is_dir():
        _read_file(reading, file)
        return 0
    if form != "jsonl" or output:
        raise SettingsError(
            "the documents of a directory have different columns",
            where="--format and --output",
            hint="leave both out, or read one document at a time",
        )
    return _read_directory(reading, file)


def _read_directory(reading: _Reading, directory: Path) -> int:
    """Read every file in a directory, by name; return the code of the first error, or 0.

    Folders in it and hidden files are not read.
    """
    code = read = 0
    files = sorted(each for each in directory.iterdir() if not each.name.startswith("."))
    for file in files:
        if not file.is_file():
            click.echo(f"    file: {file.name} is not a file, and is not read", err=True)
            continue
        click.echo(f"    file: {file.name}", err=True)
        try:
            _read_file(reading, file, {FILE_COLUMN: file.name})
        except TapError as error:
            click.echo(error.render(), err=True)
            code = code or error.exit_code
        read += 1
    if not read:
        raise SettingsError(
            f"there is no file in {directory}",
            where="mws-reports read",
            hint="name a document, or a directory with documents",
        )
    return code


def _read_file(
    reading: _Reading, file: Path, constants: Mapping[str, object] | None = None
) -> None:
    """Write the rows of a document, each with the constants, and the summary."""
    with _document(file) as readable, decompressed(readable) as path:
        found = open_detected(
            path, reading.requested, reading.place, reading.charset, reading.timestamps
        )
        table, marketplace, whose = found.table, found.marketplace, found.whose
        summary = ReadSummary(table, found.why, found.remarks)
        try:
            with _written_to(reading.output) as stream:
                output = make_output(reading.form, stream, table)
                write_rows(table, summary, output, constants or {})
        finally:
            click.echo(summary.render(marketplace, whose, reading.charset), err=True)


@contextmanager
def _written_to(output: Path | None) -> Iterator[IO[bytes]]:
    """Yield the stream of the rows: stdout, or a file that appears only when it is complete.

    Raises:
        SettingsError: the file cannot be written.
    """
    if output is None:
        yield sys.stdout.buffer
        return
    with output_file(output) as stream:
        yield stream


@contextmanager
def _document(file: Path) -> Iterator[Path]:
    """Yield a file that can be read more than once: a copy of a pipe.

    Raises:
        SettingsError: the file is missing or cannot be read.
    """
    if file.is_file():
        _opened(file).close()
        yield file
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / "stdin"
        source = _stdin() if file == _STDIN else _opened(file)
        with source, path.open("wb") as copy:
            shutil.copyfileobj(source, copy)
        yield path


def _stdin() -> IO[bytes]:
    if sys.stdin is None:
        raise SettingsError("stdin is closed", where="mws-reports read", hint="name a document")
    return sys.stdin.buffer


def _opened(file: Path) -> IO[bytes]:
    try:
        return file.open("rb")
    except OSError as error:
        raise SettingsError(
            f"{file} cannot be read: {error.strerror}",
            where="mws-reports read",
            hint="name one readable document",
        ) from error
