"""Convert Arrow columns of text to values. Needs pyarrow.

A column is taken as it is if Arrow finds nothing in it that the readers of `column_reader` would
change. Otherwise these readers convert its different cells, so values are the same in both ways.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from tap_mws_reports.documents.arrow_columns import (
    ArrowChunk,
    arrow_cells,
    byte_range,
    bytes_of,
)
from tap_mws_reports.documents.block_parser import BlockParser, Timestamps, offsets_column
from tap_mws_reports.documents.cells import Exact
from tap_mws_reports.documents.cells.timestamps import PLAIN_MOMENT, UTC_MOMENT
from tap_mws_reports.documents.column_reader import (
    ColumnReader,
    InstantReader,
    TextReader,
    TimestampReader,
)
from tap_mws_reports.documents.columns import Column
from tap_mws_reports.documents.document_reader import MarketplaceFormat
from tap_mws_reports.documents.engine import Engine
from tap_mws_reports.documents.record_batch import ColumnChunk, RecordBatch
from tap_mws_reports.report_types.kinds import Kind
from tap_mws_reports.report_types.report_type import ReportType

_GROUPS_IN_MEMORY = 500_000
"""Groups that are counted without a database on disk, about 100 MB."""

_DIGITS = "1.5"
_PLAIN_DIGITS = r"^-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,2})?$"
"""Digits that mean the same in all marketplaces, and fit every type of decimals."""

_SPACE, _LAST_ASCII = 0x20, 0x7F
_FALSE = pa.scalar(value=False)

_TYPES = {Kind.INTEGER: pa.int64(), Kind.BOOLEAN: pa.bool_()}


class ArrowBlockParser(BlockParser):
    """Parses `ArrowChunk` into `RecordBatch`; see `BlockParser`.

    The columns of the batches are Arrow arrays of text, integers or booleans, some of them
    dictionary-encoded; others are lists. Decimals must be converted to text.
    """

    groups_in_memory = _GROUPS_IN_MEMORY

    def __init__(
        self,
        columns: Sequence[Column],
        report_type: ReportType,
        marketplace_format: MarketplaceFormat,
        wanted: Collection[str] | None,
        exact: Exact,
        timestamps: Timestamps = "utc",
    ) -> None:
        super().__init__(columns, report_type, marketplace_format, wanted, exact, timestamps)
        self._digits = _type_of_digits(exact)

    def __call__(self, cells: ArrowChunk | ColumnChunk) -> RecordBatch:
        """Return the batch of a chunk; chunks must come in document order."""
        if isinstance(cells, ColumnChunk):
            return super().__call__(cells)
        size = len(cells)
        cells, groups = self._with_groups(cells)
        columns = self._arrow_values(cells)
        columns["_extra"] = _texts(cells.beyond, size)
        if self._group_counter:
            columns["_line"] = pa.array(self._group_counter(groups), pa.int64())
        columns["_row_number"] = _numbers(self._rows + 1, size)
        self._rows += size
        return RecordBatch(tuple(columns), tuple(columns.values()))

    def _with_groups(self, cells: ArrowChunk) -> tuple[ArrowChunk, Sequence[str]]:
        """Return the cells with the columns of the group filled, and the group of each row."""
        if self._group_counter is None:
            return cells, ()
        if not self._group:
            return cells, [""] * len(cells)
        given = [_cells(cells.columns[place]) for place in self._group]
        filled = self._group_fill(given)
        if filled is not given:
            columns = list(cells.columns)
            for place, column in zip(self._group, filled, strict=True):
                columns[place] = _texts([cell or None for cell in column], len(cells))
            cells = ArrowChunk(columns, cells.beyond)
        return cells, self.joined_groups(filled)

    def _arrow_values(self, cells: ArrowChunk) -> dict[str, Sequence[object]]:
        size = len(cells)
        values: dict[str, Sequence[object]] = {}
        unparsed: dict[int, dict[str, str]] = {}
        offsets: dict[str, Sequence[str | None]] = {}
        for place, column, read in self._columns:
            array = cells.columns[place]
            values[column.name], invalid = self._converted(array, read, column.kind)
            for row in invalid:
                unparsed.setdefault(row, {})[column.name] = array[row].as_py()
            if isinstance(read, InstantReader) and read.offsets:
                offsets[column.name] = read.offsets
            if column.dates_name in self._dates:
                values[column.dates_name] = _texts([column.dates] * size, size)
        values["_unparsed"] = _texts(_unparsed(unparsed, size), size)
        if self._utc:
            values["_offsets"] = _texts(offsets_column(offsets) or None, size)
        return values

    def _converted(
        self,
        array: Any,  # noqa: ANN401
        read: ColumnReader,
        kind: Kind,
    ) -> tuple[Any, Sequence[int]]:
        """Return the values of a column, and the places of the cells that failed to convert."""
        if isinstance(read, TextReader):
            return _without_blanks(array), ()
        if isinstance(read, InstantReader):
            if _all_match(array, UTC_MOMENT):
                read.offsets = ()
                return pc.replace_substring_regex(array, "Z$", "+00:00"), ()
        elif isinstance(read, TimestampReader):
            if _all_match(array, PLAIN_MOMENT):
                return array, ()
        elif kind is Kind.DECIMAL and self._digits is not None:
            return _distinct_values(array, read, self._digits, _PLAIN_DIGITS)
        else:
            return _distinct_values(array, read, _TYPES.get(kind, pa.string()))
        return read(_cells(array)), read.invalid_positions


def _without_blanks(array: Any) -> Any:  # noqa: ANN401
    """Return texts with null for those that are blank."""
    data = bytes_of(array)
    if not data.size:
        return array
    lowest, highest = byte_range(data)
    if lowest > _SPACE and highest <= _LAST_ASCII:
        return array  # no text has a space
    blank = pc.utf8_is_space(array)
    return pc.if_else(blank, None, array) if pc.any(blank).as_py() else array


def _distinct_values(
    array: Any,  # noqa: ANN401
    read: ColumnReader,
    type_: Any,  # noqa: ANN401
    kept: str = "",
) -> tuple[Any, Sequence[int]]:
    """Convert each different cell once; those that match ``kept`` are values already."""
    encoded = array.dictionary_encode()
    cells = encoded.dictionary
    is_kept = pc.match_substring_regex(cells, kept) if kept else pa.repeat(_FALSE, len(cells))
    changed = cells.filter(pc.invert(is_kept)).to_pylist()
    values = pa.array(_bytes(read(changed)) if changed else (), type_)
    if len(changed) < len(cells):
        values = pc.replace_with_mask(cells.cast(type_), pc.invert(is_kept), values)
    invalid: Sequence[int] = ()
    if changed and read.invalid_positions:
        failed = pa.array([changed[place] for place in read.invalid_positions], pa.string())
        invalid = pc.indices_nonzero(pc.is_in(array, failed)).to_pylist()
    return pa.DictionaryArray.from_arrays(encoded.indices, values), invalid


def _bytes(values: Sequence[object]) -> Sequence[object]:
    """Return values with the bytes of those that are JSON."""
    if not any(isinstance(value, msgspec.Raw) for value in values):
        return values
    return [bytes(value) if isinstance(value, msgspec.Raw) else value for value in values]


def _type_of_digits(exact: Exact) -> Any:  # noqa: ANN401
    """Return the type of digits that ``exact`` keeps: JSON or text; None if it converts them."""
    kept = exact(_DIGITS)
    if isinstance(kept, msgspec.Raw):
        return pa.binary() if bytes(kept) == _DIGITS.encode() else None
    return pa.string() if kept == _DIGITS else None


def _numbers(first: int, size: int) -> Any:  # noqa: ANN401
    """Return consecutive numbers."""
    return pc.add(pc.cumulative_sum(pa.repeat(1, size)), first - 1)


def _all_match(array: Any, pattern: str) -> bool:  # noqa: ANN401
    return pc.all(pc.match_substring_regex(array, f"^(?:{pattern})$")).as_py() is not False


def _unparsed(cells: Mapping[int, Mapping[str, str]], size: int) -> list[str | None] | None:
    if not cells:
        return None
    texts: list[str | None] = [None] * size
    for row, unparsed in cells.items():
        texts[row] = json.dumps(unparsed, ensure_ascii=False)
    return texts


def _cells(array: Any) -> list[str]:  # noqa: ANN401
    cells: list[str] = array.fill_null("").to_pylist()
    return cells


def _texts(texts: Sequence[str | None] | None, size: int) -> Any:  # noqa: ANN401
    return pa.nulls(size, pa.string()) if texts is None else pa.array(texts, pa.string())


ARROW = Engine(arrow_cells, ArrowBlockParser)
"""Reads documents into Arrow arrays."""

ARROW_AHEAD = replace(ARROW, reads_ahead=True)
"""The same, with the next batch made ahead."""
