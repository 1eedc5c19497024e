"""`mws-reports read`: a downloaded report as JSON lines."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import click
import msgspec

from tap_mws_reports import report_types
from tap_mws_reports.api import marketplaces
from tap_mws_reports.api.marketplaces import Marketplace
from tap_mws_reports.cli.findings import Findings
from tap_mws_reports.documents import Habits, Table, open_table, unpacked
from tap_mws_reports.documents.charsets import codec_named
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.report_types import ReportType
from tap_mws_reports.report_types.recognition import recognise, recognise_json, recognise_xml

_ANY_TYPE = report_types.load("_GET_UNKNOWN_")
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_READER_GONE = 141  # what a shell reports of a program that wrote to a closed pipe
_STDIN = Path("-")


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to a parser's."""
    read = commands.add_parser(
        "read",
        help="read a downloaded report",
        description="Read a downloaded report: JSON lines on stdout, what was found on stderr.",
    )
    read.add_argument("file", type=Path, help="the document, or - for what comes from stdin")
    read.add_argument("--type", help="the report type; by default what the header says")
    read.add_argument(
        "--marketplace",
        help="id or country, which decides how dates and amounts are read; default: US",
    )
    read.add_argument("--charset", help="what the Content-Type header said")
    read.set_defaults(run=_read)


def _read(given: argparse.Namespace) -> int:
    marketplace = marketplaces.find(given.marketplace or "US")
    if given.charset and not codec_named(given.charset):
        raise SettingsError(
            f"{given.charset!r} is no character set that Amazon is known to use",
            where="--charset",
            hint="leave it out: the document's bytes are enough for most",
        )
    with _document(given.file) as file, unpacked(file) as path:
        report_type, why = _report_type(given, path, marketplace)
        try:
            _read_rows(_open(given, path, report_type, marketplace), given, marketplace, why)
        except BrokenPipeError:
            # Else Python would flush what is left into the same pipe, and complain.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return _READER_GONE
    return 0


def _read_rows(table: Table, given: argparse.Namespace, marketplace: Marketplace, why: str) -> None:
    """Write the rows to stdout, and what was found to stderr, also where reading ends early."""
    findings = Findings(table, why)
    try:
        for block in table.blocks(refuse=findings.refuse):
            rows = list(block.rows())
            findings.look_at(rows)
            sys.stdout.buffer.write(_ENCODER.encode_lines(rows))
        sys.stdout.buffer.flush()
    finally:
        told = bool(given.marketplace)
        click.echo(findings.render(marketplace, told=told, charset=given.charset), err=True)


@contextmanager
def _document(file: Path) -> Iterator[Path]:
    """Yield a file that can be read more than once: a copy of what comes through a pipe.

    Raises:
        SettingsError: there is none, or it cannot be read.
    """
    if file.is_file():
        _opened(file).close()
        yield file
        return
    with TemporaryDirectory() as folder:
        path = Path(folder) / "stdin"
        source = sys.stdin.buffer if file == _STDIN else _opened(file)
        with source, path.open("wb") as copy:
            shutil.copyfileobj(source, copy)
        yield path


def _opened(file: Path) -> IO[bytes]:
    try:
        return file.open("rb")
    except OSError as error:
        raise SettingsError(
            f"{file} cannot be read: {error.strerror}",
            where="mws-reports read",
            hint="name one document that you may read",
        ) from error


def _report_type(
    given: argparse.Namespace, path: Path, marketplace: Marketplace
) -> tuple[ReportType, str]:
    """Return the type of a document, and why it is thought to be that."""
    if given.type:
        return _named(given.type).joined(), "as told"
    found = _recognised(_open(given, path, _ANY_TYPE, marketplace))
    if not found:
        return _ANY_TYPE, "no known report type has this header; all columns are text"
    others = ", ".join(each.name for each in found[1:])
    return found[0].joined(), "by its header" + (
        f", which is also that of {others}" if others else ""
    )


def _recognised(table: Table) -> list[ReportType]:
    if table.lists:
        return recognise_json(table.lists, table.header)
    return recognise(table.header) or recognise_xml(table.header)


def _named(name: str) -> ReportType:
    try:
        return report_types.load(name)
    except SettingsError as error:
        error.where = "--type"
        raise


def _open(
    given: argparse.Namespace, path: Path, report_type: ReportType, marketplace: Marketplace
) -> Table:
    habits = Habits(
        marketplace.code_page,
        marketplace.time_zone,
        marketplace.date_order,
        marketplace.decimal_mark,
    )
    return open_table(path, report_type=report_type, charset=given.charset, habits=habits)
