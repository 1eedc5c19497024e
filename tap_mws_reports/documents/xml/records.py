"""The second reading of a document: its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tap_mws_reports.documents.dialect import Record, RowChunk
from tap_mws_reports.documents.xml.hardened_parser import parse
from tap_mws_reports.documents.xml.row_plan import RowPlan
from tap_mws_reports.documents.xml.sax_handler import SaxHandler
from tap_mws_reports.documents.xml.value_paths import ElementNode, ValuePath

_BLOCK_CELLS = 16 * 1024  # of the records that are handed on at once


@dataclass(slots=True)
class _Part:
    """A row element: its own values by their place in a record, and the row elements inside."""

    own: dict[int, str] = field(default_factory=dict)
    inner: list[_Part] = field(default_factory=list)

    def add(self, place: int, value: str) -> None:
        while place in self.own:
            place += 1
        self.own[place] = value

    def records(self, around: Record) -> Iterator[Record]:
        """Yield the rows: a record of what is around it and of the element, for each innermost."""
        record = around.copy()
        for place, value in self.own.items():
            record[place] = value
        if not self.inner:
            yield record
        for part in self.inner:
            yield from part.records(record)


def records_of(text: Iterable[str], plan: RowPlan) -> Iterator[RowChunk]:
    """Yield the rows of a document that has been surveyed.

    Where no row element has a value, what is left is one row.
    """
    if plan.has_no_data:
        return
    reading = _Reading(plan)
    first = 1
    for _ in parse(text, reading):
        if len(reading.records) * len(plan.cells) > _BLOCK_CELLS:
            yield RowChunk(first, reading.records)
            first += len(reading.records)
            reading.records = []
    if first == 1 and not reading.records:
        reading.records = [plan.constants]
    if reading.records:
        yield RowChunk(first, reading.records)


class _Reading(SaxHandler):
    """Makes records of the row elements that have ended."""

    def __init__(self, plan: RowPlan) -> None:
        super().__init__(plan.outline)
        self.records: list[Record] = []
        self._constants = plan.constants
        self._pieces = plan.pieces
        self._parts: list[_Part] = []

    def enter(self, node: ElementNode) -> None:
        if node.is_row and (self._parts or node in self._pieces):
            self._parts.append(_Part())

    def found(self, leaf: ValuePath, value: str) -> None:
        if self._parts:
            self._parts[-1].add(leaf.place, value)

    def leave(self, node: ElementNode) -> None:
        if not node.is_row or not self._parts:
            return
        part = self._parts.pop()
        if not part.own and not part.inner:
            return
        if self._parts:
            self._parts[-1].inner.append(part)
        else:
            self.records.extend(part.records(self._constants))
