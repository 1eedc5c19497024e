"""The databases of the benchmark of kills: how each is loaded, and what its tables hold."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from benchmarks import duckdb_query
from benchmarks.postgres_server import PostgresServer, running_postgres
from benchmarks.tap_process import ROOT

BATCH_ROWS = 50
"""Small, so that the target has stored some rows and states at every kill."""

PIPELINE_COLUMNS = "_sdc_"
"""The prefix of columns with the time of loading, which differs between runs."""

_SCHEMA = "amazon"


class Database(Protocol):
    """A database with the Singer target that loads it.

    ``program`` is the target's, ``settings`` its configuration.
    """

    program: Path
    settings: Mapping[str, Any]

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return the rows of a table; none if it does not exist."""


class DuckDb:
    """target-duckdb into a file of a directory."""

    program = ROOT / ".venv-target" / "bin" / "target-duckdb"

    def __init__(self, directory: Path) -> None:
        self._path = directory / "warehouse.duckdb"
        self.settings = {
            "path": str(self._path),
            "default_target_schema": _SCHEMA,
            "add_metadata_columns": True,
            "batch_size_rows": BATCH_ROWS,
        }

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return the rows of a table; none if it does not exist."""
        query = "select column_name from duckdb_columns() where table_name = "
        names = [name for (name,) in self._ask(f"{query}'{table}' order by column_index")]
        rows = self._ask(f"from {_SCHEMA}.{table}") if names else []
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _ask(self, sql: str) -> list[list[Any]]:
        """Return the rows of a query, queried with the target's own DuckDB."""
        return duckdb_query.ask(self.program.with_name("python"), self._path, sql)


class Postgres:
    """target-postgres into a new database of a server."""

    program = ROOT / ".venv-target-postgres" / "bin" / "target-postgres"

    def __init__(self, directory: Path, server: PostgresServer) -> None:
        self._server = server
        self._database = f"{directory.name}_{uuid.uuid4().hex}"
        server.execute(f"create database {self._database}")
        self.settings = {
            "sqlalchemy_url": server.url(self._database),
            "default_target_schema": _SCHEMA,
            "batch_size_rows": BATCH_ROWS,
            "validate_records": False,
        }

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return the rows of a table; none if it does not exist."""
        query = f"select to_regclass('{_SCHEMA}.{table}') is not null"
        there = self._server.execute(query, self._database) == ["t"]
        return self._server.rows(f"table {_SCHEMA}.{table}", self._database) if there else []


MakeDatabase = Callable[[Path], Database]


@contextmanager
def duckdb() -> Iterator[MakeDatabase]:
    """Make databases in files."""
    yield DuckDb


@contextmanager
def postgres() -> Iterator[MakeDatabase]:
    """Run a server, and make databases in it."""
    with running_postgres() as server:
        yield partial(Postgres, server=server)


DATABASES = {"duckdb": duckdb, "postgres": postgres}
