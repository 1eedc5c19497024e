"""All cells of a column in a block at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Protocol

from tap_mws_reports.documents.cells import Reader

_REMEMBERED = 5_000  # cells of a column
_LONGEST_REMEMBERED = 64  # characters

Exact = Callable[[Decimal], object]
"""What to make of a decimal; it must keep the digits."""


class ColumnReader(Protocol):
    """Reads the cells of a column; ``unfit`` holds the places of those that did not fit."""

    unfit: Sequence[int]

    def __call__(self, cells: Sequence[str]) -> Sequence[object]:
        """Return the values of a block's cells, None where a cell has none or does not fit."""


class TextReader:
    """Leaves the cells as they are; every cell fits."""

    unfit: Sequence[int] = ()

    def __call__(self, cells: Sequence[str]) -> Sequence[object]:
        """Return the cells, or None for those that are empty or blank."""
        return [cell if cell and not cell.isspace() else None for cell in cells]


class ValueReader:
    """Reads cells that are no text. A cell that comes again is not read again.

    Args:
        read: the reader of one cell.
        exact: what to make of decimals.
    """

    def __init__(self, read: Reader, exact: Exact) -> None:
        self.unfit: Sequence[int] = ()
        self._values = _Values(read, exact)

    def __call__(self, cells: Sequence[str]) -> Sequence[object]:
        """Return the values of the cells."""
        misfits = self._values.misfits
        misfits.clear()
        values = list(map(self._values.__getitem__, cells))
        self.unfit = (
            [place for place, cell in enumerate(cells) if cell in misfits] if misfits else ()
        )
        return values


class _Values(dict[str, object]):
    """Cell to value; ``misfits`` are the cells met that have none because they do not fit."""

    def __init__(self, read: Reader, exact: Exact) -> None:
        super().__init__()
        self._read = read
        self._exact = exact
        self.misfits: set[str] = set()

    def __missing__(self, cell: str) -> object:
        try:
            value = self._read(cell)
        except ValueError:
            self.misfits.add(cell)
            return None
        if isinstance(value, Decimal):
            value = self._exact(value)
        if len(cell) <= _LONGEST_REMEMBERED:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[cell] = value
        return value
