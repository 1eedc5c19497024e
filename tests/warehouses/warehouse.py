"""The targets under test: how each is run, what its tables hold, and how it stores numbers."""

from __future__ import annotations

import csv
import json
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.parquet as pq
from expected_rows import LAYOUTS

from benchmarks import duckdb_query
from benchmarks.postgres_server import PostgresServer

ROOT = Path(__file__).parents[2]
CSV_FIELD_LIMIT = 10_000_000
SCHEMA = "amazon"
ENVELOPE_KINDS = {
    "_row_number": "integer",
    "_line": "integer",
    "_data_start": "timestamp",
    "_data_end": "timestamp",
}

Rows = Iterable[Mapping[str, Any]]


class Warehouse(ABC):
    """A target and what it loads into.

    ``environment`` are variables of the target's process.
    """

    program: str
    environment: Mapping[str, str] = {}

    @property
    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """The target's settings."""

    @abstractmethod
    def stored(self, stream: str) -> Rows:
        """Return a stream's rows as the warehouse holds them, one for each key."""

    def command(self, directory: Path) -> list[str]:
        """Return the target's command; its settings are written to a file in ``directory``."""
        path = directory / "target.json"
        path.write_text(json.dumps(self.settings))
        return [str(program(self.program)), "--config", str(path)]

    def rows(self, stream: str) -> list[dict[str, Any]]:
        """Return a stream's rows with each value as `expected_rows.ExpectedRow` has it."""
        layout = next(each for each in LAYOUTS.values() if each.stream == stream)
        kinds = {
            header.replace("-", "_"): kind
            for kind, headers in (
                ("timestamp", layout.timestamps),
                ("date", layout.dates),
                ("number", layout.numbers),
                ("integer", layout.integers),
                ("boolean", layout.booleans),
            )
            for header in headers
        }
        kinds.update(ENVELOPE_KINDS)
        return [
            {name: self.value(kinds.get(name, "text"), value) for name, value in row.items()}
            for row in self.stored(stream)
        ]

    def listing(self, stream: str) -> list[dict[str, Any]]:
        """Return the rows of a lifecycle stream; columns called ``..._date`` are timestamps."""
        return [
            {
                name: self.value("timestamp" if name.endswith("_date") else "text", value)
                for name, value in row.items()
            }
            for row in self.stored(stream)
        ]

    def value(self, kind: str, stored: Any) -> Any:
        """Return a stored value of a column of a kind; one of the wrong type stays as it is."""
        return None if stored is None else _READERS[kind](stored)

    def arrives(self, kind: str, value: Any) -> Any:
        """Return what becomes of a value of a kind: the same, unless a warehouse says otherwise."""
        return value


def program(name: str) -> Path:
    """Return the path of a target's program, or of ``python`` in its environment: `env/python`."""
    environment, _, file = name.rpartition("/")
    return ROOT / f".venv-{environment}" / "bin" / file


def _instant(stored: Any) -> Any:
    moment = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    if not isinstance(moment, datetime):
        return stored
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _number(stored: Any) -> Any:
    return Decimal(str(stored)) if isinstance(stored, (int, float, Decimal)) else stored


_READERS: dict[str, Callable[[Any], Any]] = {
    "text": lambda stored: stored,
    "integer": lambda stored: stored,
    "boolean": lambda stored: stored,
    "number": _number,
    "timestamp": _instant,
    "date": lambda stored: date.fromisoformat(stored) if isinstance(stored, str) else stored,
}


def as_double(kind: str, value: Any) -> Any:
    """Return what becomes of a value where numbers are kept in 64 bits of binary floating point."""
    return Decimal(str(float(value))) if kind == "number" and value is not None else value


def last_of_each_key(stream: str, rows: Rows) -> list[Mapping[str, Any]]:
    """Return the last row of each key: what a query over files has to do itself."""
    layout = next(each for each in LAYOUTS.values() if each.stream == stream)
    names = [header.replace("-", "_") for header in layout.key] or ["_report_id", "_row_number"]
    names += ["_line"] if layout.counted else []
    return list({tuple(row[name] for name in names): row for row in rows}.values())


