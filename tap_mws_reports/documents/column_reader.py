"""All cells of a column in a block at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from tap_mws_reports.documents.cells import Reader
from tap_mws_reports.documents.cells.text import read_text
from tap_mws_reports.documents.cells.timestamps import (
    PLAIN_MOMENTS,
    UTC_MOMENTS,
    WHOLE_HOUR_MOMENTS,
    Instant,
    in_utc,
)

_REMEMBERED = 5_000  # cells of a column
_LONGEST_REMEMBERED = 64  # characters
_HOURS_REMEMBERED = 20_000  # of a column of moments: those of two years
# Where the hour ends in a moment such as 2020-01-05T10:00:00-07:00, and where its offset begins.
_HOUR_END, _OFFSET_START = 13, 19
_WHOLE_HOURS = {f"{sign}{hours:02}:00" for sign in "+-" for hours in range(1, 15)}


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


class TimestampReader:
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


class InstantReader:
    """Reads moments and writes them in UTC; ``offsets`` holds how they were told.

    ``offsets`` has, for each cell of the last block, the offset where it differed from UTC and
    None elsewhere, or is empty where none differed.

    Args:
        read: the reader of one cell, which returns an `Instant`.
    """

    def __init__(self, read: Callable[[str], Instant | None]) -> None:
        self.unfit: Sequence[int] = ()
        self.offsets: Sequence[str | None] = ()
        self._hours = _Hours()
        self._one_by_one = ValueReader(read)

    def __call__(self, cells: Sequence[str]) -> Sequence[object]:
        """Return the values of the cells."""
        self.unfit = self.offsets = ()
        lines = "\n".join(cells) + "\n"
        # A cell may itself hold line feeds, alone or between two moments.
        if lines.count("\n") == len(cells):
            if UTC_MOMENTS.fullmatch(lines):
                if "Z" in lines:
                    cells = lines.replace("Z", "+00:00").splitlines()
                return cells if all(cells) else [cell or None for cell in cells]
            if WHOLE_HOUR_MOMENTS.fullmatch(lines):
                return self._whole_hours(cells)
        return self._any(cells)

    def _whole_hours(self, cells: Sequence[str]) -> Sequence[object]:
        """Only the hours change: there are few in a document, and many moments."""
        hours = self._hours
        self.offsets = [
            offset if (offset := cell[_OFFSET_START:]) in _WHOLE_HOURS else None for cell in cells
        ]
        return [
            f"{hours[cell[:_HOUR_END] + cell[_OFFSET_START:]]}{cell[_HOUR_END:_OFFSET_START]}+00:00"
            if cell
            else None
            for cell in cells
        ]

    def _any(self, cells: Sequence[str]) -> Sequence[object]:
        instants = self._one_by_one(cells)
        self.unfit = self._one_by_one.unfit
        told = [each if isinstance(each, Instant) else _NO_INSTANT for each in instants]
        if any(offset for _, offset in told):
            self.offsets = [offset for _, offset in told]
        return [utc for utc, _ in told]


_NO_INSTANT = (None, None)


class _Hours(dict[str, str]):
    """An hour with its offset, such as ``2020-01-05T10-07:00``, to the same hour in UTC."""

    def __missing__(self, hour: str) -> str:
        told = f"{hour[:_HOUR_END]}:00:00{hour[_HOUR_END:]}"
        if len(self) >= _HOURS_REMEMBERED:
            self.clear()
        self[hour] = utc = in_utc(told).utc[:_HOUR_END]
        return utc


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
