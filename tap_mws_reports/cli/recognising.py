"""What a downloaded document is, where the user does not say: its type, and whose habits it has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tap_mws_reports import report_types
from tap_mws_reports.api import marketplaces
from tap_mws_reports.api.marketplaces import Marketplace
from tap_mws_reports.cli.findings import UNSURE
from tap_mws_reports.documents import Table
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.report_types import ReportType
from tap_mws_reports.report_types.recognition import recognise, recognise_json, recognise_xml

Open = Callable[[ReportType, Marketplace], Table]
"""Opens the document as one of a type, by the habits of a marketplace."""

_ANY_TYPE = replace(report_types.load("_GET_UNKNOWN_"), name="unknown type")
_USUAL = "US"
_WITH_OWN_LETTERS = ("JP", "CN")


def marketplace_of(named: str | None, open_as: Open) -> tuple[Marketplace, str]:
    """Return whose habits a document has, and how that is known.

    Nobody but the user can tell one marketplace from another, with one exception: a header that is
    that of a report type in Japan's or China's code page, and of none in the usual one.

    Args:
        named: what the user says, an id or a country.
        open_as: opens the document.

    Raises:
        SettingsError: Amazon has no such marketplace.
    """
    usual = marketplaces.find(named or _USUAL)
    if named:
        return usual, "as told"
    table = open_as(_ANY_TYPE, usual)
    if table.decoding.rule in UNSURE and not _recognised(table):
        for country in _WITH_OWN_LETTERS:
            local = marketplaces.find(country)
            if _recognised(open_as(_ANY_TYPE, local)):
                return local, "by its header; no --marketplace was given"
    return usual, "no --marketplace was given"


def type_of(named: str | None, table: Callable[[ReportType], Table]) -> tuple[ReportType, str]:
    """Return the type of a document, and why it is thought to be that.

    Args:
        named: what the user says, in either service's spelling.
        table: opens the document as one of a type.

    Raises:
        SettingsError: the name cannot be that of a type.
    """
    if named:
        told = _named(named).joined()
        return told, f"as told{_doubt(told, table(told))}"
    found = _recognised(table(_ANY_TYPE))
    if not found:
        return _ANY_TYPE, "no known report type has this header; all columns are text"
    others = f", which is also that of {_names(found[1:])}" if found[1:] else ""
    return found[0].joined(), f"by its header{others}"


def _doubt(told: ReportType, table: Table) -> str:
    """Say so where the header is that of other types than the one that is told."""
    found = _recognised(table) if told.columns else []
    if not found or told.name in {each.name for each in found}:
        return ""
    return f", but its header is that of {_names(found)}"


def _names(found: list[ReportType]) -> str:
    return ", ".join(each.name for each in found)


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
