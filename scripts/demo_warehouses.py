"""The warehouse of the demo: a target, its settings, and queries of its tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from benchmarks import duckdb_query
from benchmarks.postgres_server import PostgresServer, running_postgres

ROOT = Path(__file__).parents[1]
SCHEMA = "main"


class DemoWarehouse(Protocol):
    """A database and the target that loads into it.

    ``program`` is the target's, ``address`` names the place of the rows for
    people, and ``shell`` says how to query them; ``url`` is for `mws-reports page`.
    """

    program: Path
    address: str
    shell: str
    url: str

    @property
    def settings(self) -> dict[str, Any]:
        """The target's settings."""

    @property
    def loaded(self) -> bool:
        """Whether an earlier run has loaded something."""

    def ask(self, sql: str) -> list[list[Any]]:
        """Return the rows of a query."""


class DuckDb:
    """target-duckdb into a file, queried with the target's own DuckDB."""

    program = ROOT / ".venv-target" / "bin" / "target-duckdb"

    def __init__(self, directory: Path) -> None:
        self._database = directory / "amazon.duckdb"
        self.address = str(self._database.relative_to(ROOT))
        self.url = str(self._database)
        self.shell = f".venv-target/bin/python scripts/query.py {self.address} 'show tables'"

    @property
    def settings(self) -> dict[str, Any]:
        """The target's settings; every record gets a time: docs/warehouses.md says why."""
        return {
            "path": str(self._database),
            "default_target_schema": SCHEMA,
            "add_metadata_columns": True,
        }

    @property
    def loaded(self) -> bool:
        """Whether the file is there."""
        return self._database.exists()

    def ask(self, sql: str) -> list[list[Any]]:
        """Return the rows of a query."""
        if not self.loaded:
            return []
        return duckdb_query.ask(self.program.with_name("python"), self._database, sql)


class Postgres:
    """target-postgres into a server that runs as long as the demo."""

    program = ROOT / ".venv-target-postgres" / "bin" / "target-postgres"

    def __init__(self, server: PostgresServer, data: Path) -> None:
        self._server = server
        self.address = f"the PostgreSQL data directory {data.relative_to(ROOT)}"
        self.shell = "start PostgreSQL 18 with that directory; the tables are in the schema `main`"
        self.url = server.url(driver="postgresql")

    @property
    def settings(self) -> dict[str, Any]:
        """The target's settings."""
        url = self._server.url()
        return {"sqlalchemy_url": url, "default_target_schema": SCHEMA, "validate_records": False}

    @property
    def loaded(self) -> bool:
        """Whether there is a table."""
        query = f"select 1 from information_schema.tables where table_schema = '{SCHEMA}' limit 1"
        return bool(self.ask(query))

    def ask(self, sql: str) -> list[list[Any]]:
        """Return the rows of a query."""
        return [list(row.values()) for row in self._server.rows(sql)]


@contextmanager
def warehouse(name: str, directory: Path) -> Iterator[DemoWarehouse]:
    """Yield the warehouse of a name: ``duckdb`` or ``postgres``; its files are in ``directory``."""
    if name == "duckdb":
        yield DuckDb(directory)
        return
    data = directory / "data"
    with running_postgres(data) as server:
        yield Postgres(server, data)
