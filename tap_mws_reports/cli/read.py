"""`mws-reports read`: print a downloaded report as JSON lines.

The report type and the marketplace format are detected where they are not given.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, get_args

import click

from tap_mws_reports import report_types
from tap_mws_reports.api import marketplaces
from tap_mws_reports.api.document_integrity import atomic_path
from tap_mws_reports.api.marketplaces import Marketplace
from tap_mws_reports.cli.marketplace_evidence import Evidence, decide_dates, gather_evidence
from tap_mws_reports.cli.read_summary import UNCERTAIN_RULES, ReadSummary
from tap_mws_reports.cli.row_output import Format, make_output, write_rows
from tap_mws_reports.documents import MarketplaceFormat, Table, Timestamps, decompressed, open_table
from tap_mws_reports.documents.charsets import codec_named, likely_east_asian
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.report_types import Kind, ReportType
from tap_mws_reports.report_types.type_detection import (
    detect_json_type,
    detect_type,
    detect_xml_type,
)

_ANY_TYPE = replace(report_types.load("_GET_UNKNOWN_"), name="unknown type")
_USUAL = "US"
_WITH_OWN_LETTERS = ("JP", "CN")
_BY_CODEC = {"cp932": ("JP", "Japanese"), "gb18030": ("CN", "Chinese")}


def requested_type(named: str | None) -> ReportType:
    """Return the type that the user names in either spelling, or one without columns.

    Raises:
        SettingsError: the name is no valid type name.
    """
    if not named:
        return _ANY_TYPE
    try:
        return report_types.load(named).joined()
    except SettingsError as error:
        error.where = "--type"
        raise


def detect_marketplace(
    named: str | None, table_of: Callable[[Marketplace], Table]
) -> tuple[Marketplace, str]:
    """Return the marketplace whose format a document has, and the reason.

    Only the user knows the marketplace, with two exceptions: a header that is that of a report type
    in Japan's or China's code page, and of none in the usual one; and letters that are typical of
    their languages. The rows are another evidence, see `marketplace_evidence`.

    Args:
        named: the marketplace that the user names, an id or a country.
        table_of: opens the document in the format of a marketplace.

    Raises:
        SettingsError: Amazon has no such marketplace.
    """
    usual = marketplaces.find(named or _USUAL)
    if named:
        return usual, "as given"
    table = table_of(usual)
    if table.decoding.rule in UNCERTAIN_RULES and not _recognised(table):
        for local in map(marketplaces.find, _WITH_OWN_LETTERS):
            if _recognised(table_of(local)):
                return local, "by its header; no --marketplace was given"
    if table.decoding.rule in UNCERTAIN_RULES and (codec := likely_east_asian(table.path)):
        country, language = _BY_CODEC[codec]
        return (
            marketplaces.find(country),
            f"by its letters, which look {language}; no --marketplace was given",
        )
    return usual, "no --marketplace was given"


def detected_type(requested: ReportType, table: Table) -> tuple[ReportType, str]:
    """Return the type of a document, and the reason.

    Args:
        requested: the result of `requested_type`.
        table: the document, opened as that type.
    """
    if requested is not _ANY_TYPE:
        return requested, f"as given{_mismatch(requested, table)}"
    found = _recognised(table)
    if not found:
        return _ANY_TYPE, "no known report type has this header; all columns are text"
    others = f", which is also that of {_names(found[1:])}" if found[1:] else ""
    return found[0].joined(), f"by its header{others}"


def _mismatch(requested: ReportType, table: Table) -> str:
    """Return a remark if the header belongs to other types than the requested one."""
    found = _recognised(table) if requested.columns else []
    if not found or requested.name in {each.name for each in found}:
        return ""
    return f", but its header is that of {_names(found)}"


def _names(found: list[ReportType]) -> str:
    return ", ".join(each.name for each in found)


def _recognised(table: Table) -> list[ReportType]:
    if table.lists:
        return detect_json_type(table.lists, table.header)
    return detect_type(table.header) or detect_xml_type(table.header)


_STDIN = Path("-")


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    read = commands.add_parser(
        "read",
        help="read a downloaded report",
        description="Read a downloaded report: JSON lines on stdout, a summary on stderr.",
    )
    read.add_argument("file", type=Path, help="the document, or - for stdin")
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
    read.add_argument(
        "--format",
        choices=get_args(Format),
        default="jsonl",
        help="the format of the rows: JSON lines (default), CSV or parquet",
    )
    read.add_argument("-o", "--output", type=Path, help="write the rows to this file")
    read.set_defaults(run=_read)


def _read(given: argparse.Namespace) -> int:
    if given.charset and not codec_named(given.charset):
        raise SettingsError(
            f"{given.charset!r} is not a character set that Amazon uses",
            where="--charset",
            hint="leave it out: most documents are detected by their bytes",
        )
    requested = requested_type(given.type)
    with _document(given.file) as file, decompressed(file) as path:
        open_as = cache(partial(open_document, path, given.charset, given.timestamps))
        marketplace, whose = detect_marketplace(given.marketplace, partial(open_as, requested))
        report_type, why = detected_type(requested, open_as(requested, marketplace))
        table = open_as(report_type, marketplace)
        remarks: Sequence[str] = ()
        if given.marketplace is None:
            evidence = gather_evidence(table)
            found = evidence.marketplace() if marketplace.country == _USUAL else None
            if found:
                marketplace, whose = found
                table = open_as(report_type, marketplace)
            remarks = _settle_dates(table, evidence, marketplace, certain=found is not None)
        summary = ReadSummary(table, why, remarks)
        try:
            with _written_to(given.output) as stream:
                write_rows(table, summary, make_output(given.format, stream, table))
        finally:
            click.echo(summary.render(marketplace, whose, given.charset), err=True)
    return 0


def _settle_dates(
    table: Table, evidence: Evidence, marketplace: Marketplace, *, certain: bool
) -> Sequence[str]:
    """Set the order of dates where the values decide it; return what was decided."""
    dates = decide_dates(
        evidence,
        marketplace.date_order,
        certain=certain or marketplace.country in _WITH_OWN_LETTERS,
    )
    table.order_dates(dates.orders)
    table.read_as(dict.fromkeys(dates.texts, Kind.TEXT))
    return dates.remarks


@contextmanager
def _written_to(output: Path | None) -> Iterator[IO[bytes]]:
    """Yield the stream of the rows: stdout, or a file that is there only when it is whole.

    Raises:
        SettingsError: the file cannot be written.
    """
    if output is None:
        yield sys.stdout.buffer
        return
    try:
        with atomic_path(output) as path, path.open("wb") as stream:
            yield stream
    except OSError as error:
        what = f"{output} cannot be written: {error.strerror}"
        raise SettingsError(what, where="--output", hint="name a file in a directory") from error


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


def open_document(
    path: Path,
    charset: str | None,
    timestamps: Timestamps,
    report_type: ReportType,
    marketplace: Marketplace,
) -> Table:
    """Open a document in the format of a marketplace."""
    marketplace_format = MarketplaceFormat(
        marketplace.code_page,
        marketplace.time_zone,
        marketplace.date_order,
        marketplace.decimal_mark,
    )
    return open_table(
        path,
        report_type=report_type,
        charset=charset,
        marketplace_format=marketplace_format,
        timestamps=timestamps,
    )
