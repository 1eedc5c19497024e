"""Cells that stand in one row and hold for others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tap_mws_reports.documents.dialect import Record

Columns = Sequence[Sequence[str]]
"""The cells of some rows, one sequence for each column."""


class SummaryFill:
    """Fills the blank cells of rows with those of the summary above them.

    A row that has more than half of the columns is a summary: only one row of a settlement has the
    settlement's dates, total and currency. Nothing of an earlier summary outlives the next one.
    """

    def __init__(self) -> None:
        self._cells: Record = []

    def look_ahead(self, blocks: Iterable[Columns]) -> None:
        """Take the first summary for the rows above it, too."""
        rows = (list(row) for columns in blocks for row in zip(*columns, strict=True))
        self._cells = next(filter(_is_summary, rows), [])

    def __call__(self, columns: Columns) -> Columns:
        """Return the columns of a block that follows the last one."""
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
    """Fills the cells of rows that have none of the columns with those of the row above.

    Order reports go on with an order in further rows where most columns are blank.
    Source: https://sellercentral.amazon.com/gp/help/external/651
    """

    def __init__(self) -> None:
        self._cells: Record = []

    def __call__(self, columns: Columns) -> Columns:
        """Return the columns of a block that follows the last one."""
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
