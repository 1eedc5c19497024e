"""All cells of a column in a block at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tap_mws_reports.documents.cells import Reader
from tap_mws_reports.documents.cells.text import read_text
from tap_mws_reports.documents.cells.timestamps import PLAIN_MOMENTS

_REMEMBERED = 5_000  # cells of a column
_LONGEST_REMEMBERED = 64  # characters


class ColumnReader(Protocol):
    """Reads the cells of a column; ``unfit`` holds the places of those that did not fit."""

    unfit: Sequence[int]

    def __call__(self, cells: Sequence[str]) -> Sequence[object]:
        """Return the values of a block's cells, None where a cell has none or does not fit."""


def _is_constant(cells: Sequence[str]) -> bool:
    """Whether all cells are the same, as in most columns of most blocks.

    One value is then enough. The last cell tells most other columns without counting.
    """
    return cells[0] == cells[-1] and cells.count(cells[0]) == len(cells)


class TextReader:
    """Leaves the cells as they are; every cell fits."""

    unfit: Sequence[int] = ()

    def __call__(self, cells: Sequence[str]) -> Sequence[object]:
        """Return the cells, or None for those that are empty or blank."""
        if _is_constant(cells):
            return [read_text(cells[0])] * len(cells)
        if all(cells) and not any(map(str.isspace, cells)):
            return cells
        return list(map(read_text, cells))


class MomentReader:
    """Reads moments: all at once where they are in the commonest pattern, else one by one."""

    def __init__(self, read: Reader) -> None:
        self.unfit: Sequence[int] = ()
        self._one_by_one = ValueReader(read)

    def __call__(self, cells: Sequence[str]) -> Sequence[object]:
        """Return the values of the cells."""
        lines = "\n".join(cells) + "\n"
        # A cell may itself hold line feeds, alone or between two moments.
        if lines.count("\n") == len(cells) and PLAIN_MOMENTS.fullmatch(lines):
            self.unfit = ()
            return cells if all(cells) else [cell or None for cell in cells]
        values = self._one_by_one(cells)
        self.unfit = self._one_by_one.unfit
        return values


class ValueReader:
    """Reads cells that are no text. A cell that comes again is not read again.

    Args:
        read: the reader of one cell.
    """

    def __init__(self, read: Reader) -> None:
        self.unfit: Sequence[int] = ()
        self._values = _Values(read)

    def __call__(self, cells: Sequence[str]) -> Sequence[object]:
        """Return the values of the cells."""
        misfits = self._values.misfits
        misfits.clear()
        if _is_constant(cells):
            values = [self._values[cells[0]]] * len(cells)
        else:
            values = list(map(self._values.__getitem__, cells))
        self.unfit = (
            [place for place, cell in enumerate(cells) if cell in misfits] if misfits else ()
        )
        return values


class _Values(dict[str, object]):
    """Cell to value; ``misfits`` are the cells met that have none because they do not fit."""

    def __init__(self, read: Reader) -> None:
        super().__init__()
        self._read = read
        self.misfits: set[str] = set()

    def __missing__(self, cell: str) -> object:
        try:
            value = self._read(cell)
        except ValueError:
            self.misfits.add(cell)
            return None
        if len(cell) <= _LONGEST_REMEMBERED:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[cell] = value
        return value
