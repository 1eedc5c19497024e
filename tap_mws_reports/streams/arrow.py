"""Convert record batches to typed Arrow tables, column by column. Needs pyarrow.

Text values of other types (timestamps, dates, decimals) become Arrow text first and are converted
by Arrow for many batches at once; Python converts single cells only if Arrow cannot read them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tap_mws_reports.documents import RecordBatch
from tap_mws_reports.errors import UnreadableDocument
from tap_mws_reports.report_types import Kind, kind_of
from tap_mws_reports.streams.batch.batch_formats import ColumnSchema

PRECISION, SCALE = 38, 18
"""Precision and scale of decimals. DuckDB, Snowflake, Redshift and Databricks keep 38 digits.

A scale of 18 holds every digit of a fraction that Amazon writes as a double, such as a click share.
"""

TIMESTAMP = pa.timestamp("us", "UTC")
DECIMAL = pa.decimal128(PRECISION, SCALE)

_TABLE_ROWS = 10_000
_PLAIN = re.compile(rf"-?[0-9]{{1,{PRECISION - SCALE}}}(?:\.[0-9]{{1,{SCALE}}})?")


def fitting_digits(digits: str) -> str:
    """Return the digits of a number if it fits `DECIMAL`.

    Raises:
        ValueError: it has too many digits. The cell is then null, and its text is kept in
            ``_unparsed``.
    """
    if _PLAIN.fullmatch(digits):
        return digits
    number = Decimal(digits)
    if number.adjusted() >= PRECISION - SCALE or int(number.as_tuple().exponent) < -SCALE:
        raise ValueError(digits)
    return f"{number:f}"


def arrow_type(schema: Mapping[str, Any]) -> pa.DataType:
    """Return the Arrow type of a column with this JSON schema; exact decimals keep their scale."""
    kind = kind_of(schema)
    if kind is Kind.DECIMAL and "scale" in schema:
        return pa.decimal128(schema["precision"], schema["scale"])
    return _TYPES.get(kind, pa.string())


def tables(blocks: Iterable[RecordBatch], written: ColumnSchema) -> Iterator[pa.Table]:
    """Yield the selected columns of the batches, thousands of rows at a time.

    Batches are read with `fitting_digits` and have the same columns.

    Args:
        blocks: the record batches.
        written: returns the JSON schema of a column to write, else None.

    Raises:
        UnreadableDocument: a value does not have the type of its column.
    """
    for batches in gathered(blocks):
        yield table(batches, written)


def gathered(blocks: Iterable[RecordBatch]) -> Iterator[list[RecordBatch]]:
    """Yield the batches that have rows, in lists of some thousand rows.

    So many rows are worth Arrow's effort of converting them.
    """
    batches: list[RecordBatch] = []
    rows = 0
    for block in blocks:
        if len(block):
            batches.append(block)
            rows += len(block)
        if rows >= _TABLE_ROWS:
            yield batches
            batches, rows = [], 0
    if batches:
        yield batches


def table(blocks: Sequence[RecordBatch], written: ColumnSchema) -> pa.Table:
    """Return the selected columns of some batches; see `tables`."""
    first = blocks[0]
    rows = sum(map(len, blocks))
    columns: dict[str, pa.ChunkedArray | pa.Array] = {}
    for name, value in first.constants.items():
        if (schema := written(name)) is not None:
            columns[name] = pa.repeat(_column(name, [[value]], arrow_type(schema))[0], rows)
    for place, name in enumerate(first.names):
        if (schema := written(name)) is not None:
            parts = [block.columns[place] for block in blocks]
            columns[name] = _column(name, parts, arrow_type(schema))
    return pa.table(columns)


def without_zones(rows: pa.Table) -> pa.Table:
    """Return the table with timestamps in UTC without a time zone."""
    naive = pa.timestamp("us")
    fields = [field.with_type(naive) if field.type == TIMESTAMP else field for field in rows.schema]
    return rows.cast(pa.schema(fields))


def _column(name: str, parts: Sequence[Sequence[object]], wanted: pa.DataType) -> pa.ChunkedArray:
    """Return the values of a column from all batches."""
    read = _reader_of(wanted)
    given = wanted if read is None else pa.string()
    try:
        if any(isinstance(part, pa.Array) for part in parts):
            typed = [_typed(part, given, wanted, read) for part in parts]
            return pa.chunked_array(typed, wanted)
        values = pa.chunked_array([pa.array(part, given) for part in parts], given)
        return values if read is None else _converted(values.combine_chunks(), wanted, read)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, ValueError) as error:
        raise UnreadableDocument(
            f"values of the column {name} are not of its type, {wanted}: {error}",
            hint="if the catalog was made for other settings, create it again with `--discover`",
        ) from error


def _typed(
    part: Any,  # noqa: ANN401 - a sequence, or an Arrow array
    given: pa.DataType,
    wanted: pa.DataType,
    read: Callable[[str], object] | None,
) -> pa.Array:
    """Return the values of a column from one batch."""
    if isinstance(part, pa.DictionaryArray):
        return _typed(part.dictionary, given, wanted, read).take(part.indices)
    values = part if isinstance(part, pa.Array) else pa.array(part, given)
    if values.type != given:
        message = f"they are of the type {values.type}"
        raise pa.ArrowTypeError(message)
    return values if read is None else _converted(values, wanted, read)


def _converted(values: pa.Array, wanted: pa.DataType, read: Callable[[str], object]) -> pa.Array:
    try:
        return pc.cast(values, wanted)
    except pa.ArrowInvalid:
        # For example a timestamp with more than six fractional digits.
        cells = values.to_pylist()
        return pa.array([None if cell is None else read(cell) for cell in cells], wanted)


def _read_timestamp(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _reader_of(wanted: pa.DataType) -> Callable[[str], object] | None:
    """Return the parser of a type whose values are text, None for other types."""
    if pa.types.is_decimal(wanted):
        return Decimal
    return {TIMESTAMP: _read_timestamp, pa.date32(): date.fromisoformat}.get(wanted)


_TYPES: Mapping[Kind | None, pa.DataType] = {
    Kind.INTEGER: pa.int64(),
    Kind.DECIMAL: DECIMAL,
    Kind.BOOLEAN: pa.bool_(),
    Kind.DATE: pa.date32(),
    Kind.TIMESTAMP: TIMESTAMP,
}
