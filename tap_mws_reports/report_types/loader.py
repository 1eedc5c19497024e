"""Reads the entry of a report type, and refuses what is missing, unknown or contradictory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, get_args

from tap_mws_reports.report_types.kinds import Kind
from tap_mws_reports.report_types.naming import column_name
from tap_mws_reports.report_types.report_type import (
    ColumnSpec,
    Identity,
    IdentityKind,
    ReportType,
    TypeKind,
)

Entry = Mapping[str, Any]
T = TypeVar("T")

_ASKED = {"request", "schedule"}
_REQUIRED = {"name", "stream", "kind", "title", "asked", "identity", "columns", "source"}
_OPTIONAL = {
    "sp_api_name": str,
    "other_sp_api_names": list,
    "max_days": int,
    "cooldown_minutes": int,
    "lookback_days_default": int,
    "local_numbers": bool,
    "one_marketplace": bool,
    "positional": bool,
}


class BadEntry(ValueError):
    """An entry says something that cannot be right."""

    def __init__(self, file: str, key: str, problem: str) -> None:
        super().__init__(f"{file}: {key}: {problem}")


def read_entry(file: str, entry: Entry, columns_of: Callable[[str], Entry]) -> ReportType:
    """Make a report type of a TOML table.

    Args:
        file: the name of the file, for messages.
        entry: the table.
        columns_of: gives the columns of another file, for a twin that names it.

    Raises:
        BadEntry: with file and key.
    """
    _check_keys(file, entry)
    columns = _columns(file, entry["columns"], columns_of)
    return ReportType(
        name=_text(file, entry, "name"),
        sp_api_name=entry.get("sp_api_name"),
        stream=_text(file, entry, "stream"),
        kind=_one_of(file, "kind", entry["kind"], get_args(TypeKind)),
        title=_text(file, entry, "title"),
        identity=_identity(file, entry["identity"], columns),
        columns=columns,
        asked=_asked(file, entry),
        max_days=_limit(file, entry, "max_days"),
        cooldown_minutes=_limit(file, entry, "cooldown_minutes"),
        lookback_days_default=entry.get("lookback_days_default", 0),
        local_numbers=entry.get("local_numbers", False),
        one_marketplace=entry.get("one_marketplace", False),
        positional=entry.get("positional", False),
        other_sp_api_names=tuple(entry.get("other_sp_api_names", ())),
        source=tuple(entry["source"]),
    )


def _check_keys(file: str, entry: Entry) -> None:
    for key in sorted(_REQUIRED - set(entry)):
        raise BadEntry(file, key, "is missing")
    for key in sorted(set(entry) - _REQUIRED - set(_OPTIONAL)):
        raise BadEntry(file, key, "is not known")
    for key, kind in _OPTIONAL.items():
        if key in entry and type(entry[key]) is not kind:
            raise BadEntry(file, key, f"must be a TOML value of type {kind.__name__}")


def _text(file: str, entry: Entry, key: str) -> str:
    value = entry[key]
    if not isinstance(value, str) or not value:
        raise BadEntry(file, key, "must be a text that is not empty")
    return value


def _one_of(file: str, key: str, value: T, allowed: tuple[T, ...]) -> T:
    if value not in allowed:
        raise BadEntry(file, key, f"must be one of {', '.join(map(str, allowed))}, not {value!r}")
    return value


def _limit(file: str, entry: Entry, key: str) -> int | None:
    value: int | None = entry.get(key)
    if value is not None and value < 1:
        raise BadEntry(file, key, "must be 1 or more; leave it out where there is no limit")
    return value


def _asked(file: str, entry: Entry) -> tuple[str, ...]:
    asked = entry["asked"]
    if not isinstance(asked, list) or not _ASKED.issuperset(asked):
        raise BadEntry(file, "asked", "must be a list of request, schedule")
    if bool(asked) == (entry["kind"] == "generated"):
        raise BadEntry(file, "asked", "must be empty for generated types, and only for them")
    return tuple(asked)


def _columns(
    file: str, columns: Entry | str, columns_of: Callable[[str], Entry]
) -> tuple[ColumnSpec, ...]:
    if isinstance(columns, str):
        columns = columns_of(columns)
    specs = tuple(_column(file, header, value) for header, value in columns.items())
    _check_unique(file, specs)
    return specs


def _column(file: str, header: str, value: str | Entry) -> ColumnSpec:
    if isinstance(value, str):
        value = {"kind": value}
    key = f"columns.{header!r}"
    if not set(value) <= {"kind", "aliases"}:
        raise BadEntry(file, key, "takes kind and aliases only")
    kind = _one_of(file, key, value.get("kind"), tuple(kind.value for kind in Kind))
    return ColumnSpec(header, Kind(kind), column_name(header), tuple(value.get("aliases", ())))


def _check_unique(file: str, specs: tuple[ColumnSpec, ...]) -> None:
    seen: set[str] = set()
    for spec in specs:
        if not spec.name or spec.keys & seen:
            raise BadEntry(file, f"columns.{spec.header!r}", "is a spelling of another column")
        seen |= spec.keys


def _identity(file: str, entry: Entry, columns: tuple[ColumnSpec, ...]) -> Identity:
    if not isinstance(entry, dict) or not set(entry) <= {"kind", "columns", "because"}:
        raise BadEntry(file, "identity", "takes kind, columns and because only")
    kind = _one_of(file, "identity.kind", entry.get("kind"), get_args(IdentityKind))
    headers = entry.get("columns", [])
    names = {spec.header: spec.name for spec in columns}
    for header in headers:
        if header not in names:
            raise BadEntry(file, "identity.columns", f"{header!r} is no column of the type")
    if bool(headers) == (kind == "document"):
        raise BadEntry(file, "identity.columns", "must be empty for document, and only for it")
    columns_named = tuple(names[header] for header in headers)
    return Identity(kind, columns_named, entry.get("because", ""))
