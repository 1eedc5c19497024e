"""Fill blank cells from rows above."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tap_mws_reports.documents.dialect import Record

Columns = Sequence[Sequence[str]]
"""The cells of some rows, one sequence per column."""


class SummaryFill:
    """Fills blank cells with those of the summary row above.

    A row with values in more than half of the columns is a summary: only one row of a settlement
    has its dates, total and currency. Each summary replaces the previous one completely.
    """

    def __init__(self) -> None:
        self._cells: Record = []

    def look_ahead(self, blocks: Iterable[Columns]) -> None:
        """Use the first summary for the rows above it, too."""
        rows = (list(row) for columns in blocks for row in zip(*columns, strict=True))
        self._cells = next(filter(_is_summary, rows), [])

    def __call__(self, columns: Columns) -> Columns:
        """Return the filled columns; chunks must come in document order."""
        return _transposed([self._filled(list(row)) for row in zip(*columns, strict=True)])

    def _filled(self, row: Record) -> Record:
        if _is_summary(row):
            self._cells = row
        if not self._cells:
            return row
        return [
            cell if cell and not cell.isspace() else above
            for cell, above in zip(row, self._cells, strict=True)
        ]


class GroupFill:
    """Fills rows without any value in the group's columns from the row above.

    Order reports continue an order in further rows with most columns blank.
    Source: https://sellercentral.amazon.com/gp/help/external/651
    """

    def __init__(self) -> None:
        self._cells: Record = []

    def __call__(self, columns: Columns) -> Columns:
        """Return the filled columns; chunks must come in document order."""
        first = columns[0]
        if all(first) and not any(map(str.isspace, first)):
            self._cells = [cells[-1] for cells in columns]
            return columns
        return _transposed([self._filled(list(row)) for row in zip(*columns, strict=True)])

    def _filled(self, row: Record) -> Record:
        if any(map(str.strip, row)):
            self._cells = row
        return self._cells or row


def _is_summary(row: Record) -> bool:
    return sum(map(bool, map(str.strip, row))) > len(row) / 2


def _transposed(rows: Sequence[Record]) -> Columns:
    return list(zip(*rows, strict=True))
