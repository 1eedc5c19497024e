"""All report types there are entries for, by either service's name, and what stands for others."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from tap_mws_reports.errors import SettingsError
from tap_mws_reports.report_types.loader import Entry, read_entry
from tap_mws_reports.report_types.localisation import localised
from tap_mws_reports.report_types.report_type import Identity, ReportType

_NAME = re.compile(r"_?[A-Z][A-Z0-9]*(_[A-Z0-9]+)*_?")
_UNKNOWN_MAX_DAYS = 30  # the shortest limit among the types that state one
_ALIKE = 0.8  # of 1, by difflib


def load(name: str) -> ReportType:
    """Return what is known of a report type, by either service's spelling of its name.

    A name without an entry gets a type with text columns from the header, requested by date range.
    That is safe for every type: Amazon ignores the dates where a report shows the state of things
    now, while a range type asked without dates would deliver the last day only.
    Source: https://docs.developer.amazonservices.com/en_US/reports/Reports_RequestReport.html

    Raises:
        SettingsError: the text cannot be the name of a report type.
    """
    name = name.strip()
    known = _by_name().get(name)
    if known is None:
        return _unknown(name)
    return replace(known, sp_api_name=name) if name in known.other_sp_api_names else known


def all_known() -> tuple[ReportType, ...]:
    """Return every report type that has an entry, in the order of their MWS names."""
    return tuple(sorted(_entries(), key=lambda report_type: report_type.name))


def closest(name: str) -> ReportType | None:
    """Return the report type whose name is written nearly like this one, if there is any."""
    wanted = name.strip("_").upper().removeprefix("GET_")
    streams = {report_type.stream.upper(): report_type for report_type in _entries()}
    close = get_close_matches(wanted, streams, n=1, cutoff=_ALIKE)
    return streams[close[0]] if close else None


@cache
def _by_name() -> dict[str, ReportType]:
    names: dict[str, ReportType] = {}
    for report_type in _entries():
        spellings = {report_type.name, report_type.sp_api_name, *report_type.other_sp_api_names}
        names.update({name: report_type for name in spellings if name})
    return names


@cache
def _entries() -> tuple[ReportType, ...]:
    tables = {
        file.name: tomllib.loads(file.read_text("utf-8"))
        for file in resources.files(__package__).joinpath("entries").iterdir()
        if file.name.endswith(".toml")
    }

    def columns_of(file: str) -> Entry:
        columns: Entry = tables[file]["columns"]
        return columns

    translations = tomllib.loads(_localised_headers().read_text("utf-8"))
    return tuple(
        localised(read_entry(file, table, columns_of), translations.get(table["name"], {}))
        for file, table in tables.items()
    )


def _localised_headers() -> Traversable:
    return resources.files(__package__).joinpath("localised_headers.toml")


def _unknown(name: str) -> ReportType:
    if not _NAME.fullmatch(name):
        raise SettingsError(
            f"`{name}` is not the name of a report type",
            where="setting `reports`",
            hint=_suggestion(name),
        )
    bare = name.strip("_")
    return ReportType(
        name=f"_{bare}_",
        sp_api_name=bare,
        stream=bare.removeprefix("GET_").lower(),
        kind="range",
        title="A report type that this tap has no entry for",
        identity=Identity("document"),
        max_days=_UNKNOWN_MAX_DAYS,
    )


def _suggestion(name: str) -> str:
    if close := closest(name):
        return f"did you mean `{close.name}`?"
    return "write it as Amazon does, for example `_GET_MERCHANT_LISTINGS_DATA_`"
