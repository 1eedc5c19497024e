"""`mws-reports read`: print downloaded reports as JSON lines.

The report type and the marketplace format are detected where they are not given.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, get_args

import click
import msgspec

from tap_mws_reports.cli.detection import open_detected, requested_type
from tap_mws_reports.cli.own_types import add_directory_option, use_own_types
from tap_mws_reports.cli.read_summary import ReadSummary
from tap_mws_reports.documents import Table, Timestamps, decompressed
from tap_mws_reports.documents.charsets import codec_named
from tap_mws_reports.errors import SettingsError, TapError
from tap_mws_reports.report_types import ReportType

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_STDIN = Path("-")
FILE_COLUMN = "_file"
"""The property with the name of the file, in the rows of a directory."""


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    read = commands.add_parser(
        "read",
        help="read downloaded reports",
        description="Read a downloaded report: JSON lines on stdout, a summary on stderr.",
    )
    read.add_argument(
        "file",
        type=Path,
        help="the document, or - for stdin; of a directory, every document in it is read",
    )
    read.add_argument("--type", help="the report type; default: detected by the header")
    read.add_argument(
        "--marketplace",
        help="id or country, which sets the format of dates and amounts; default: US",
    )
    read.add_argument("--charset", help="the charset of the Content-Type header")
    read.add_argument(
        "--timestamps",
        choices=get_args(Timestamps),
        default="utc",
        help="write timestamps in UTC, or with the offset that Amazon sent; default: utc",
    )
    add_directory_option(read)
    read.set_defaults(run=_read)


def _read(given: argparse.Namespace) -> int:
    if given.charset and not codec_named(given.charset):
        raise SettingsError(
            f"{given.charset!r} is not a character set that Amazon uses",
            where="--charset",
            hint="leave it out: most documents are detected by their bytes",
        )
    use_own_types(given)
    requested = requested_type(given.type)
    if given.file.is_dir():
        return _read_directory(given, requested)
    _read_file(given, given.file, requested)
    return 0


def _read_directory(given: argparse.Namespace, requested: ReportType) -> int:
    """Read every file in a directory, by name; return the code of the first error, or 0.

    Folders in it and hidden files are not read.
    """
    code = read = 0
    files = sorted(each for each in given.file.iterdir() if not each.name.startswith("."))
    for file in files:
        if not file.is_file():
            click.echo(f"    file: {file.name} is no file, and is not read", err=True)
            continue
        click.echo(f"    file: {file.name}", err=True)
        try:
            _read_file(given, file, requested, {FILE_COLUMN: file.name})
        except TapError as error:
            click.echo(error.render(), err=True)
            code = code or error.exit_code
        read += 1
    if not read:
        raise SettingsError(
            f"there is no file in {given.file}",
            where="mws-reports read",
            hint="name a document, or a directory with documents",
        )
    return code


def _read_file(
    given: argparse.Namespace,
    file: Path,
    requested: ReportType,
    constants: dict[str, object] | None = None,
) -> None:
    """Write the rows of a document, each with the constants, and the summary."""
    with _document(file) as readable, decompressed(readable) as path:
        found = open_detected(path, requested, given.marketplace, given.charset, given.timestamps)
        table, marketplace, whose = found.table, found.marketplace, found.whose
        findings = ReadSummary(table, found.why, found.remarks)
        try:
            _write_rows(table, findings, constants or {})
        finally:
            click.echo(findings.render(marketplace, whose, given.charset), err=True)


def _write_rows(table: Table, findings: ReadSummary, constants: dict[str, object]) -> None:
    for block in table.blocks(refuse=findings.refuse):
        findings.judge(block)
        rows = [{**constants, **row} for row in block.rows()]
        findings.look_at(rows)
        sys.stdout.buffer.write(_ENCODER.encode_lines(rows))
    sys.stdout.buffer.flush()


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
