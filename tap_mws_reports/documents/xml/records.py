"""The second pass over an XML document: build its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tap_mws_reports.documents.dialect import Record, RowChunk
from tap_mws_reports.documents.xml.hardened_parser import parse
from tap_mws_reports.documents.xml.row_plan import RowPlan
from tap_mws_reports.documents.xml.sax_handler import SaxHandler
from tap_mws_reports.documents.xml.value_paths import ElementNode, ValuePath

_BLOCK_CELLS = 16 * 1024  # cells per chunk


@dataclass(slots=True)
class _RowElement:
    """A row element: its own values by column, and its nested row elements."""

    own: dict[int, str] = field(default_factory=dict)
    inner: list[_RowElement] = field(default_factory=list)

    def add(self, place: int, value: str) -> None:
        while place in self.own:
            place += 1
        self.own[place] = value

    def records(self, around: Record) -> Iterator[Record]:
        """Yield one record per innermost row element, with the values of ``around`` and its own."""
        record = around.copy()
        for place, value in self.own.items():
            record[place] = value
        if not self.inner:
            yield record
        for row in self.inner:
            yield from row.records(record)


def records_of(text: Iterable[str], plan: RowPlan) -> Iterator[RowChunk]:
    """Yield the rows of a document.

    If no row element has a value, the constants are the only row.
    """
    if plan.has_no_data:
        return
    builder = _RecordBuilder(plan)
    first = 1
    for _ in parse(text, builder):
        if len(builder.records) * len(plan.cells) > _BLOCK_CELLS:
            yield RowChunk(first, builder.records)
            first += len(builder.records)
            builder.records = []
    if first == 1 and not builder.records:
        builder.records = [plan.constants]
    if builder.records:
        yield RowChunk(first, builder.records)


class _RecordBuilder(SaxHandler):
    """Builds records from completed row elements."""

    def __init__(self, plan: RowPlan) -> None:
        super().__init__(plan.schema)
        self.records: list[Record] = []
        self._constants = plan.constants
        self._streamed = plan.streamed
        self._open_rows: list[_RowElement] = []

    def enter(self, node: ElementNode) -> None:
        if node.is_row and (self._open_rows or node in self._streamed):
            self._open_rows.append(_RowElement())

    def found(self, leaf: ValuePath, value: str) -> None:
        if self._open_rows:
            self._open_rows[-1].add(leaf.place, value)

    def leave(self, node: ElementNode) -> None:
        if not node.is_row or not self._open_rows:
            return
        row = self._open_rows.pop()
        if not row.own and not row.inner:
            return
        if self._open_rows:
            self._open_rows[-1].inner.append(row)
        else:
            self.records.extend(row.records(self._constants))
