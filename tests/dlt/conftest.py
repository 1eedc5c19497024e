"""Pipelines into DuckDB in their own folder, fed by the tap of a harness."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tap_mws_reports.dlt import Limits, Summary, load, make_pipeline
from tap_mws_reports.sandbox import reports

START = "2020-04-13T00:00:00Z"


@dataclass
class Warehouse:
    """A DuckDB that is loaded through dlt."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "amazon.duckdb"

    def pipeline(self, **given: Any) -> Any:
        return make_pipeline(
            "duckdb", str(self.database), directory=self.folder / "pipelines", **given
        )

    def load(
        self, harness: Any, *reports: object, limits: Limits | None = None, **settings: Any
    ) -> Summary:
        catalog = settings.pop("catalog", None)
        harness.connect()
        config = {"api": harness.api, "sandbox": True, "start_date": START, "reports": [*reports]}
        return load(self.pipeline(), {**config, **settings}, catalog=catalog, limits=limits)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.database)) as database:
            database.execute("set timezone = 'UTC'; set schema = 'amazon_reports'")
            return database.execute(sql).fetchall()

    def tables(self) -> set[str]:
        sql = "select table_name from duckdb_tables() where schema_name = 'amazon_reports'"
        return {name for (name,) in self.ask(sql) if not name.startswith("_dlt")}

    def rows(self, table: str) -> list[dict[str, Any]]:
        with duckdb.connect(str(self.database)) as database:
            database.execute("set timezone = 'UTC'")
            return database.sql(f"from amazon_reports.{table}").to_arrow_table().to_pylist()

    def types(self, table: str) -> Mapping[str, str]:
        sql = f"select column_name, data_type from duckdb_columns() where table_name = '{table}'"
        return dict(self.ask(f"{sql} and schema_name = 'amazon_reports'"))


@pytest.fixture(autouse=True)
def local(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Keep dlt from the network, and from the settings of this machine's user."""
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
    # A file that fails is tried again after a second of real time; once is enough here.
    monkeypatch.setenv("LOAD__RAISE_ON_MAX_RETRIES", "1")
    monkeypatch.setenv("DLT_DATA_DIR", str(tmp_path / "dlt"))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"dlt\..*")
        yield


@pytest.fixture
def make_warehouse(tmp_path: Path) -> Callable[[str], Warehouse]:
    def make(name: str) -> Warehouse:
        (tmp_path / name).mkdir()
        return Warehouse(tmp_path / name)

    return make


@pytest.fixture
def warehouse(make_warehouse: Callable[[str], Warehouse]) -> Warehouse:
    return make_warehouse("warehouse")


def add_column(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let all documents from now on have a column more, with a text that tells the line."""
    write = reports.write

    def write_more(report_type: str, scope: Any) -> Any:
        document = write(report_type, scope)
        charset = document.charset or "cp1252"
        header, *lines = document.body.decode(charset).splitlines()
        more = [f"{header}\t{name}", *(f"{line}\tnote {n}" for n, line in enumerate(lines))]
        return type(document)("".join(f"{line}\r\n" for line in more).encode(charset), charset)

    monkeypatch.setattr(reports, "write", write_more)
