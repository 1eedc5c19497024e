"""Read a warehouse: DuckDB or PostgreSQL, its tables and the answers to queries.

This is the only module of the project that opens a database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tap_mws_reports.errors import SettingsError

Row = dict[str, Any]

ROW_COLUMNS = frozenset(
    {"_seller_id", "_report_id", "_report_type", "_row_number", "_data_start", "_data_end"}
)
"""The columns that identify a table with rows of reports."""

_DUCKDB = b"DUCK"
"""In a DuckDB file after a checksum of eight bytes
(https://duckdb.org/docs/stable/internals/storage.html)."""

_POSTGRES = ("postgresql://", "postgres://")
_TABLES = """
    select table_schema, table_name, column_name from information_schema.columns
    where table_schema not in ('information_schema', 'pg_catalog')
"""


class Database:
    """The tables of one schema, read within one connection.

    Args:
        cursor: a cursor of the Python database API (PEP 249).
        schema: the schema of the tables; None for the only one with rows of reports.

    Raises:
        SettingsError: there is no such schema, or more than one.
    """

    def __init__(self, cursor: Any, schema: str | None = None) -> None:  # noqa: ANN401 - PEP 249
        self._cursor = cursor
        self._name: str = self.rows("select current_database() as name")[0]["name"]
        by_schema = self._columns()
        self.schema = schema or _only_schema(by_schema)
        if self.schema not in by_schema:
            what = f"the database has no table in a schema `{self.schema}`"
            hint = f"its schemas are: {', '.join(sorted(by_schema)) or 'none'}"
            raise SettingsError(what, where="--schema", hint=hint)
        self.tables: Mapping[str, frozenset[str]] = by_schema[self.schema]
        """The columns of each table of the schema."""

    @property
    def row_tables(self) -> list[str]:
        """The tables with rows of reports, in alphabetical order."""
        return sorted(name for name, columns in self.tables.items() if columns >= ROW_COLUMNS)

    def table(self, name: str) -> str:
        """Return the quoted name of a table, with that of the database.

        DuckDB refuses a schema alone if the database has the same name, as in `amazon.duckdb`.
        """
        parts = (self._name, self.schema, name)
        return ".".join('"' + part.replace('"', '""') + '"' for part in parts)

    def rows(self, sql: str) -> list[Row]:
        """Return the rows of a query."""
        self._cursor.execute(sql)
        names = [column[0] for column in self._cursor.description]
        return [dict(zip(names, values, strict=True)) for values in self._cursor.fetchall()]

    def _columns(self) -> dict[str, dict[str, frozenset[str]]]:
        found: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for row in self.rows(_TABLES):
            found[row["table_schema"]][row["table_name"]].add(row["column_name"])
        return {
            schema: {name: frozenset(columns) for name, columns in tables.items()}
            for schema, tables in found.items()
        }


def _only_schema(by_schema: Mapping[str, Mapping[str, frozenset[str]]]) -> str:
    """Return the schema with rows of reports.

    Raises:
        SettingsError: there is none, or more than one.
    """
    found = sorted(
        schema
        for schema, tables in by_schema.items()
        if any(columns >= ROW_COLUMNS for columns in tables.values())
    )
    if len(found) == 1:
        return found[0]
    if found:
        what = f"{len(found)} schemas have tables of this tap: {', '.join(found)}"
        raise SettingsError(what, where="DATABASE", hint="name one of them with --schema")
    what = "no table has the columns of a report's rows (`_report_id`, `_row_number`, ...)"
    hint = "load reports first, with a Singer target or `mws-reports load`"
    raise SettingsError(what, where="DATABASE", hint=hint)


@contextmanager
def open_database(address: str, schema: str | None = None) -> Iterator[Database]:
    """Open a database for reading only; times are in UTC.

    Args:
        address: the path of a DuckDB file, or the URL of a PostgreSQL database.
        schema: the schema of the tables; None for the only one with rows of reports.

    Raises:
        SettingsError: it cannot be opened or read, or a package is missing.
    """
    opened = _postgres(address) if address.startswith(_POSTGRES) else _duckdb(address)
    with opened as cursor:
        yield Database(cursor, schema)


@contextmanager
def _duckdb(address: str) -> Iterator[Any]:
    try:
        import duckdb  # noqa: PLC0415 - only this command needs it
    except ImportError as error:
        raise _missing("duckdb") from error
    if not Path(address).is_file():
        raise _unreadable(address, "there is no such file")
    try:
        with Path(address).open("rb") as file:
            start = file.read(12)
    except OSError as error:
        raise _unreadable(address, error.strerror or str(error)) from error
    if start[8:] != _DUCKDB:
        raise _unreadable(address, "it is not a DuckDB file")
    try:
        connection = duckdb.connect(address, read_only=True)
    except duckdb.Error as error:
        raise _unreadable(address, str(error).splitlines()[0]) from error
    try:
        with connection:
            connection.execute("set timezone = 'UTC'")
            yield connection
    except duckdb.Error as error:
        raise _unreadable(address, str(error).splitlines()[0]) from error


@contextmanager
def _postgres(address: str) -> Iterator[Any]:
    try:
        import psycopg2  # noqa: PLC0415 - only this command needs it
    except ImportError as error:
        raise _missing("psycopg2") from error
    try:
        connection = psycopg2.connect(address)
    except psycopg2.Error as error:
        raise _unreadable("the PostgreSQL database", str(error).splitlines()[0]) from error
    try:
        connection.set_session(readonly=True)
        with connection.cursor() as cursor:
            cursor.execute("set time zone 'UTC'")
            yield cursor
    except psycopg2.Error as error:
        raise _unreadable("the PostgreSQL database", str(error).splitlines()[0]) from error
    finally:
        connection.close()


def _missing(package: str) -> SettingsError:
    what = f"`mws-reports page` needs {package}, which is not installed"
    return SettingsError(what, hint="install `tap-mws-reports[page]`")


def _unreadable(address: str, reason: str) -> SettingsError:
    what = f"{address} cannot be read: {reason}"
    hint = "give the path of a DuckDB file that no other program writes, or postgresql://..."
    return SettingsError(what, where="DATABASE", hint=hint)
