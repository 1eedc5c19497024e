"""Batch files of parquet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import IO, Any

from tap_mws_reports.documents import Block, Exact
from tap_mws_reports.errors import SettingsError, UnreadableDocument
from tap_mws_reports.streams.batch_format import Written

_DIGITS, _DECIMALS = 38, 18  # of numbers; more than 38 few readers of parquet keep exactly
_TABLE_ROWS = 10_000


def fitting_number(digits: str) -> Decimal:
    """Return the number; raises ValueError where it has more digits than a column has room for.

    It is then kept as text among what did not fit.
    """
    number = Decimal(digits)
    if number.adjusted() >= _DIGITS - _DECIMALS or int(number.as_tuple().exponent) < -_DECIMALS:
        raise ValueError(digits)
    return number


class Parquet:
    """Columns of parquet's own types; dates and moments are text, numbers exact decimals."""

    exact: Exact = staticmethod(fitting_number)
    suffix = ".parquet"

    def __init__(self, written: Written, compression: str | None) -> None:
        try:
            import pyarrow as pa  # noqa: PLC0415 - an extra that most users do not need
            from pyarrow import parquet  # noqa: PLC0415
        except ImportError as error:
            raise SettingsError(
                "parquet files need pyarrow, which is not installed",
                where="setting `batch_config`",
                hint="install `tap-mws-reports[parquet]`, or write `jsonl`",
            ) from error
        self._arrow, self._parquet = pa, parquet
        self._compression = "gzip" if compression == "gzip" else "snappy"
        self._written = written
        self._types = {
            "integer": pa.int64(),
            "number": pa.decimal128(_DIGITS, _DECIMALS),
            "boolean": pa.bool_(),
        }

    def write(self, blocks: Iterator[Block], file: IO[bytes]) -> None:
        """Write the rows.

        Raises:
            UnreadableDocument: an integer has more digits than parquet has room for.
        """
        writer = None
        for table in self._tables(blocks):
            writer = writer or self._parquet.ParquetWriter(
                file, table.schema, compression=self._compression
            )
            writer.write_table(table)
        if writer:
            writer.close()

    def _tables(self, blocks: Iterator[Block]) -> Iterator[Any]:
        """Yield tables of many blocks, for a small one is slow to read and large on disk."""
        small: list[Any] = []
        for block in blocks:
            small.append(self._table(block))
            if sum(map(len, small)) >= _TABLE_ROWS:
                yield self._arrow.concat_tables(small)
                small = []
        if small:
            yield self._arrow.concat_tables(small)

    def _table(self, block: Block) -> Any:  # noqa: ANN401 - pyarrow has no types
        constants = {name: [value] * len(block) for name, value in block.constants.items()}
        columns = {**constants, **dict(zip(block.names, block.columns, strict=True))}
        try:
            arrays = {
                name: self._arrow.array(values, self._type(schema))
                for name, values in columns.items()
                if (schema := self._written(name)) is not None
            }
        except OverflowError as error:
            raise UnreadableDocument(
                f"an integer does not fit into parquet: {error}",
                hint="set `batch_config.encoding.format` to `jsonl`, which keeps every digit",
            ) from error
        return self._arrow.table(arrays)

    def _type(self, schema: Mapping[str, Any]) -> Any:  # noqa: ANN401
        kinds = [kind for kind in self._types if kind in schema["type"]]
        return self._types[kinds[0]] if kinds else self._arrow.string()
