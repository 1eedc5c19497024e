"""The cells of some rows to a block of typed values."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

from tap_mws_reports.documents.block import Block
from tap_mws_reports.documents.carrying import Carried
from tap_mws_reports.documents.cells import Exact, reader
from tap_mws_reports.documents.column_reader import (
    ColumnReader,
    MomentReader,
    TextReader,
    ValueReader,
)
from tap_mws_reports.documents.columns import Column
from tap_mws_reports.documents.habits import Habits
from tap_mws_reports.documents.ordinals import Ordinals
from tap_mws_reports.documents.squaring import Cells
from tap_mws_reports.report_types.kinds import Kind
from tap_mws_reports.report_types.report_type import ReportType

_GROUP_SEPARATOR = "\x1f"


class BlockReader:
    """Makes blocks of cells. Everything that depends on the columns only is done once.

    Args:
        columns: of the document.
        report_type: what is known of its type.
        habits: of the marketplace it comes from.
        wanted: the names of the columns to read, or None for all. What is not wanted is not in
            ``_unparsed`` either.
        exact: what to make of the digits of decimals.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        report_type: ReportType,
        habits: Habits,
        wanted: Collection[str] | None,
        exact: Exact,
    ) -> None:
        self._columns = [
            (place, column, _reader(column, report_type, habits, exact))
            for place, column in enumerate(columns)
            if wanted is None or column.name in wanted
        ]
        self._carried = {name: Carried() for name in report_type.carried}
        identity = report_type.identity
        self._group = [
            place
            for place, column in enumerate(columns)
            if identity.kind == "group" and column.name in identity.columns
        ]
        self._ordinals = Ordinals() if identity.kind == "group" else None
        self._rows = 0

    def __call__(self, cells: Cells) -> Block:
        """Return the block of some rows, which follow those of the last call."""
        size = len(cells)
        columns = self._values(cells)
        columns["_extra"] = cells.beyond or [None] * size
        if self._ordinals:
            columns["_line"] = self._ordinals(self._groups(cells))
        columns["_row_number"] = range(self._rows + 1, self._rows + size + 1)
        self._rows += size
        return Block(tuple(columns), tuple(columns.values()))

    def _values(self, cells: Cells) -> dict[str, Sequence[object]]:
        values: dict[str, Sequence[object]] = {}
        unparsed: list[dict[str, str]] | None = None
        for place, column, read in self._columns:
            values[column.name] = self._carry(column.name, read(cells.columns[place]))
            for row in read.unfit:
                unparsed = unparsed or [{} for _ in range(len(cells))]
                unparsed[row][column.name] = cells.columns[place][row]
            if column.dates:
                values[column.dates_name] = [column.dates] * len(cells)
        values["_unparsed"] = list(map(_json, unparsed)) if unparsed else [None] * len(cells)
        return values

    def _carry(self, name: str, values: Sequence[object]) -> Sequence[object]:
        carried = self._carried.get(name)
        return carried(values) if carried else values

    def _groups(self, cells: Cells) -> Sequence[str]:
        """Return what the group of each row is called: its cells, as they are."""
        columns = [cells.columns[place] for place in self._group]
        if len(columns) == 1:
            return columns[0]
        return list(map(_GROUP_SEPARATOR.join, zip(*columns, strict=True)))


def _reader(column: Column, report_type: ReportType, habits: Habits, exact: Exact) -> ColumnReader:
    if column.kind is Kind.TEXT:
        return TextReader()
    read = reader(column.kind, habits, exact, local_numbers=report_type.local_numbers)
    if column.kind is Kind.TIMESTAMP:
        return MomentReader(read)
    return ValueReader(read)


def _json(unparsed: Mapping[str, str]) -> str | None:
    return json.dumps(unparsed, ensure_ascii=False) if unparsed else None
