"""File formats of BATCH messages: JSON lines and Parquet. Only selected columns are written."""

from __future__ import annotations

import gzip
import importlib
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any, Protocol

from tap_mws_reports.documents import PYTHON, Engine, Exact, RecordBatch
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.streams.record_encoder import RecordEncoder, json_number

ColumnSchema = Callable[[str], Mapping[str, Any] | None]
"""Returns the JSON schema of a column to write, None for others."""


class BatchFormat(Protocol):
    """Writes files. ``exact`` converts the digits of decimals, ``engine`` makes the batches."""

    exact: Exact
    engine: Engine
    suffix: str

    def write(self, blocks: Iterator[RecordBatch], file: IO[bytes]) -> None:
        """Write the selected columns of batches that all have the same columns."""


class ParquetFormat:
    """Parquet with native types: timestamps, dates, exact decimals, 64-bit integers.

    Timestamps are in UTC and have no zone. Targets of the Singer SDK keep them in columns without a
    zone; given an instant, PostgreSQL would store the clock of the session's zone there.
    """

    exact: Exact
    engine: Engine
    suffix = ".parquet"

    def __init__(self, written: ColumnSchema, compression: str | None) -> None:
        try:
            # An extra that most users do not need.
            importlib.import_module("pyarrow")
            self._parquet: Any = importlib.import_module("pyarrow.parquet")
            self._arrow: Any = importlib.import_module("tap_mws_reports.streams.arrow")
            parser = importlib.import_module("tap_mws_reports.documents.arrow_parser")
        except ImportError as error:
            raise SettingsError(
                "parquet files need pyarrow, which is not installed",
                where="setting `batch_config`",
                hint="install `tap-mws-reports[parquet]`, or write `jsonl`",
            ) from error
        self.exact = self._arrow.fitting_digits
        self.engine = parser.ARROW
        self._compression = "gzip" if compression == "gzip" else "snappy"
        self._written = written

    def write(self, blocks: Iterator[RecordBatch], file: IO[bytes]) -> None:
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


_QUICK = 1  # gzip's level; higher ones halve the speed and save a tenth of the size


class JsonLinesFormat:
    """One JSON object per line and row, compressed or not."""

    exact: Exact = staticmethod(json_number)
    engine = PYTHON

    def __init__(self, written: ColumnSchema, compression: str | None) -> None:
        self._written = written
        self._compressed = compression == "gzip"
        self.suffix = ".jsonl.gz" if self._compressed else ".jsonl"

    def write(self, blocks: Iterator[RecordBatch], file: IO[bytes]) -> None:
        """Write the rows; the same rows give the same bytes."""
        if not self._compressed:
            self._write(blocks, file)
            return
        with gzip.GzipFile("", "wb", _QUICK, file, mtime=0) as compressed:
            self._write(blocks, compressed)

    def _write(self, blocks: Iterator[RecordBatch], file: IO[bytes] | gzip.GzipFile) -> None:
        compiled: RecordEncoder | None = None
        for block in blocks:
            if compiled is None or not compiled.fits(block):
                compiled = RecordEncoder("", block, self._is_written, None)
            file.write(compiled.bare_lines(block))

    def _is_written(self, column: str) -> bool:
        return self._written(column) is not None


FORMATS: Mapping[str, Callable[[ColumnSchema, str | None], BatchFormat]] = {
    "jsonl": JsonLinesFormat,
    "parquet": ParquetFormat,
}


def make_format(name: str, written: ColumnSchema, compression: str | None) -> BatchFormat:
    """Return the format of `batch_config.encoding`.

    Args:
        name: ``jsonl`` or ``parquet``.
        written: says which columns are to be written.
        compression: ``gzip``, or ``none`` or None.

    Raises:
        SettingsError: there is no such format, or what it needs is not installed.
    """
    if name not in FORMATS:
        raise SettingsError(
            f"there are no batch files of the format `{name}`",
            where="setting `batch_config`",
            hint=f"choose one of {', '.join(FORMATS)}",
        )
    return FORMATS[name](written, compression)