class Postgres(Warehouse):
    """meltanolabs-target-postgres into a database of its own.

    Args:
        server: the server.
        use_copy: load by COPY instead of INSERT.
        time_zone: that of the sessions, by the database's settings.
        environment: variables of the target's process; ``PGTZ`` overrules the database's time zone.
    """

    program = "target-postgres/target-postgres"

    def __init__(
        self,
        server: PostgresServer,
        *,
        use_copy: bool,
        time_zone: str,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.environment = environment or {}
        self._server = server
        self._use_copy = use_copy
        self._database = f"warehouse_{uuid.uuid4().hex}"
        server.execute(f"create database {self._database}")
        server.execute(f"alter database {self._database} set timezone to '{time_zone}'")

    @property
    def settings(self) -> dict[str, Any]:
        """The target's settings."""
        return {
            "sqlalchemy_url": self._server.url(self._database),
            "default_target_schema": SCHEMA,
            "use_copy": self._use_copy,
            "validate_records": False,
        }

    def stored(self, stream: str) -> Rows:
        """Return the rows of a table."""
        return self._server.rows(f'select * from {SCHEMA}."{stream}"', self._database)

    def arrives(self, kind: str, value: Any) -> Any:
        """Return what becomes of a value: COPY sends a number as binary floating point."""
        return as_double(kind, value) if self._use_copy else value

    def types(self, stream: str) -> dict[str, str]:
        """Return the types of a table's columns."""
        query = (
            "select column_name, data_type from information_schema.columns "
            f"where table_schema = '{SCHEMA}' and table_name = '{stream}'"
        )
        found = self._server.rows(query, self._database)
        return {each["column_name"]: each["data_type"] for each in found}


class DuckDb(Warehouse):
    """target-duckdb into a file.

    Args:
        directory: of the file.
        pinned: whether DuckDB is the version that docs/warehouses.md pins, or what an installation
            without pins gives.
    """

    def __init__(self, directory: Path, *, pinned: bool = True) -> None:
        self._path = directory / "warehouse.duckdb"
        self._environment = "target" if pinned else "target-unpinned"
        self.program = f"{self._environment}/target-duckdb"

    @property
    def settings(self) -> dict[str, Any]:
        """The target's settings; docs/warehouses.md says why the metadata columns."""
        return {
            "path": str(self._path),
            "default_target_schema": SCHEMA,
            "add_metadata_columns": True,
        }

    def stored(self, stream: str) -> Rows:
        """Return the rows of a table."""
        columns = self.types(stream)
        names = ", ".join(f'"{column}"' for column in columns)
        rows = self._ask(f'select {names} from {SCHEMA}."{stream}"')
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def types(self, stream: str) -> dict[str, str]:
        """Return the types of a table's columns."""
        query = f"select column_name, data_type from duckdb_columns() where table_name = '{stream}'"
        return dict(self._ask(query))

    def arrives(self, kind: str, value: Any) -> Any:
        """Return what becomes of a value."""
        return as_double(kind, value)

    def _ask(self, sql: str) -> list[list[Any]]:
        """Return the rows of a query, queried with the target's own DuckDB."""
        python = program(f"{self._environment}/python")
        return duckdb_query.ask(python, self._path, sql, parse_float=Decimal)


class CsvFiles(Warehouse):
    """meltanolabs-target-csv; a file for every run and every schema of a stream.

    The target overwrites a file that is there, so the names hold the time. A CSV file has no types,
    and no difference between no value and an empty one.
    """

    program = "target-csv/target-csv"

    def __init__(self, directory: Path) -> None:
        self._directory = directory / "csv"

    @property
    def settings(self) -> dict[str, Any]:
        """The target's settings."""
        return {
            "output_path": str(self._directory),
            "file_naming_scheme": "{stream_name}-{timestamp}.csv",
            "timestamp_format": "%Y%m%dT%H%M%S.%f",
        }

    def stored(self, stream: str) -> Rows:
        """Return the rows of all files, oldest first; the last of each key counts."""
        csv.field_size_limit(CSV_FIELD_LIMIT)
        rows: list[dict[str, Any]] = []
        columns: dict[str, None] = {}
        for path in sorted(self._directory.glob(f"{stream}-*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                rows += csv.DictReader(file)
        columns = dict.fromkeys(name for row in rows for name in row)
        return last_of_each_key(
            stream, [{name: row.get(name) or None for name in columns} for row in rows]
        )

    def value(self, kind: str, stored: Any) -> Any:
        """Return a value from its text."""
        if kind in {"integer", "number"} and stored is not None:
            return {"integer": int, "number": Decimal}[kind](stored)
        if kind == "boolean":
            return {"True": True, "False": False}.get(stored)
        return super().value(kind, stored)


class JsonlFiles(Warehouse):
    """target-jsonl; a file for each stream, to which every run appends."""

    program = "target-jsonl/target-jsonl"

    def __init__(self, directory: Path) -> None:
        self._directory = directory / "jsonl"

    @property
    def settings(self) -> dict[str, Any]:
        """The target's settings."""
        return {"destination_path": str(self._directory), "do_timestamp_file": False}

    def stored(self, stream: str) -> Rows:
        """Return the rows of a file; the last of each key counts."""
        text = (self._directory / f"{stream}.jsonl").read_text("utf-8")
        rows = [json.loads(line, parse_float=Decimal) for line in text.split("\n")[:-1]]
        columns = dict.fromkeys(name for row in rows for name in row)
        return last_of_each_key(stream, [{name: row.get(name) for name in columns} for row in rows])


class Offline(Warehouse):
    """A target up to its connection; what it would send is in files, see ``offline_*.py``.

    Args:
        name: "snowflake" or "bigquery".
        directory: an empty one.
    """

    _SETTINGS: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "snowflake": {"account": "none", "user": "none", "password": "none", "database": "none"},
        "bigquery": {
            "project": "none",
            "dataset": SCHEMA,
            "method": "batch_job",
            "denormalized": True,
        },
    }

    def __init__(self, name: str, directory: Path) -> None:
        self._name = name
        self._directory = directory / name
        self._directory.mkdir()
        self.environment = {"OFFLINE_DIRECTORY": str(self._directory)}

    @property
    def settings(self) -> dict[str, Any]:
        """The target's settings."""
        return {**self._SETTINGS[self._name], "default_target_schema": SCHEMA}

    def command(self, directory: Path) -> list[str]:
        """Return the command; the target has to be run by a program of the tests."""
        path = directory / "target.json"
        path.write_text(json.dumps(self.settings))
        script = Path(__file__).with_name(f"offline_{self._name}.py")
        python = program(f"target-{self._name}/python")
        return [str(python), str(script), "--config", str(path)]

    def stored(self, stream: str) -> Rows:
        """Return the rows; the last of each key counts, as in a merge."""
        text = (self._directory / f"{stream}.jsonl").read_text("utf-8")
        rows = [
            {name.lower(): value for name, value in json.loads(line, parse_float=Decimal).items()}
            for line in text.split("\n")[:-1]
        ]
        columns = dict.fromkeys(name for row in rows for name in row)
        return last_of_each_key(stream, [{name: row.get(name) for name in columns} for row in rows])

    def arrives(self, kind: str, value: Any) -> Any:
        """Return what is sent: BigQuery's target turns numbers into binary floating point."""
        return as_double(kind, value) if self._name == "bigquery" else value

    def types(self, stream: str) -> dict[str, str]:
        """Return the types that the columns of a table would have."""
        types: dict[str, str] = json.loads((self._directory / f"{stream}.types.json").read_text())
        return {name.strip('"').lower(): kind for name, kind in types.items()}


class S3Parquet(Warehouse):
    """plinxore-target-s3 into parquet files of a bucket.

    Args:
        client: a boto3 client of the server.
        address: that of the server.
    """

    program = "target-s3/target-s3"
    environment: ClassVar = {"AWS_ACCESS_KEY_ID": "for-tests", "AWS_SECRET_ACCESS_KEY": "for-tests"}

    def __init__(self, client: Any, address: str) -> None:
        self._client = client
        self._address = address
        self._bucket = f"warehouse-{uuid.uuid4()}"
        client.create_bucket(Bucket=self._bucket)

    @property
    def settings(self) -> dict[str, Any]:
        """The target's settings."""
        return {
            "format": {"format_type": "parquet"},
            "compression": "none",
            "prefix": "amazon",
            "cloud_provider": {
                "cloud_provider_type": "aws",
                "aws": {
                    "aws_access_key_id": "for-tests",
                    "aws_secret_access_key": "for-tests",
                    "aws_region": "us-east-1",
                    "aws_bucket": self._bucket,
                    "aws_endpoint_override": self._address,
                },
            },
        }

    def tables(self, stream: str) -> list[pa.Table]:
        """Return the files of a stream, oldest first."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket)
        found = [each for page in pages for each in page.get("Contents", ())]
        found = [each for each in found if f"/{stream}/" in each["Key"]]
        found.sort(key=lambda each: (each["LastModified"], each["Key"]))
        bodies = [
            self._client.get_object(Bucket=self._bucket, Key=each["Key"])["Body"].read()
            for each in found
        ]
        return [_in_utc(pq.read_table(pa.BufferReader(body))) for body in bodies]

    def stored(self, stream: str) -> Rows:
        """Return the rows of all files; the last of each key counts."""
        table = pa.concat_tables(self.tables(stream), promote_options="default")
        return last_of_each_key(stream, table.to_pylist())

    def arrives(self, kind: str, value: Any) -> Any:
        """Return what becomes of a value."""
        return as_double(kind, value)


def _in_utc(table: pa.Table) -> pa.Table:
    """Return a table whose times are in UTC and have no zone."""
    for place, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            column = table.column(place).cast(pa.timestamp("us"))
            table = table.set_column(place, field.name, column)
    return table
