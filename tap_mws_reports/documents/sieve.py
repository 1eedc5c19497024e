"""Which lines of a document are rows, and what the others are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tap_mws_reports.documents.accounting import HEADER_REPEAT, PREAMBLE, Accounting
from tap_mws_reports.documents.header import is_blank
from tap_mws_reports.documents.lines import Lines, Record
from tap_mws_reports.documents.squaring import Cells, squared

_MARK = "\ufeff"

Refuse = Callable[[int, str, Record], None]
"""Is told of every refused line: its number, the reason, its cells."""


class Sieve:
    """Lets the rows of a document pass, and counts every record.

    Args:
        header: the cells of the header.
        before: how many records stand before the header; -1 when it is none of the records, and
            all of them are rows by the document's structure, whatever their cells.
        accounting: counts the records.
        refuse: is told of the records that are refused.
    """

    def __init__(self, header: Record, before: int, accounting: Accounting, refuse: Refuse) -> None:
        self._repeats = _repeats(header) if before >= 0 else ()
        self._width = len(header)
        self._before = before
        self._rows_only = before < 0
        self._accounting = accounting
        self._refuse = refuse

    def cells(self, lines: Lines) -> Cells | None:
        """Return the cells of the lines that are rows, or None when no line is one."""
        if self._before >= 0:
            lines = self._below_header(lines)
        if not lines.records:
            return None
        cells = squared(lines.records, self._width)
        if self._rows_only or self._all_are_rows(cells.columns[0]):
            self._accounting.lines += len(lines.records)
            return cells
        records = self._rows(lines)
        return squared(records, self._width) if records else None

    def _all_are_rows(self, first_cells: Sequence[str]) -> bool:
        """Whether no line can be blank or the header again, by the first cells."""
        return (
            all(first_cells)
            and not any(map(str.isspace, first_cells))
            and not any(repeat[0] in first_cells for repeat in self._repeats)
        )

    def _rows(self, lines: Lines) -> list[Record]:
        kept = [record for record in lines.records if not is_blank(record)]
        self._accounting.lines += len(lines.records)
        self._accounting.blank += len(lines.records) - len(kept)
        if any(repeat in kept for repeat in self._repeats):
            self._refuse_repeats(lines)
            kept = [record for record in kept if record not in self._repeats]
        return kept

    def _below_header(self, lines: Lines) -> Lines:
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
        return Lines(lines.first + below, records[below:])

    def _refuse_repeats(self, lines: Lines) -> None:
        for number, record in enumerate(lines.records, start=lines.first):
            if record in self._repeats:
                self._refuse_line(number, HEADER_REPEAT, record)

    def _refuse_line(self, number: int, reason: str, record: Record) -> None:
        self._accounting.refusals[reason] += 1
        self._refuse(number, reason, record)


def _repeats(header: Record) -> tuple[Record, Record]:
    """Return the header as it may come again: where documents were joined, a mark is before it."""
    first, *others = header
    bare = first.removeprefix(_MARK)
    return [bare, *others], [_MARK + bare, *others]
