"""Which lines of a document are rows, and what the others are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from tap_mws_reports.documents.dialect import Record, RowChunk
from tap_mws_reports.documents.header import is_blank
from tap_mws_reports.documents.record_batch import ColumnChunk, align_columns
from tap_mws_reports.errors import RowsLost
from tap_mws_reports.report_types.naming import header_key

HEADER_REPEAT = "header-repeat"
PREAMBLE = "preamble"


@dataclass(slots=True)
class LineCounts:
    """Counts of a document's lines beside the header, and of what was made of them.

    The line breaks inside a quoted cell do not count. ``refusals`` are lines that are no rows, by
    reason. The counts are complete when the last row has been read.
    """

    lines: int = 0
    rows: int = 0
    blank: int = 0
    refusals: Counter[str] = field(default_factory=Counter)

    @property
    def refused(self) -> int:
        """The lines that are no rows, whatever the reason."""
        return self.refusals.total()

    def __str__(self) -> str:
        """Say the counts in words, for the log."""
        out = f"{self.rows} rows, {self.blank} blank lines and {self.refused} refused lines out"
        return f"{self.lines} lines in, {out}"

    def check(self) -> None:
        """Raise `RowsLost` unless every line is accounted for."""
        if self.lines != self.rows + self.blank + self.refused:
            raise RowsLost(
                f"the counts do not add up: {self}",
                hint="please report this: the document was not read completely",
            )


_FEWEST_NAMES = 3  # of a header; a row of fewer words may be them in another spelling
_ADDED = 6  # characters that another spelling may have beside separators: quotes, byte order mark
_FIRST_CHARACTER = itemgetter(0)

RejectLine = Callable[[int, str, Record], None]
"""Is told of every refused line: its number, the reason, its cells."""


class RowFilter:
    """Lets the rows of a document pass, and counts every record.

    Args:
        header: the cells of the header.
        before: how many records stand before the header; -1 when it is none of the records, and
            all of them are rows by the document's structure, whatever their cells.
        accounting: counts the records.
        refuse: is told of the records that are refused.
    """

    def __init__(
        self, header: Record, before: int, accounting: LineCounts, refuse: RejectLine
    ) -> None:
        self._header = header
        first = header[0] if header else ""
        self._keys = _keys(header)
        self._first_key = header_key(first)
        self._longest = 2 * len(first) + _ADDED
        self._tolerant = len(self._keys) >= _FEWEST_NAMES
        self._beginnings = _beginnings(first)
        self._width = len(header)
        self._before = before
        self._rows_only = before < 0
        self._accounting = accounting
        self._refuse = refuse

    def cells(self, lines: RowChunk) -> ColumnChunk | None:
        """Return the cells of the lines that are rows, or None when no line is one."""
        if self._before >= 0:
            lines = self._below_header(lines)
        if not lines.records:
            return None
        cells = align_columns(lines.records, self._width)
        if self._rows_only or self._all_are_rows(cells.columns[0]):
            self._accounting.lines += len(lines.records)
            return cells
        records = self._rows(lines)
        return align_columns(records, self._width) if records else None

    def _all_are_rows(self, first_cells: Sequence[str]) -> bool:
        """Whether no line can be blank or the header again, by the first cells."""
        return (
            all(first_cells)
            and not any(map(str.isspace, first_cells))
            and (
                self._beginnings.isdisjoint(map(_FIRST_CHARACTER, first_cells))
                or not any(map(self._may_be_header, first_cells))
            )
        )

    def _may_be_header(self, first_cell: str) -> bool:
        return first_cell == self._header[0] or self._begins_header(first_cell)

    def _is_header(self, record: Record) -> bool:
        """Whether a line is the header again, as it is or in another spelling."""
        return record == self._header or (
            self._tolerant and self._begins_header(record[0]) and _keys(record) == self._keys
        )

    def _begins_header(self, first_cell: str) -> bool:
        """Whether a cell is a spelling of the first name; cheap to say of most that are not."""
        return (
            first_cell[:1] in self._beginnings
            and len(first_cell) <= self._longest
            and header_key(first_cell) == self._first_key
        )

    def _rows(self, lines: RowChunk) -> list[Record]:
        self._accounting.lines += len(lines.records)
        kept = []
        for number, record in enumerate(lines.records, start=lines.first):
            if is_blank(record):
                self._accounting.blank += 1
            elif self._is_header(record):
                self._refuse_line(number, HEADER_REPEAT, record)
            else:
                kept.append(record)
        return kept

    def _below_header(self, lines: RowChunk) -> RowChunk:
        records = lines.records
        above = min(self._before, len(records))
        for number, record in enumerate(records[:above], start=lines.first):
            self._accounting.lines += 1
            if is_blank(record):
                self._accounting.blank += 1
            else:
                self._refuse_line(number, PREAMBLE, record)
        self._before -= len(records)
        below = above + 1
        return RowChunk(lines.first + below, records[below:])

    def _refuse_line(self, number: int, reason: str, record: Record) -> None:
        self._accounting.refusals[reason] += 1
        self._refuse(number, reason, record)


def _keys(record: Record) -> list[str]:
    """Return what all spellings of a header have in common, blanks behind it left out."""
    keys = list(map(header_key, record))
    while keys and not keys[-1]:
        keys.pop()
    return keys


def _beginnings(first_name: str) -> frozenset[str]:
    """Return the characters with which a spelling of the first name may begin."""
    letters = header_key(first_name)[:1]
    return frozenset({*first_name[:1], *letters, *letters.upper(), *'" \ufeff\u00ef'})
