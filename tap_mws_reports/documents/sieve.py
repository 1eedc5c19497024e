"""Which records of a document are rows, and what the others are."""

from __future__ import annotations

from collections.abc import Callable

from tap_mws_reports.documents.accounting import HEADER_REPEAT, PREAMBLE, Accounting
from tap_mws_reports.documents.header import is_blank
from tap_mws_reports.documents.lines import Lines, Record

Refuse = Callable[[int, str, Record], None]
"""Is told of every refused line: its number, the reason, its cells."""


class Sieve:
    """Lets the rows of a document pass, and counts every record.

    Args:
        header: the cells of the header.
        before: how many records stand before the header; -1 when it is none of the records.
        accounting: counts the records.
        refuse: is told of the records that are refused.
    """

    def __init__(self, header: Record, before: int, accounting: Accounting, refuse: Refuse) -> None:
        self._header = header
        self._before = before
        self._accounting = accounting
        self._refuse = refuse

    def rows(self, lines: Lines) -> list[Record]:
        """Return the records that are rows."""
        lines = self._below_header(lines)
        self._accounting.lines += len(lines.records)
        kept = [
            record
            for record in lines.records
            if (record and record[0].strip()) or not is_blank(record)
        ]
        self._accounting.blank += len(lines.records) - len(kept)
        if self._header in kept:
            self._refuse_repeats(lines)
            kept = [record for record in kept if record != self._header]
        return kept

    def _below_header(self, lines: Lines) -> Lines:
        if self._before < 0:
            return lines
        above = min(self._before, len(lines.records))
        for number, record in enumerate(lines.records[:above], start=lines.first):
            self._accounting.lines += 1
            if is_blank(record):
                self._accounting.blank += 1
            else:
                self._refuse_line(number, PREAMBLE, record)
        self._before -= len(lines.records)
        below = above + 1
        return Lines(lines.first + below, lines.records[below:])

    def _refuse_repeats(self, lines: Lines) -> None:
        for number, record in enumerate(lines.records, start=lines.first):
            if record == self._header:
                self._refuse_line(number, HEADER_REPEAT, record)

    def _refuse_line(self, number: int, reason: str, record: Record) -> None:
        self._accounting.refusals[reason] += 1
        self._refuse(number, reason, record)
