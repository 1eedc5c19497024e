"""The cells of some rows to a block of typed values."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Literal

from tap_mws_reports.documents.cells import Exact, reader
from tap_mws_reports.documents.cells.timestamps import instant_reader
from tap_mws_reports.documents.column_reader import (
    ColumnReader,
    InstantReader,
    TextReader,
    TimestampReader,
    ValueReader,
)
from tap_mws_reports.documents.columns import Column
from tap_mws_reports.documents.document_reader import MarketplaceFormat
from tap_mws_reports.documents.fill_down import Columns, GroupFill, SummaryFill
from tap_mws_reports.documents.group_counter import GroupCounter
from tap_mws_reports.documents.record_batch import ColumnChunk, RecordBatch
from tap_mws_reports.report_types.kinds import Kind
from tap_mws_reports.report_types.report_type import ReportType

Timestamps = Literal["utc", "offset"]
"""How moments are written: in UTC, or with the offset that Amazon told them with."""

_GROUP_SEPARATOR = "\x1f"


class BlockParser:
    """Makes blocks of cells. Everything that depends on the columns only is done once.

    Args:
        columns: of the document.
        report_type: what is known of its type.
        habits: of the marketplace it comes from.
        wanted: the names of the columns to read, or None for all. What is not wanted is not in
            ``_unparsed`` or ``_offsets`` either.
        exact: what to make of the digits of decimals.
        timestamps: how moments are written. In UTC, blocks have a column ``_offsets``.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        report_type: ReportType,
        habits: MarketplaceFormat,
        wanted: Collection[str] | None,
        exact: Exact,
        timestamps: Timestamps = "utc",
    ) -> None:
        self._utc = timestamps == "utc"
        self._columns = [
            (place, column, _reader(column, report_type, habits, exact, utc=self._utc))
            for place, column in enumerate(columns)
            if wanted is None or column.name in wanted
        ]
        self._dates = {
            column.dates_name
            for column in columns
            if column.dates and (wanted is None or column.dates_name in wanted)
        }
        identity = report_type.identity
        self._filled_down = _places(columns, report_type.filled_down)
        self._group = _places(columns, identity.columns if identity.kind == "group" else ())
        self._summary = SummaryFill()
        self._continuation = GroupFill()
        self._ordinals = GroupCounter() if identity.kind == "group" else None
        self._rows = 0

    def look_ahead(self, blocks: Iterable[ColumnChunk]) -> None:
        """Find the summary of a type that has one; of other types, no cell is looked at."""
        if self._filled_down:
            self._summary.look_ahead(_at(self._filled_down, cells) for cells in blocks)

    def __call__(self, cells: ColumnChunk) -> RecordBatch:
        """Return the block of some rows, which follow those of the last call."""
        size = len(cells)
        cells = _filled(cells, self._filled_down, self._summary)
        cells = _filled(cells, self._group, self._continuation)
        columns = self._values(cells)
        columns["_extra"] = cells.beyond or [None] * size
        if self._ordinals:
            columns["_line"] = self._ordinals(self._groups(cells))
        columns["_row_number"] = range(self._rows + 1, self._rows + size + 1)
        self._rows += size
        return RecordBatch(tuple(columns), tuple(columns.values()))

    def _values(self, cells: ColumnChunk) -> dict[str, Sequence[object]]:
        values: dict[str, Sequence[object]] = {}
        unparsed: list[dict[str, str]] | None = None
        offsets: dict[str, Sequence[str | None]] = {}
        for place, column, read in self._columns:
            values[column.name] = read(cells.columns[place])
            for row in read.unfit:
                unparsed = unparsed or [{} for _ in range(len(cells))]
                unparsed[row][column.name] = cells.columns[place][row]
            if isinstance(read, InstantReader) and read.offsets:
                offsets[column.name] = read.offsets
            if column.dates_name in self._dates:
                values[column.dates_name] = [column.dates] * len(cells)
        values["_unparsed"] = list(map(_json, unparsed)) if unparsed else [None] * len(cells)
        if self._utc:
            values["_offsets"] = _joined(offsets) or [None] * len(cells)
        return values

    def _groups(self, cells: ColumnChunk) -> Sequence[str]:
        """Return what the group of each row is called: its cells, as they are.

        All rows of a document without any of the group's columns are one group.
        """
        columns = _at(self._group, cells)
        if len(columns) == 1:
            return columns[0]
        return list(map(_GROUP_SEPARATOR.join, zip(*columns, strict=True))) or [""] * len(cells)


def _places(columns: Sequence[Column], names: Collection[str]) -> list[int]:
    return [place for place, column in enumerate(columns) if column.name in names]


def _at(places: Sequence[int], cells: ColumnChunk) -> Columns:
    return [cells.columns[place] for place in places]


def _filled(
    cells: ColumnChunk, places: Sequence[int], fill: Callable[[Columns], Columns]
) -> ColumnChunk:
    """Return the cells with some of the columns filled."""
    if not places:
        return cells
    columns = list(cells.columns)
    for place, filled in zip(places, fill(_at(places, cells)), strict=True):
        columns[place] = filled
    return ColumnChunk(columns, cells.beyond)


def _reader(
    column: Column, report_type: ReportType, habits: MarketplaceFormat, exact: Exact, *, utc: bool
) -> ColumnReader:
    if column.kind is Kind.TEXT:
        return TextReader()
    if column.date_order:
        habits = replace(habits, date_order=column.date_order)
    if column.kind is Kind.TIMESTAMP and utc:
        return InstantReader(instant_reader(habits))
    read = reader(column.kind, habits, exact, local_numbers=report_type.local_numbers)
    if column.kind is Kind.TIMESTAMP:
        return TimestampReader(read)
    return ValueReader(read)


def _json(unparsed: Mapping[str, str]) -> str | None:
    return json.dumps(unparsed, ensure_ascii=False) if unparsed else None


def _joined(offsets: Mapping[str, Sequence[str | None]]) -> list[str | None]:
    """Return the offsets of all columns, row by row, as JSON text; nothing without columns."""
    names = tuple(offsets)
    return [_offsets_text(names, row) for row in zip(*offsets.values(), strict=True)]


@lru_cache(maxsize=5_000)
def _offsets_text(names: tuple[str, ...], offsets: tuple[str | None, ...]) -> str | None:
    """Return the same text for the same offsets: most rows of a document have the same ones."""
    told = zip(names, offsets, strict=True)
    return _json({name: offset for name, offset in told if offset})
