"""Builds a report type from its TOML file.

msgspec checks types, required and unknown keys and allowed values (`entry_tables`),
`cross_check` checks keys against each other, and this module checks what refers to columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from tap_mws_reports.report_types.entry_tables import (
    ColumnTable,
    IdentityTable,
    ListTable,
    ReportTypeTable,
)
from tap_mws_reports.report_types.kinds import Kind
from tap_mws_reports.report_types.naming import column_name, header_key
from tap_mws_reports.report_types.report_type import (
    ColumnSpec,
    Identity,
    Option,
    ReportType,
    Service,
    SuccessorColumn,
)
from tap_mws_reports.report_types.toml_table import BadEntry, Table, convert

_Broken = Iterator[tuple[str, str]]


def cross_check(file: str, entry: ReportTypeTable) -> _Broken:
    """Yield the keys that contradict the name of the file or other keys, with the broken rule."""
    yield from _names(file, entry)
    yield from _lifecycle(entry)
    yield from _requests(entry)
    yield from _documents(entry)


def _names(file: str, entry: ReportTypeTable) -> _Broken:
    if file != f"{entry.stream}.toml":
        yield "stream", f"must be the name of the file, not {entry.stream!r}"
    if ("sp_api" in _services(entry)) != bool(entry.sp_api_name):
        yield (
            "sp_api_name",
            "is required if sp_api is among the services, and not allowed otherwise",
        )
    if not set(entry.personal_sp_api_names) <= set(entry.other_sp_api_names):
        yield "personal_sp_api_names", "must be among other_sp_api_names"


def _services(entry: ReportTypeTable) -> tuple[Service, ...]:
    return () if entry.download_only else entry.services


def _lifecycle(entry: ReportTypeTable) -> _Broken:
    if entry.successor and not (entry.withdrawn or entry.unlisted):
        yield "successor", "is only for types that are withdrawn or unlisted"
    if entry.unlisted and entry.withdrawn:
        yield "unlisted", "is only for types without a date of withdrawal"
    if entry.successor_columns and not entry.successor:
        yield "successor_columns", "is only for types with a successor"


def _requests(entry: ReportTypeTable) -> _Broken:
    if bool(entry.lookback_days_default) != bool(entry.lookback_because):
        yield "lookback_because", "is required with lookback_days_default, and only with it"
    if ("request" in entry.request_modes) == (entry.kind == "generated"):
        yield "request_modes", "must contain request, except for generated types"
    if entry.download_only and entry.request_modes != ("seller-central",):
        yield "request_modes", "must be seller-central alone for a type that is only downloaded"
    if entry.start_offset_hours and entry.kind != "snapshot":
        yield "start_offset_hours", "is only for types that show the current state"
    if entry.max_days and entry.kind != "range":
        yield "max_days", "is only for types that take a range of dates"
    if entry.alignment and entry.kind != "range":
        yield "alignment", "is only for types that take a range of dates"
    if entry.alignment and entry.alignment.option not in {
        "",
        *(each.name for each in entry.options),
    }:
        yield "alignment.option", f"{entry.alignment.option!r} is not an option of the type"


def _documents(entry: ReportTypeTable) -> _Broken:
    has_lists = entry.lists is not None
    if bool(entry.identity) == has_lists:
        yield "identity", "is required, except with lists, which have their own identities"
    if has_lists and (entry.format != "json" or entry.columns):
        yield "lists", "is only for JSON, without other columns"
    if entry.about and not has_lists:
        yield "about", "is only for JSON with lists"
    if bool(entry.root) != (entry.format == "xml" and bool(entry.columns)):
        yield "root", "is required for XML with columns, and not allowed otherwise"
    if entry.row_elements and not entry.root:
        yield "row_elements", "is only for XML with a root"


ColumnsOf = Callable[[str], Table]
"""Returns the columns of another file; raises KeyError if there are none."""

Columns = tuple[ColumnSpec, ...]

_FIELDS = {field.name for field in fields(ReportType)} & {*ReportTypeTable.__struct_fields__}
"""Keys that are fields of a report type, copied as they are, unless they are built."""
_COLUMN: Any = Kind | ColumnTable  # mypy accepts no union as a type argument


def read_entry(file: str, table: Table, columns_of: ColumnsOf) -> ReportType:
    """Return the report type that a TOML file describes.

    Args:
        file: the name of the file, which is that of the stream.
        table: the content of the file, as `tomllib` returns it.
        columns_of: for an entry that names another file instead of its columns.

    Raises:
        BadEntry: with file and key.
    """
    entry = convert(file, "", table, ReportTypeTable)
    for key, rule in cross_check(file, entry):
        raise BadEntry(file, key, rule)
    return _Loader(file, columns_of).report_type(entry)


def added_columns(file: str, columns: Table) -> Columns:
    """Return the columns of a table ``columns``.

    Raises:
        BadEntry: with file and key.
    """
    return _Loader(file, _no_columns).columns("columns", columns)


def _no_columns(_file: str) -> Table:
    raise KeyError


@dataclass(frozen=True, slots=True)
class _Loader:
    """Builds the values of one file. All methods raise `BadEntry` for the key in ``where``."""

    file: str
    columns_of: ColumnsOf

    def report_type(self, entry: ReportTypeTable) -> ReportType:
        columns = self.columns("columns", entry.columns)
        identity = Identity("document")
        if entry.identity:
            identity = self.identity("identity", entry.identity, columns)
        built = {
            "columns": columns,
            "identity": identity,
            "services": _services(entry),
            "required_columns": self.names("required_columns", entry.required_columns, columns),
            "filled_down": self.names("filled_down", entry.filled_down, columns),
            "withdrawn": entry.withdrawn and entry.withdrawn.isoformat(),
            "unlisted": entry.unlisted and entry.unlisted.isoformat(),
            "successor_columns": self.successor_columns(entry, columns),
        }
        self.check_paths(entry.row_elements, columns)
        known = ReportType(**{key: getattr(entry, key) for key in _FIELDS} | built)
        return replace(known, parts=tuple(self.parts(entry, known)))

    def successor_columns(
        self, entry: ReportTypeTable, columns: Columns
    ) -> tuple[tuple[str, SuccessorColumn], ...]:
        self.names("successor_columns", entry.successor_columns, columns)
        return tuple(entry.successor_columns.items())

    def parts(self, entry: ReportTypeTable, parent: ReportType) -> Iterator[ReportType]:
        """Yield a type for every list of a JSON document."""
        about = _about_columns(entry.about, entry.options)
        for suffix, value in (entry.lists or {}).items():
            where = f"lists.{suffix}"
            table = convert(self.file, where, value, ListTable)
            columns = self.columns(f"{where}.columns", table.columns)
            yield replace(
                parent,
                stream=f"{parent.stream}_{suffix}",
                list_path=table.path,
                identity=self.identity(f"{where}.identity", table.identity, columns),
                columns=(*columns, *about),
            )

    def columns(self, where: str, columns: Table | str) -> Columns:
        """Return the columns of a table or of the file that is named instead.

        Two columns must not have a spelling or a name in common.
        """
        tables = self.column_tables(where, columns)
        specs = tuple(_column(header, table) for header, table in tables.items())
        taken: set[str] = set()
        names: set[str] = set()
        for spec in specs:
            keys = spec.keys
            if not spec.name or keys & taken or spec.name in names:
                raise BadEntry(
                    self.file, f"{where}.{spec.header!r}", "has the name of another column"
                )
            taken |= keys
            names.add(spec.name)
        return specs

    def column_tables(self, where: str, columns: Table | str) -> dict[str, Kind | ColumnTable]:
        table = self.columns_elsewhere(where, columns) if isinstance(columns, str) else columns
        try:
            return convert(self.file, where, table, dict[str, Kind | ColumnTable])
        except BadEntry:
            # The paths of msgspec do not contain the keys of a dict: find the bad column.
            for header, value in table.items():
                convert(self.file, f"{where}.{header!r}", value, _COLUMN)
            raise

    def columns_elsewhere(self, where: str, file: str) -> Table:
        try:
            return convert(self.file, where, self.columns_of(file), dict[str, Any])
        except KeyError:
            raise BadEntry(self.file, where, f"there are no columns in {file!r}") from None

    def identity(self, where: str, table: IdentityTable, columns: Columns) -> Identity:
        names = self.names(f"{where}.columns", table.columns, columns)
        return Identity(table.kind, names, table.because)

    def names(self, where: str, headers: Iterable[str], columns: Columns) -> tuple[str, ...]:
        """Return the names of the columns with these headers."""
        names = {spec.header: spec.name for spec in columns}
        for header in headers:
            if header not in names:
                raise BadEntry(self.file, where, f"{header!r} is not a column of the type")
        return tuple(names[header] for header in headers)

    def check_paths(self, row_elements: Iterable[str], columns: Columns) -> None:
        """Check that every element that repeats is that of a column, or contains one."""
        for path in row_elements:
            below = (f"{path}/", f"{path}@")
            if not any(spec.header == path or spec.header.startswith(below) for spec in columns):
                raise BadEntry(self.file, "row_elements", f"no column is at or below {path!r}")


def _column(header: str, table: Kind | ColumnTable) -> ColumnSpec:
    if isinstance(table, Kind):
        return ColumnSpec(header, table, column_name(header))
    return ColumnSpec(header, table.kind, column_name(header), table.aliases, table.date_order)


def _about_columns(about: Iterable[str], options: Iterable[Option]) -> Columns:
    """Return the columns for the metadata of a JSON document, which every row repeats.

    The dates are text: some documents have dates there and others timestamps.
    """
    chosen = [f"reportOptions.{option.name}" for option in options]
    paths = (path for key in about for path in (chosen if key == "reportOptions" else [key]))
    headers = [f"reportSpecification.{path}" for path in paths]
    return tuple(ColumnSpec(header, Kind.TEXT, column_name(header)) for header in headers)


def with_translations(file: str, known: ReportType, translations: Mapping[str, str]) -> ReportType:
    """Return the type with headers in other languages as aliases of its columns.

    Args:
        file: the name of the file with the translations, for messages.
        known: the type as its entry describes it.
        translations: header in the document -> header in the entry.

    Raises:
        BadEntry: a header is translated to one that the entry does not have, or belongs to two.
    """
    aliases: dict[str, list[str]] = {spec.header: [] for spec in known.columns}
    taken = {key: spec.header for spec in known.columns for key in spec.keys}
    for local, header in translations.items():
        if header not in aliases:
            raise BadEntry(file, repr(local), f"there is no column {header!r}")
        if taken.setdefault(header_key(local), header) != header:
            raise BadEntry(file, repr(local), f"is also a header of {taken[header_key(local)]!r}")
        aliases[header].append(local)
    return replace(
        known, columns=tuple(_with(spec, aliases[spec.header]) for spec in known.columns)
    )


def _with(spec: ColumnSpec, aliases: list[str]) -> ColumnSpec:
    return replace(spec, aliases=(*spec.aliases, *aliases)) if aliases else spec
