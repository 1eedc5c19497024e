"""Detects the report type and the marketplace format of a document where they are not given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

from tap_mws_reports import report_types
from tap_mws_reports.api import marketplaces
from tap_mws_reports.api.marketplaces import Marketplace
from tap_mws_reports.cli.marketplace_evidence import Evidence, decide_dates, gather_evidence
from tap_mws_reports.cli.read_summary import UNCERTAIN_RULES
from tap_mws_reports.documents import MarketplaceFormat, Table, Timestamps, open_table
from tap_mws_reports.documents.charsets import likely_east_asian
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.report_types import Kind, ReportType
from tap_mws_reports.report_types.type_detection import (
    detect_json_type,
    detect_type,
    detect_xml_type,
)

ANY_TYPE = replace(report_types.load("_GET_UNKNOWN_"), name="unknown type")
"""The type of a document whose type is not known: all columns are text."""

USUAL = "US"
"""The country whose formats are used without evidence of another."""

WITH_OWN_LETTERS = ("JP", "CN")
"""The countries with a code page of several bytes per letter."""

_BY_CODEC = {"cp932": ("JP", "Japanese"), "gb18030": ("CN", "Chinese")}


def requested_type(named: str | None) -> ReportType:
    """Return the type that the user names in either spelling, or one without columns.

    Raises:
        SettingsError: the name is not a valid type name.
    """
    if not named:
        return ANY_TYPE
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
    their languages. The rows are further evidence, see `marketplace_evidence`.

    Args:
        named: the marketplace that the user names, an id or a country.
        table_of: opens the document in the format of a marketplace.

    Raises:
        SettingsError: Amazon has no such marketplace.
    """
    usual = marketplaces.find(named or USUAL)
    if named:
        return usual, "as given"
    table = table_of(usual)
    if table.decoding.rule in UNCERTAIN_RULES and not _recognised(table):
        for local in map(marketplaces.find, WITH_OWN_LETTERS):
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
    if requested is not ANY_TYPE:
        return requested, f"as given{_mismatch(requested, table)}"
    found = _recognised(table)
    if not found:
        return ANY_TYPE, "no known report type has this header; all columns are text"
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


@dataclass(frozen=True, slots=True)
class DetectedDocument:
    """A document as its type, in the formats of its marketplace, with the reasons for both."""

    table: Table
    why: str
    marketplace: Marketplace
    whose: str
    remarks: Sequence[str] = ()
    """What the values of dates decided."""


def open_detected(
    path: Path,
    requested: ReportType,
    marketplace: str | None = None,
    charset: str | None = None,
    timestamps: Timestamps = "utc",
) -> DetectedDocument:
    """Open a document; detect its type and marketplace where they are not given.

    Args:
        path: the document, decompressed.
        requested: the result of `requested_type`.
        marketplace: an id or a country, or None.
        charset: of the Content-Type header, or None.
        timestamps: how timestamps are written.

    Raises:
        SettingsError: Amazon has no such marketplace.
        UnreadableDocument: the document cannot be read.
    """
    open_as = cache(partial(_open, path, charset, timestamps))
    place, whose = detect_marketplace(marketplace, partial(open_as, requested))
    report_type, why = detected_type(requested, open_as(requested, place))
    table = open_as(report_type, place)
    if marketplace is not None:
        return DetectedDocument(table, why, place, whose)
    evidence = gather_evidence(table)
    found = evidence.marketplace() if place.country == USUAL else None
    if found:
        place, whose = found
    certain = found is not None and not evidence.only_signs
    if report_type.local_numbers and (proof := evidence.decimal_mark):
        mark, example = proof
        if mark != place.decimal_mark:
            place = replace(place, decimal_mark=mark)
            whose += f"; the decimal mark by {example}"
            # Another language, or a copy by a spreadsheet, has its own order of dates, too.
            certain = False
    table = open_as(report_type, place)
    remarks = _settle_dates(table, evidence, place, certain=certain)
    return DetectedDocument(table, why, place, whose, remarks)


def _settle_dates(
    table: Table, evidence: Evidence, marketplace: Marketplace, *, certain: bool
) -> Sequence[str]:
    """Set the order of dates where the values decide it; return what was decided."""
    dates = decide_dates(
        evidence,
        marketplace.date_order,
        certain=certain or marketplace.country in WITH_OWN_LETTERS,
    )
    table.order_dates(dates.orders)
    table.read_as(dict.fromkeys(dates.texts, Kind.TEXT))
    return dates.remarks


def _open(
    path: Path,
    charset: str | None,
    timestamps: Timestamps,
    report_type: ReportType,
    marketplace: Marketplace,
) -> Table:
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
