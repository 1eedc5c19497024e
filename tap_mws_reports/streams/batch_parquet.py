"""Batch files of parquet."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import IO, Any

from tap_mws_reports.documents import Block, Exact
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.streams.batch_format import Written


class Parquet:
    """Columns of parquet's own types: timestamps, dates, exact decimals, 64-bit integers.

    Timestamps are in UTC and have no zone. Targets of the Singer SDK keep them in columns without a
    zone; given an instant, PostgreSQL would store the clock of the session's zone there.
    """

    exact: Exact
    suffix = ".parquet"

    def __init__(self, written: Written, compression: str | None) -> None:
        try:
            # An extra that most users do not need.
            importlib.import_module("pyarrow")
            self._parquet: Any = importlib.import_module("pyarrow.parquet")
            self._arrow: Any = importlib.import_module("tap_mws_reports.streams.arrow")
        except ImportError as error:
            raise SettingsError(
                "parquet files need pyarrow, which is not installed",
                where="setting `batch_config`",
                hint="install `tap-mws-reports[parquet]`, or write `jsonl`",
            ) from error
        self.exact = self._arrow.fitting_digits
        self._compression = "gzip" if compression == "gzip" else "snappy"
        self._written = written

    def write(self, blocks: Iterator[Block], file: IO[bytes]) -> None:
        """Write the rows.

        Raises:
            UnreadableDocument: values do not have the type of their column.
        """
        writer = None
        for table in map(self._arrow.without_zones, self._arrow.tables(blocks, self._written)):
            writer = writer or self._parquet.ParquetWriter(
                file, table.schema, compression=self._compression
            )
            writer.write_table(table)
        if writer:
            writer.close()
