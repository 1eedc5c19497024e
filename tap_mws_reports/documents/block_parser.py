"""Convert chunks of text cells to batches of typed values."""

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
from tap_mws_reports.documents.group_counter import IN_MEMORY, GroupCounter
from tap_mws_reports.documents.record_batch import ColumnChunk, RecordBatch
from tap_mws_reports.report_types.kinds import Kind
from tap_mws_reports.report_types.report_type import ReportType

Timestamps = Literal["utc", "offset"]
"""How timestamps are written: in UTC, or with Amazon's offset."""

_GROUP_SEPARATOR = "\x1f"


class BlockParser:
    """Parses `ColumnChunk` into `RecordBatch`. Work that depends on columns only is done once.

    Args:
        columns: of the document.
        report_type: of the document.
        marketplace_format: the formats of its marketplace.
        wanted: the names of the columns to read, or None for all. Other columns are left
            out of ``_unparsed`` and ``_offsets``, too.
        exact: converts the digits of decimals.
        timestamps: how timestamps are written. With ``utc``, batches have a column ``_offsets``.
    """

    groups_in_memory = IN_MEMORY
    """Groups that are counted without a database on disk."""

    def __init__(
        self,
        columns: Sequence[Column],
        report_type: ReportType,
        marketplace_format: MarketplaceFormat,
        wanted: Collection[str] | None,
        exact: Exact,
        timestamps: Timestamps = "utc",
    ) -> None:
        self._utc = timestamps == "utc"
        self._columns = [
            (place, column, _reader(column, report_type, marketplace_format, exact, utc=self._utc))
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
        self._summary_fill = SummaryFill()
        self._group_fill = GroupFill()
        self._group_counter = (
            GroupCounter(self.groups_in_memory) if identity.kind == "group" else None
        )
        self._rows = 0

    def look_ahead(self, blocks: Iterable[ColumnChunk]) -> None:
        """Find the summary row of a type that has one; do nothing for other types."""
        if self._filled_down:
            self._summary_fill.look_ahead(_at(self._filled_down, cells) for cells in blocks)

    def __call__(self, cells: ColumnChunk) -> RecordBatch:
        """Return the batch of a chunk; chunks must come in document order."""
        size = len(cells)
        cells = _filled(cells, self._filled_down, self._summary_fill)
        cells = _filled(cells, self._group, self._group_fill)
        columns = self._values(cells)
        columns["_extra"] = cells.beyond or [None] * size
        if self._group_counter:
            columns["_line"] = self._group_counter(self._groups(cells))
        columns["_row_number"] = range(self._rows + 1, self._rows + size + 1)
        self._rows += size
        return RecordBatch(tuple(columns), tuple(columns.values()))

    def _values(self, cells: ColumnChunk) -> dict[str, Sequence[object]]:
        values: dict[str, Sequence[object]] = {}
        unparsed: list[dict[str, str]] | None = None
        offsets: dict[str, Sequence[str | None]] = {}
        for place, column, read in self._columns:
            values[column.name] = read(cells.columns[place])
            for row in read.invalid_positions:
                unparsed = unparsed or [{} for _ in range(len(cells))]
                unparsed[row][column.name] = cells.columns[place][row]
            if isinstance(read, InstantReader) and read.offsets:
                offsets[column.name] = read.offsets
            if column.dates_name in self._dates:
                values[column.dates_name] = [column.dates] * len(cells)
        values["_unparsed"] = list(map(_json, unparsed)) if unparsed else [None] * len(cells)
        if self._utc:
            values["_offsets"] = offsets_column(offsets) or [None] * len(cells)
        return values

    def _groups(self, cells: ColumnChunk) -> Sequence[str]:
        """Return the group key of each row: its cells, joined.

        A document without any of the group's columns is one group.
        """
        return self.joined_groups(_at(self._group, cells)) or [""] * len(cells)

    @staticmethod
    def joined_groups(columns: Columns) -> Sequence[str]:
        """Return the group key of each row; none without columns."""
        if len(columns) == 1:
            return columns[0]
        return list(map(_GROUP_SEPARATOR.join, zip(*columns, strict=True)))


def _places(columns: Sequence[Column], names: Collection[str]) -> list[int]:
    return [place for place, column in enumerate(columns) if column.name in names]


def _at(places: Sequence[int], cells: ColumnChunk) -> Columns:
    return [cells.columns[place] for place in places]


def _filled(
    cells: ColumnChunk, places: Sequence[int], fill: Callable[[Columns], Columns]
) -> ColumnChunk:
    """Return the cells with the columns at ``places`` filled."""
    if not places:
        return cells
    columns = list(cells.columns)
    for place, filled in zip(places, fill(_at(places, cells)), strict=True):
        columns[place] = filled
    return ColumnChunk(columns, cells.beyond)


def _reader(
    column: Column,
    report_type: ReportType,
    marketplace_format: MarketplaceFormat,
    exact: Exact,
    *,
    utc: bool,
) -> ColumnReader:
    if column.kind is Kind.TEXT:
        return TextReader()
    if column.date_order:
        marketplace_format = replace(marketplace_format, date_order=column.date_order)
    if column.kind is Kind.TIMESTAMP and utc:
        return InstantReader(instant_reader(marketplace_format))
    read = reader(
        column.kind,
        marketplace_format,
        exact,
        local_numbers=report_type.local_numbers,
        grouped_integers=report_type.grouped_integers,
    )
    if column.kind is Kind.TIMESTAMP:
        return TimestampReader(read)
    return ValueReader(read)


def _json(unparsed: Mapping[str, str]) -> str | None:
    return json.dumps(unparsed, ensure_ascii=False) if unparsed else None


def offsets_column(offsets: Mapping[str, Sequence[str | None]]) -> list[str | None]:
    """Return the offsets of each row as JSON text; an empty list without columns."""
    names = tuple(offsets)
    return [_offsets_text(names, row) for row in zip(*offsets.values(), strict=True)]


@lru_cache(maxsize=5_000)
def _offsets_text(names: tuple[str, ...], offsets: tuple[str | None, ...]) -> str | None:
    """Return offsets as JSON text. Cached: most rows of a document have the same offsets."""
    pairs = zip(names, offsets, strict=True)
    return _json({name: offset for name, offset in pairs if offset})
