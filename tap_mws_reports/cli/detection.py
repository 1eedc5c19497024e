"""Detect the report type and the marketplace format of a downloaded document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tap_mws_reports import report_types
from tap_mws_reports.api import marketplaces
from tap_mws_reports.api.marketplaces import Marketplace
from tap_mws_reports.cli.read_summary import UNCERTAIN_RULES
from tap_mws_reports.documents import Table
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.report_types import ReportType
from tap_mws_reports.report_types.type_detection import (
    detect_json_type,
    detect_type,
    detect_xml_type,
)

_ANY_TYPE = replace(report_types.load("_GET_UNKNOWN_"), name="unknown type")
_USUAL = "US"
_WITH_OWN_LETTERS = ("JP", "CN")


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

    Only the user knows the marketplace, with one exception: a header that is
    that of a report type in Japan's or China's code page, and of none in the usual one.

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
    return usual, "no --marketplace was given"


def detected_type(told: ReportType, table: Table) -> tuple[ReportType, str]:
    """Return the type of a document, and the reason.

    Args:
        told: the result of `requested_type`.
        table: the document, opened as that type.
    """
    if told is not _ANY_TYPE:
        return told, f"as given{_mismatch(told, table)}"
    found = _recognised(table)
    if not found:
        return _ANY_TYPE, "no known report type has this header; all columns are text"
    others = f", which is also that of {_names(found[1:])}" if found[1:] else ""
    return found[0].joined(), f"by its header{others}"


def _mismatch(told: ReportType, table: Table) -> str:
    """Return a remark if the header belongs to other types than the requested one."""
    found = _recognised(table) if told.columns else []
    if not found or told.name in {each.name for each in found}:
        return ""
    return f", but its header is that of {_names(found)}"


def _names(found: list[ReportType]) -> str:
    return ", ".join(each.name for each in found)


def _recognised(table: Table) -> list[ReportType]:
    if table.lists:
        return detect_json_type(table.lists, table.header)
    return detect_type(table.header) or detect_xml_type(table.header)
