"""The records of a block to columns of typed values."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

from tap_mws_reports.documents import cells
from tap_mws_reports.documents.block import Block
from tap_mws_reports.documents.carrying import Carried
from tap_mws_reports.documents.column_reader import ColumnReader, Exact, TextReader, ValueReader
from tap_mws_reports.documents.columns import Column
from tap_mws_reports.documents.habits import Habits
from tap_mws_reports.documents.lines import Record
from tap_mws_reports.documents.ordinals import Ordinals
from tap_mws_reports.report_types.kinds import Kind
from tap_mws_reports.report_types.report_type import ReportType

_GROUP_SEPARATOR = "\x1f"


class BlockReader:
    """Makes blocks of records. Everything that depends on the columns only is done once.

    Args:
        columns: of the document.
        report_type: what is known of its type.
        habits: of the marketplace it comes from.
        wanted: the names of the columns to read, or None for all. What is not wanted is not in
            ``_unparsed`` either.
        exact: what to make of decimals.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        report_type: ReportType,
        habits: Habits,
        wanted: Collection[str] | None,
        exact: Exact,
    ) -> None:
        self._width = len(columns)
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

    def __call__(self, records: list[Record]) -> Block:
        """Return the block of one or more records, which follow those of the last call."""
        extra: Sequence[object] = [None] * len(records)
        if set(map(len, records)) != {self._width}:
            extra = [_surplus(record[self._width :]) for record in records]
            records = [_squared(record, self._width) for record in records]
        by_place = list(zip(*records, strict=True))
        columns = self._values(by_place, len(records))
        columns["_extra"] = extra
        if self._ordinals:
            columns["_line"] = self._ordinals(self._groups(records))
        columns["_row_number"] = range(self._rows + 1, self._rows + len(records) + 1)
        self._rows += len(records)
        return Block(tuple(columns), tuple(columns.values()))

    def _values(self, by_place: Sequence[Sequence[str]], size: int) -> dict[str, Sequence[object]]:
        values: dict[str, Sequence[object]] = {}
        unparsed: list[dict[str, str]] | None = None
        for place, column, read in self._columns:
            values[column.name] = self._carry(column.name, read(by_place[place]))
            for row in read.unfit:
                unparsed = unparsed or [{} for _ in range(size)]
                unparsed[row][column.name] = by_place[place][row]
            if column.dates:
                values[column.dates_name] = [column.dates] * size
        values["_unparsed"] = list(map(_json, unparsed)) if unparsed else [None] * size
        return values

    def _carry(self, name: str, values: Sequence[object]) -> Sequence[object]:
        carried = self._carried.get(name)
        return carried(values) if carried else values

    def _groups(self, records: Sequence[Record]) -> list[str]:
        """Return what the group of each record is called: its cells, as they are."""
        if len(self._group) == 1:
            place = self._group[0]
            return [record[place] for record in records]
        return [_GROUP_SEPARATOR.join(record[place] for place in self._group) for record in records]


def _reader(column: Column, report_type: ReportType, habits: Habits, exact: Exact) -> ColumnReader:
    if column.kind is Kind.TEXT:
        return TextReader()
    local_numbers = report_type.local_numbers
    return ValueReader(cells.reader(column.kind, habits, local_numbers=local_numbers), exact)


def _squared(record: Record, width: int) -> Record:
    """Return the record with as many cells as there are columns."""
    return record[:width] + [""] * (width - len(record))


def _surplus(cells_beyond: Sequence[str]) -> str | None:
    """Return the cells beyond the header as JSON text, or None when all of them are blank."""
    if not any(map(str.strip, cells_beyond)):
        return None
    return json.dumps(cells_beyond, ensure_ascii=False)


def _json(unparsed: Mapping[str, str]) -> str | None:
    return json.dumps(unparsed, ensure_ascii=False) if unparsed else None
