"""The rows of a stream in parquet files, until dlt takes them into a load package."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from tap_mws_reports.documents import RecordBatch
from tap_mws_reports.streams.arrow import arrow_type, gathered, table

Schemas = Mapping[str, Mapping[str, Any]]

_GROUP_ROWS = 122_880
"""Rows in memory before they are written as one row group; so many are one of DuckDB's, too."""

_GROUPS_AHEAD = 4
"""Groups of batches that wait for the thread that writes them, about 20,000 rows each."""

_ROW = "__row__"


@dataclass(frozen=True, slots=True)
class ParquetPart:
    """A file with rows of one stream."""

    path: Path
    schema: pa.Schema
    rows: int


class StreamFiles:
    """Takes the rows of one stream and writes them to files, each key once: the last row counts.

    All files have the columns that the stream declares when they are begun, in one order; dlt takes
    such files into its load packages as they are.

    Args:
        directory: an empty one.
        keys: the primary key.
        declared: gives the JSON schemas of all columns to be written; they may become more.
        known: the columns that the table has already, in its order.
    """

    def __init__(
        self,
        directory: Path,
        keys: Sequence[str],
        declared: Callable[[], Schemas],
        known: Sequence[str] = (),
    ) -> None:
        self._directory = directory
        self._keys = list(keys)
        self._declared = declared
        self._known = known
        self._tables: list[pa.Table] = []
        self._writer: parquet.ParquetWriter | None = None
        self._parts: list[ParquetPart] = []
        self._part_rows = 0
        self._seen: list[pa.Table] = []
        self.rows = 0

    def add(self, blocks: Iterable[RecordBatch]) -> None:
        """Take the rows of a document; all blocks have the same columns.

        A thread converts and writes them while the next ones are read: most of both is done by
        Arrow, which does not hold Python's lock.

        Raises:
            UnreadableDocument: values do not have the type of their column.
        """
        with ThreadPoolExecutor(1, "parquet") as writer:
            pending: deque[Future[None]] = deque()
            try:
                for batches in gathered(blocks):
                    before = pending[-1] if pending else None
                    pending.append(writer.submit(self._convert, batches, before))
                    if len(pending) > _GROUPS_AHEAD:
                        pending.popleft().result()
            finally:
                if pending:
                    pending[-1].result()

    def finish(self) -> list[ParquetPart]:
        """Return the files, closed."""
        self._write()
        self._close_part()
        if not self._parts:
            return []
        repeated = _repeated(self._keys, self._seen)
        return self._parts if repeated is None else list(self._without(repeated))

    def _convert(self, blocks: Sequence[RecordBatch], before: Future[None] | None) -> None:
        """Take a group of batches, unless the group ``before`` failed."""
        if before is not None:
            before.result()
        schemas = self._declared()
        schema = self._schema(schemas)
        if self._tables and self._tables[-1].schema != schema:
            self._write()
        rows = _padded(table(blocks, schemas.get), schema)
        self._tables.append(rows)
        self.rows += len(rows)
        gathered_rows = sum(map(len, self._tables))
        if gathered_rows >= _GROUP_ROWS:
            self._write(gathered_rows - gathered_rows % _GROUP_ROWS)

    def _write(self, size: int | None = None) -> None:
        """Write ``size`` of the gathered rows; None for all of them."""
        if not self._tables:
            return
        schema = self._tables[0].schema
        if self._writer is not None and self._writer.schema != schema:
            self._close_part()
        if self._writer is None:
            self._writer = _writer(self._directory / f"{len(self._parts)}.parquet", schema)
        gathered_rows = pa.concat_tables(self._tables)
        rows = gathered_rows.slice(0, size)
        self._writer.write_table(rows, row_group_size=_GROUP_ROWS)
        self._seen.append(rows.select(self._keys))
        self._part_rows += len(rows)
        self._tables = [gathered_rows.slice(len(rows))] if len(rows) < len(gathered_rows) else []

    def _close_part(self) -> None:
        if self._writer is None:
            return
        self._writer.close()
        path = self._directory / f"{len(self._parts)}.parquet"
        self._parts.append(ParquetPart(path, self._writer.schema, self._part_rows))
        self._writer, self._part_rows = None, 0

    def _schema(self, schemas: Schemas) -> pa.Schema:
        first = [name for name in self._known if name in schemas]
        names = [*first, *(name for name in schemas if name not in {*first})]
        return pa.schema(
            pa.field(name, arrow_type(schemas[name]), nullable=name not in self._keys)
            for name in names
        )

    def _without(self, repeated: pa.Array) -> Iterator[ParquetPart]:
        """Rewrite the files without the rows that a later one replaces."""
        start = 0
        for part in self._parts:
            path = part.path.with_suffix(".unique.parquet")
            rows = 0
            with parquet.ParquetFile(part.path) as source, _writer(path, part.schema) as writer:
                for batch in source.iter_batches(_GROUP_ROWS):
                    kept = batch.filter(pc.invert(repeated.slice(start, len(batch))))
                    writer.write_batch(kept)
                    rows += len(kept)
                    start += len(batch)
            part.path.unlink()
            if rows:
                yield ParquetPart(path, part.schema, rows)


def _writer(path: Path, schema: pa.Schema) -> parquet.ParquetWriter:
    return parquet.ParquetWriter(path, schema, compression="snappy")


def _padded(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return the table with all columns of a schema, null where it lacks them."""
    names = {*rows.column_names}
    columns = [
        rows[field.name] if field.name in names else _nulls(field.type, len(rows))
        for field in schema
    ]
    return pa.table(columns, schema=schema)


@lru_cache(maxsize=64)
def _nulls(wanted: pa.DataType, size: int) -> pa.Array:
    """Return nulls of a type. Most columns of a wide type are missing in most documents."""
    return pa.nulls(size, wanted)


def _repeated(keys: Sequence[str], seen: Sequence[pa.Table]) -> pa.Array | None:
    """Return for each row whether a later one has the same key; None where none has."""
    rows = pa.concat_tables(seen)
    # The seller, for one, is the same in most chunks. Text is expensive to group by.
    varying = [name for name in keys if _varies(rows[name])] or list(keys)
    # Arrow's threads would each group some rows, and merge their groups then: more work in all.
    if len(rows.group_by(varying, use_threads=False).aggregate([])) == len(rows):
        return None
    numbered = rows.append_column(_ROW, pa.array(range(len(rows)), pa.int64()))
    last = numbered.group_by(varying).aggregate([(_ROW, "max")])[f"{_ROW}_max"]
    is_last = pc.is_in(numbered[_ROW], last.combine_chunks())
    return pc.invert(is_last).combine_chunks()


def _varies(column: pa.ChunkedArray) -> bool:
    return not pc.all(pc.equal(column, column[0]), skip_nulls=False).as_py()
