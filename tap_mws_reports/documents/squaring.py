"""Rows that are shorter or longer than the header to columns of equal length."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from tap_mws_reports.documents.header import is_blank
from tap_mws_reports.documents.lines import Record


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of some rows, one sequence for each column of the header.

    ``beyond`` has for every row the cells beyond the header as JSON text, or None; it is None as a
    whole when no row has any.
    """

    columns: Sequence[Sequence[str]]
    beyond: Sequence[str | None] | None

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.columns[0])


def squared(records: Sequence[Record], width: int) -> Cells:
    """Fill up the short records and cut the long ones; nothing of them is lost."""
    widths = list(map(len, records))
    if widths.count(width) == len(widths):
        return Cells(list(zip(*records, strict=True)), None)
    columns = zip(*(_squared(record, width) for record in records), strict=True)
    beyond = [_surplus(record, width) for record in records] if max(widths) > width else None
    return Cells(list(columns), beyond)


def _squared(record: Record, width: int) -> Record:
    missing = width - len(record)
    return record[:width] + [""] * missing if missing else record


def _surplus(record: Record, width: int) -> str | None:
    if len(record) <= width or is_blank(record[width:]):
        return None
    return json.dumps(record[width:], ensure_ascii=False)
