"""A database with the rows of a run over the sandbox, as a Singer target would load them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pytest

from tests.conftest import NOW, Output

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
RETURNS = "_GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA_"
INVENTORY = "_GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA_"
SETTLEMENTS = "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_"
REPORTS = (ORDERS, RETURNS, INVENTORY, SETTLEMENTS)

_TYPES = {"integer": "bigint", "number": "double precision", "boolean": "boolean"}
LOADED = NOW + timedelta(minutes=30)
"""When a target loads each row: the virtual run has ended by then."""


class Loaded(NamedTuple):
    """A table: its columns with their SQL types, and its rows."""

    name: str
    columns: Mapping[str, str]
    rows: list[dict[str, Any]]

    @property
    def create(self) -> str:
        columns = ", ".join(f'"{name}" {kind}' for name, kind in self.columns.items())
        return f"create table {self.name} ({columns})"


def column_type(schema: Mapping[str, Any]) -> str:
    """Return the SQL type of a column, as Singer targets choose it."""
    kinds = (
        [schema.get("type", "string")] if isinstance(schema.get("type"), str) else schema["type"]
    )
    if schema.get("format") == "date-time":
        return "timestamp"
    return next((_TYPES[kind] for kind in kinds if kind in _TYPES), "varchar")


def tables(output: Output, loaded: datetime = LOADED) -> Iterator[Loaded]:
    """Yield the tables of a run; of records with one key the last counts."""
    times = {
        "_sdc_extracted_at": loaded.replace(tzinfo=None),
        "_sdc_batched_at": (loaded + timedelta(seconds=2)).replace(tzinfo=None),
    }
    for stream in sorted({each["stream"] for each in output.messages if each["type"] == "SCHEMA"}):
        schema = output.schemas(stream)[-1]
        properties = schema["schema"]["properties"]
        kinds = {name: column_type(each) for name, each in properties.items()}
        keys = schema["key_properties"]
        rows = {tuple(row[key] for key in keys): row for row in output.records(stream)}
        yield Loaded(
            stream,
            {**kinds, **dict.fromkeys(times, "timestamp")},
            [
                {name: _value(row.get(name), kinds[name]) for name in kinds} | times
                for row in rows.values()
            ],
        )


def _value(value: Any, kind: str) -> Any:
    if kind == "timestamp" and value is not None:
        return datetime.fromisoformat(value).replace(tzinfo=None)
    return value


@pytest.fixture
def load(tmp_path: Path) -> Callable[[Output], str]:
    """Load a run into a DuckDB file and return its path."""

    def into(output: Output) -> str:
        path = str(tmp_path / "shop.duckdb")
        with duckdb.connect(path) as database:
            for table in tables(output):
                database.execute(table.create)
                if table.rows:
                    database.register("arrived", pa.Table.from_pylist(table.rows))
                    database.execute(f"insert into {table.name} by name from arrived")
        return path

    return into
