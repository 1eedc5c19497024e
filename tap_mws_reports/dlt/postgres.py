"""dlt's destination PostgreSQL, which copies only columns that have values.

Most of a report type's columns are null in all rows of an account, and the ADBC driver takes as
long to send a null as a number. dlt copies all columns that a file has, and completes a file that
lacks some.
"""

from __future__ import annotations

from typing import Any

import dlt
import pyarrow as pa
from dlt.common.destination.client import LoadJob
from dlt.destinations.impl.postgres.postgres import PostgresClient, PostgresParquetCopyJob
from pyarrow import parquet

_BATCH_ROWS = 20_000


class Postgres(dlt.destinations.postgres):
    """The destination; settings and the state of pipelines are those of dlt's own."""

    @property
    def client_class(self) -> type[PostgresClient]:
        """What makes the jobs."""
        return _Client

    @property
    def destination_type(self) -> str:
        """That of dlt's own, by whose name settings are found and pipelines are restored."""
        name: str = dlt.destinations.postgres().destination_type
        return name


class _CopyJob(PostgresParquetCopyJob):
    """Copies a file in one transaction, as dlt's job does."""

    def run(self) -> None:
        _, schema_name = self._set_catalog_and_schema()
        with (
            parquet.ParquetFile(self._file_path) as file,
            self._connect() as connection,
            connection.cursor() as cursor,
        ):
            names = filled_columns(file)
            schema = pa.schema([file.schema_arrow.field(name) for name in names])
            batches = file.iter_batches(_BATCH_ROWS, columns=names)
            rows = pa.RecordBatchReader.from_batches(schema, batches)
            cursor.adbc_ingest(
                self.load_table_name, rows, mode="append", db_schema_name=schema_name
            )
            connection.commit()


class _Client(PostgresClient):
    def create_load_job(
        self,
        table: Any,  # noqa: ANN401 - a table of dlt's schema
        file_path: str,
        load_id: str,
        restore: bool = False,  # noqa: FBT001, FBT002 - dlt's signature
    ) -> LoadJob:
        job = super().create_load_job(table, file_path, load_id, restore)
        return _CopyJob(file_path) if type(job) is PostgresParquetCopyJob else job


def filled_columns(file: parquet.ParquetFile) -> list[str]:
    """Return the columns that may have a value in some row, by the statistics of the file.

    All of them if none has; nested columns are taken for filled.
    """
    columns = file.metadata.schema
    groups = [file.metadata.row_group(group) for group in range(file.num_row_groups)]
    empty = {
        columns.column(place).path
        for place in range(len(columns))
        if all(_is_null(group.column(place), group.num_rows) for group in groups)
    }
    names: list[str] = file.schema_arrow.names
    return [name for name in names if name not in empty] or names


def _is_null(column: parquet.ColumnChunkMetaData, rows: int) -> bool:
    counts = column.statistics
    return counts is not None and counts.has_null_count and counts.null_count == rows
