"""Reads the entry of a report type, and refuses what is missing, unknown or contradictory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import get_args

from tap_mws_reports.report_types.entry import Entry, Table
from tap_mws_reports.report_types.entry_columns import (
    ColumnsOf,
    named,
    paths,
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
_REQUIRED = ("name", "stream", "title", "category", "kind", "format", "asked", "source")
_OPTIONAL = (
    *("sp_api_name", "other_sp_api_names", "personal_sp_api_names", "services", "withdrawn"),
    *("max_days", "cooldown_minutes", "lookback_days_default"),
    *("lookback_limit_days", "retention_days"),
    *("marketplaces", "one_marketplace", "restricted", "options"),
    *(
        "identity",
        "columns",
        "carried",
        "local_numbers",
        "positional",
        "root",
        "row_elements",
        "lists",
    ),
)


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
    entry.only(_REQUIRED, _OPTIONAL)
    columns = read_columns(entry, columns_of)
    report_type = ReportType(
        name=entry.text("name"),
        sp_api_name=entry.text("sp_api_name", "") or None,
        stream=entry.text("stream"),
        kind=entry.one_of("kind", get_args(TypeKind)),
        title=entry.text("title"),
        identity=read_identity(entry, columns),
        columns=columns,
        asked=entry.some_of("asked", _ASKED),
        max_days=entry.count("max_days"),
        cooldown_minutes=entry.count("cooldown_minutes"),
        lookback_days_default=entry.count("lookback_days_default") or 0,
        local_numbers=entry.flag("local_numbers"),
        one_marketplace=entry.flag("one_marketplace"),
        positional=entry.flag("positional"),
        carried=named(entry, "carried", columns),
        category=entry.text("category"),
        format=entry.one_of("format", get_args(Format)),
        services=entry.some_of("services", get_args(Service), get_args(Service)),
        withdrawn=entry.day("withdrawn"),
        lookback_limit_days=entry.count("lookback_limit_days"),
        retention_days=entry.count("retention_days"),
        options=tuple(map(_option, entry.each("options"))),
        marketplaces=entry.texts("marketplaces"),
        restricted=entry.one_of("restricted", get_args(Restriction), "none"),
        root=entry.text("root", ""),
        row_elements=paths(entry, "row_elements", columns),
        other_sp_api_names=entry.texts("other_sp_api_names"),
        personal_sp_api_names=entry.texts("personal_sp_api_names"),
        source=entry.texts("source"),
    )
    _check(entry, report_type)
    return replace(report_type, parts=tuple(_parts(entry, report_type, columns_of)))


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
    for suffix in lists.table:
        part = lists.inner(suffix)
        part.only({"path", "identity"}, {"columns"})
        columns = read_columns(part, columns_of)
        yield replace(
            parent,
            stream=f"{parent.stream}_{suffix}",
            list_path=part.text("path"),
            identity=read_identity(part, columns),
            columns=columns,
        )


def _check(entry: Entry, known: ReportType) -> None:
    """Refuse what contradicts another key."""
    table = entry.table
    if f"{known.stream}.toml" != entry.file:
        entry.refuse("stream", f"must be the name of the file, not {known.stream!r}")
    if ("request" in known.asked) == (known.kind == "generated"):
        entry.refuse("asked", "must hold request, except for generated types")
    if known.max_days and known.kind != "range":
        entry.refuse("max_days", "is for types that take a range of dates")
    if ("sp_api" in known.services) != bool(known.sp_api_name):
        entry.refuse("sp_api_name", "must be there where sp_api is among the services, only there")
    if not set(known.personal_sp_api_names) <= set(known.other_sp_api_names):
        entry.refuse("personal_sp_api_names", "must be some of other_sp_api_names")
    if bool(known.root) != (known.format == "xml" and bool(known.columns)):
        entry.refuse("root", "must be there for XML with columns, and only there")
    if known.row_elements and not known.root:
        entry.refuse("row_elements", "is for XML with a root")
    if "lists" in table and (known.format != "json" or known.columns):
        entry.refuse("lists", "is for JSON, which has no columns beside")
