"""The columns of an entry, and what else of it names them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import cast, get_args

from tap_mws_reports.report_types.entry import Entry, Table
from tap_mws_reports.report_types.kinds import Kind
from tap_mws_reports.report_types.naming import column_name
from tap_mws_reports.report_types.report_type import (
    ColumnSpec,
    DateOrder,
    Identity,
    IdentityKind,
    Option,
)

ColumnsOf = Callable[[str], Table]
"""Gives the columns of another file, for a twin that names it."""

Columns = tuple[ColumnSpec, ...]

_KINDS = tuple(kind.value for kind in Kind)
_OPTIONS = "reportOptions"
_ABOUT = ("dataStartTime", "dataEndTime", "lastUpdatedDate", _OPTIONS)
_DATED = (Kind.DATE, Kind.TIMESTAMP)


def read_columns(entry: Entry, columns_of: ColumnsOf) -> Columns:
    """Return the columns of a table, which may be those of another file.

    Raises:
        BadEntry: a column has no kind, or two columns have a spelling or a name in common.
    """
    twin = entry.table.get("columns")
    table = _of_twin(entry, twin, columns_of) if isinstance(twin, str) else entry.inner("columns")
    specs = tuple(_column(table, header) for header in table.table)
    _check_apart(table, specs)
    return specs


def _of_twin(entry: Entry, file: str, columns_of: ColumnsOf) -> Entry:
    try:
        return Entry(entry.file, {"columns": columns_of(file)}, entry.where).inner("columns")
    except KeyError:
        entry.refuse("columns", f"there are no columns in {file!r}")


def _column(table: Entry, header: str) -> ColumnSpec:
    value = table.table[header]
    if isinstance(value, str):
        value = {"kind": value}
    if not isinstance(value, dict):
        table.refuse(repr(header), "must be a kind, or a table with kind and aliases")
    column = Entry(table.file, value, f"{table.where}.{header!r}")
    column.only({"kind"}, {"aliases", "date_order"})
    kind = Kind(column.one_of("kind", _KINDS))
    order = _date_order(column, kind)
    return ColumnSpec(header, kind, column_name(header), column.texts("aliases"), order)


def _date_order(column: Entry, kind: Kind) -> DateOrder | None:
    if "date_order" not in column.table:
        return None
    if kind not in _DATED:
        column.refuse("date_order", "is for days and moments")
    return cast("DateOrder", column.one_of("date_order", get_args(DateOrder)))


def _check_apart(table: Entry, specs: Columns) -> None:
    seen: set[str] = set()
    names: set[str] = set()
    for spec in specs:
        if not spec.name or spec.keys & seen or spec.name in names:
            table.refuse(repr(spec.header), "is a spelling of another column")
        seen |= spec.keys
        names.add(spec.name)


def read_about(entry: Entry, options: Iterable[Option]) -> Columns:
    """Return the columns for what a JSON document says of itself, which every row tells.

    The dates are text: some documents have days there and others moments.

    Raises:
        BadEntry: no document says such a thing.
    """
    chosen = [f"{_OPTIONS}.{option.name}" for option in options]
    told = [chosen if key == _OPTIONS else [key] for key in entry.some_of("about", _ABOUT)]
    headers = [f"reportSpecification.{path}" for group in told for path in group]
    return tuple(ColumnSpec(header, Kind.TEXT, column_name(header)) for header in headers)


def read_identity(entry: Entry, columns: Columns) -> Identity:
    """Return how a row is told from others; the lists of a JSON document each say so themselves.

    Raises:
        BadEntry: it names no column of the type, or names some although rows have no key.
    """
    if ("identity" in entry.table) == ("lists" in entry.table):
        entry.refuse("identity", "must be there, unless lists have identities of their own")
    if "lists" in entry.table:
        return Identity("document")
    identity = entry.inner("identity")
    identity.only({"kind"}, {"columns", "because"})
    kind = cast("IdentityKind", identity.one_of("kind", get_args(IdentityKind)))
    names = named(identity, "columns", columns)
    if bool(names) == (kind == "document"):
        identity.refuse("columns", "must be left out for document, and only for it")
    return Identity(kind, names, identity.text("because", ""))


def named(entry: Entry, key: str, columns: Columns) -> tuple[str, ...]:
    """Return the names of the columns whose headers a key lists."""
    names = {spec.header: spec.name for spec in columns}
    headers = entry.texts(key)
    for header in headers:
        if header not in names:
            entry.refuse(key, f"{header!r} is no column of the type")
    return tuple(names[header] for header in headers)


def paths(entry: Entry, key: str, columns: Iterable[ColumnSpec]) -> tuple[str, ...]:
    """Return paths of elements, each of which is one of a column's or above it."""
    found = entry.texts(key)
    headers = [spec.header for spec in columns]
    for path in found:
        below = (f"{path}/", f"{path}@")
        if not any(header == path or header.startswith(below) for header in headers):
            entry.refuse(key, f"no column is at or below {path!r}")
    return found
