"""Judges which kinds the columns of text of a document could have, by their cells.

A column that no entry knows is text, and stays text: a kind never changes. The hint is for people,
who may add the column to an entry.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tap_mws_reports.documents.cells import Reader, reader
from tap_mws_reports.documents.columns import Column, known_headers
from tap_mws_reports.documents.document_reader import MarketplaceFormat
from tap_mws_reports.documents.record_batch import RecordBatch
from tap_mws_reports.report_types.kinds import Kind
from tap_mws_reports.report_types.naming import header_key
from tap_mws_reports.report_types.report_type import ReportType

_KINDS = (Kind.INTEGER, Kind.DECIMAL, Kind.DATE, Kind.TIMESTAMP)
"""The kinds that are judged; the first that all cells have is the hint."""

_IDENTIFIERS = re.compile(
    r"(^|_)(id|ids|sku|msku|fnsku|asin|upc|ean|isbn|gtin|code|number|phone|zip|postal)(_|$)"
)
_LEADING_ZERO = re.compile(r"[+-]?0[0-9]")
_MOST_DIGITS = 15
"""Digits of an amount; a longer number is an identifier."""


@dataclass(frozen=True, slots=True)
class KindHint:
    """A column of text all of whose cells are numbers or dates.

    ``cells`` is their number.
    """

    column: Column
    kind: Kind
    cells: int

    @property
    def line(self) -> str:
        """The line of the column in an entry's ``[columns]``."""
        return f'{json.dumps(self.column.header, ensure_ascii=False)} = "{self.kind.value}"'


class KindJudge:
    """Judges the batches of a document, of which the judged columns are read as text.

    Args:
        columns: the columns to judge.
        report_type: of the document.
        marketplace_format: of the document.
    """

    def __init__(
        self,
        columns: Iterable[Column],
        report_type: ReportType,
        marketplace_format: MarketplaceFormat,
    ) -> None:
        readers: dict[Kind, Callable[[str], object]] = {
            kind: reader(
                kind,
                marketplace_format,
                local_numbers=report_type.local_numbers,
                grouped_integers=report_type.grouped_integers,
            )
            for kind in _KINDS
        }
        self._readers = readers
        self._columns = {
            column.name: column
            for column in columns
            if column.kind is Kind.TEXT and not _IDENTIFIERS.search(column.name)
        }
        self._possible = {name: list(_KINDS) for name in self._columns}
        self._cells = dict.fromkeys(self._columns, 0)

    def look_at(self, batch: RecordBatch) -> None:
        """Exclude the kinds that a cell of the batch does not have."""
        if not self._possible:
            return
        for name, values in zip(batch.names, batch.columns, strict=True):
            if possible := self._possible.get(name):
                number, cells = _different(values)
                self._cells[name] += number
                self._possible[name] = [
                    kind for kind in possible if _all_are(kind, cells, self._readers[kind])
                ]
                if not self._possible[name]:
                    del self._possible[name]

    def hints(self) -> list[KindHint]:
        """Return the hints for the columns with cells, in document order."""
        return [
            KindHint(column, self._possible[name][0], self._cells[name])
            for name, column in self._columns.items()
            if name in self._possible and self._cells[name]
        ]


def new_columns_judge(
    columns: Iterable[Column], report_type: ReportType, marketplace_format: MarketplaceFormat
) -> KindJudge:
    """Return a judge of the columns that the report type does not know.

    A second column with a known header is not judged: an entry cannot tell them apart.
    """
    known = known_headers(report_type.columns)
    new = (each for each in columns if not each.known and header_key(each.header) not in known)
    return KindJudge(new, report_type, marketplace_format)


def _different(values: Sequence[Any]) -> tuple[int, set[str]]:
    """Return the number of cells that are not empty, and their different texts."""
    if unique := getattr(values, "unique", None):  # an Arrow array
        return len(values) - values.null_count, set(unique().to_pylist()) - {None}  # type: ignore[attr-defined]
    different = set(values)
    empty = sum(value is None for value in values) if None in different else 0
    return len(values) - empty, different - {None}


def _all_are(kind: Kind, cells: Iterable[str], read: Reader) -> bool:
    numbers = kind in {Kind.INTEGER, Kind.DECIMAL}
    return all(_is(cell, read) and not (numbers and _is_identifier(cell)) for cell in cells)


def _is(cell: str, read: Reader) -> bool:
    try:
        read(cell)
    except ValueError:
        return False
    return True


def _is_identifier(cell: str) -> bool:
    text = cell.strip()
    return bool(_LEADING_ZERO.match(text)) or sum(map(str.isdigit, text)) > _MOST_DIGITS
