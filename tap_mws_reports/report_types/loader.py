"""Reads the entry of a report type, and refuses what is missing, unknown or contradictory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, get_args

from tap_mws_reports.report_types.borders import read_borders
from tap_mws_reports.report_types.contradictions import contradictions
from tap_mws_reports.report_types.entry import Entry, Table
from tap_mws_reports.report_types.entry_columns import (
    ColumnsOf,
    named,
    paths,
    read_about,
    read_columns,
    read_identity,
)
from tap_mws_reports.report_types.report_type import (
    Format,
    Option,
    ReportType,
    Restriction,
    Service,
    TypeKind,
)

_ASKED = ("request", "schedule", "amazon", "seller-central")
_REQUIRED = {"name", "stream", "title", "category", "kind", "format", "asked", "source"}
_READ_TOGETHER = {
    *("identity", "columns", "carried", "row_elements", "options", "lists", "borders", "about"),
}
"""Keys that are read together with others, not as they are."""


def _one_of(allowed: tuple[str, ...]) -> Callable[[Entry, str], str]:
    return lambda entry, key: entry.one_of(key, allowed)


def _some_of(allowed: tuple[str, ...]) -> Callable[[Entry, str], tuple[str, ...]]:
    return lambda entry, key: entry.some_of(key, allowed)


_READERS: Mapping[str, Callable[[Entry, str], Any]] = {
    "name": Entry.text,
    "sp_api_name": Entry.text,
    "other_sp_api_names": Entry.texts,
    "personal_sp_api_names": Entry.texts,
    "stream": Entry.text,
    "title": Entry.text,
    "category": Entry.text,
    "services": _some_of(get_args(Service)),
    "withdrawn": Entry.day,
    "kind": _one_of(get_args(TypeKind)),
    "format": _one_of(get_args(Format)),
    "asked": _some_of(_ASKED),
    "max_days": Entry.count,
    "cooldown_minutes": Entry.count,
    "lookback_days_default": Entry.count,
    "lookback_limit_days": Entry.count,
    "retention_days": Entry.count,
    "reach_hours": Entry.count,
    "marketplaces": Entry.texts,
    "one_marketplace": Entry.flag,
    "restricted": _one_of(get_args(Restriction)),
    "local_numbers": Entry.flag,
    "positional": Entry.flag,
    "root": Entry.text,
    "source": Entry.texts,
}
"""How the keys are read that are fields of a `ReportType`; its defaults are those of the keys."""


def read_entry(file: str, table: Table, columns_of: ColumnsOf) -> ReportType:
    """Make a report type of a TOML table.

    Args:
        file: the name of the file, which is that of the stream, for messages.
        table: the table.
        columns_of: gives the columns of another file, for a twin that names it.

    Raises:
        BadEntry: with file and key.
    """
    entry = Entry(file, table)
    entry.only(_REQUIRED, {*_READERS, *_READ_TOGETHER})
    columns = read_columns(entry, columns_of)
    fields = {key: read(entry, key) for key, read in _READERS.items() if key in table}
    known = ReportType(
        **{"sp_api_name": None, **fields},
        columns=columns,
        identity=read_identity(entry, columns),
        carried=named(entry, "carried", columns),
        row_elements=paths(entry, "row_elements", columns),
        options=tuple(map(_option, entry.each("options"))),
        borders=read_borders(entry),
    )
    _check(entry, known)
    return replace(known, parts=tuple(_parts(entry, known, columns_of)))


def _option(entry: Entry) -> Option:
    entry.only({"name"}, {"values", "required", "meaning"})
    return Option(
        name=entry.text("name"),
        values=entry.texts("values"),
        required=entry.flag("required"),
        meaning=entry.text("meaning", ""),
    )


def _parts(entry: Entry, parent: ReportType, columns_of: ColumnsOf) -> Iterator[ReportType]:
    """Yield a type of its own for every list that a JSON document holds."""
    lists = entry.inner("lists")
    about = read_about(entry, parent.options)
    for suffix in lists.table:
        part = lists.inner(suffix)
        part.only({"path", "identity"}, {"columns"})
        columns = read_columns(part, columns_of)
        yield replace(
            parent,
            stream=f"{parent.stream}_{suffix}",
            list_path=part.text("path"),
            identity=read_identity(part, columns),
            columns=(*columns, *about),
        )


def _check(entry: Entry, known: ReportType) -> None:
    """Refuse what contradicts another key."""
    if f"{known.stream}.toml" != entry.file:
        entry.refuse("stream", f"must be the name of the file, not {known.stream!r}")
    for key, rule in contradictions(known, entry.table.keys()):
        entry.refuse(key, rule)
