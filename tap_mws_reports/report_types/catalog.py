"""All report types, by the name of either service, and a default for types without an entry."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

from tap_mws_reports import errors
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.report_types import entry_files, own_entries
from tap_mws_reports.report_types.report_type import Identity, ReportType
from tap_mws_reports.report_types.toml_table import BadEntry

_NAME = re.compile(r"_?[A-Z][A-Z0-9]*(_[A-Z0-9]+)*_?")
_UNKNOWN_MAX_DAYS = 30  # the shortest limit among the types that state one


def load(name: str) -> ReportType:
    """Return a report type by its name in either service.

    A name without an entry gets a type with text columns from the header, requested by date range.
    That is safe for every type: Amazon ignores the dates if a report shows the current state,
    while a range type requested without dates would contain the last day only.
    Source: https://docs.developer.amazonservices.com/en_US/reports/Reports_RequestReport.html

    Raises:
        SettingsError: the text is not a possible name of a report type.
    """
    name = name.strip()
    known = _named(name) or _named(f"_{name.strip('_')}_")
    if known is None:
        return _unknown(name)
    if name not in known.other_sp_api_names:
        return known
    personal = name in known.personal_sp_api_names
    restricted = "personal" if personal else known.restricted
    return replace(known, sp_api_name=name, restricted=restricted)


def has_entry(name: str) -> bool:
    """Whether there is an entry for a report type, by its name in either service."""
    return (_named(name.strip()) or _named(f"_{name.strip().strip('_')}_")) is not None


@cache
def all_known() -> tuple[ReportType, ...]:
    """Return every report type that has an entry, in the order of their MWS names.

    Raises:
        BadEntry: two of them, or of their parts, have the same name or stream.
    """
    replaced = {known.name for known in _own}
    released = map(entry_files.read, entry_files.all_files())
    every = [*(known for known in released if known.name not in replaced), *_own]
    every.sort(key=lambda known: known.name)
    check_unique(every)
    return tuple(every)


def stream_names() -> frozenset[str]:
    """Return the names of the streams of every report type that has an entry."""
    return frozenset(each.stream for known in all_known() for each in known.streams)


_own: list[ReportType] = []
"""The user's own types, and the released ones with the user's own columns."""


def use_directory(directory: str | Path | None) -> None:
    """Use the entries of a directory from now on, in addition to the released ones.

    They replace those of an earlier call, even if they are not valid.

    Args:
        directory: with TOML files; None for the released entries alone.

    Raises:
        BadEntry: an entry is not valid; with file and key.
    """
    if directory is None and not _own:
        return  # nothing changes, so the released entries that were read are kept
    _forget_own()
    if directory is None:
        return
    found = list(own_entries.read_directory(Path(directory), _released))
    _forget_own()
    _own.extend(found)
    try:
        all_known()
    except BadEntry:
        _forget_own()
        raise


def _forget_own() -> None:
    _own.clear()
    all_known.cache_clear()
    _named.cache_clear()


def _released(name: str) -> ReportType | None:
    """Return a released type by its name in either service."""
    return _named(name) or _named(f"_{name.strip('_')}_")


def closest(name: str) -> ReportType | None:
    """Return the report type with the most similar name, None if no name is similar."""
    wanted = name.strip("_").upper().removeprefix("GET_")
    streams = {report_type.stream.upper(): report_type for report_type in all_known()}
    likely = errors.closest(wanted, streams)
    return streams[likely] if likely else None


def check_unique(every: Iterable[ReportType]) -> None:
    """Check that no two report types have the same name or stream.

    Raises:
        BadEntry: with the key and the file of the second.
    """
    seen: set[tuple[str, str]] = set()
    for known in every:
        names = [("name", name) for name in dict.fromkeys(known.names)]
        streams = {known.stream, *(part.stream for part in known.streams)}
        for pair in [*names, *(("stream", stream) for stream in streams)]:
            if pair in seen:
                raise BadEntry(f"{known.stream}.toml", pair[0], f"{pair[1]!r} occurs twice")
            seen.add(pair)


@cache
def _named(name: str) -> ReportType | None:
    """Return the type with a name; only files that contain the name are parsed."""
    found = (entry_files.read(file) for file in entry_files.files_with(name))
    return next((known for known in (*_own, *found) if name in known.names), None)


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
    if "," in name:
        return "give each report type an entry of its own in the list"
    if close := closest(name):
        return f"did you mean `{close.sp_api_name or close.name}`?"
    return "write it as Amazon does, for example `GET_MERCHANT_LISTINGS_ALL_DATA`"
