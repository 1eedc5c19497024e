"""Convert all cells of a column chunk at once."""

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

_CACHE_SIZE = 5_000  # cells per column
_LONGEST_CACHED = 64  # characters
_HOUR_CACHE_SIZE = 20_000  # per timestamp column: the hours of two years
# End of the hour and start of the offset in a timestamp such as 2020-01-05T10:00:00-07:00.
_HOUR_END, _OFFSET_START = 13, 19
_WHOLE_HOURS = {f"{sign}{hours:02}:00" for sign in "+-" for hours in range(1, 15)}


class ColumnReader(Protocol):
    """Converts the cells of a column. ``invalid_positions``: the cells that failed to convert."""

    invalid_positions: Sequence[int]

    def __call__(self, cells: Sequence[str]) -> Sequence[object]:
        """Return the values of the cells, None where a cell is empty or invalid."""


def _is_constant(cells: Sequence[str]) -> bool:
    """Whether all cells are equal, as in most columns of most chunks.

    The last cell rules out most other columns without counting.
    """
    return cells[0] == cells[-1] and cells.count(cells[0]) == len(cells)


class TextReader:
    """Returns the cells unchanged; every cell is valid."""

    invalid_positions: Sequence[int] = ()

    def __call__(self, cells: Sequence[str]) -> Sequence[object]:
        """Return the cells, or None for those that are empty or blank."""
        if _is_constant(cells):
            return [read_text(cells[0])] * len(cells)
        if all(cells) and not any(map(str.isspace, cells)):
            return cells
        return list(map(read_text, cells))


class TimestampReader:
    """Reads timestamps: all at once in the most common pattern, otherwise one by one."""

    def __init__(self, read: Reader) -> None:
        self.invalid_positions: Sequence[int] = ()
        self._value_reader = ValueReader(read)

    def __call__(self, cells: Sequence[str]) -> Sequence[object]:
        """Return the values of the cells."""
        lines = "\n".join(cells) + "\n"
        # A cell may contain line feeds, alone or between two timestamps.
        if lines.count("\n") == len(cells) and PLAIN_MOMENTS.fullmatch(lines):
            self.invalid_positions = ()
            return cells if all(cells) else [cell or None for cell in cells]
        values = self._value_reader(cells)
        self.invalid_positions = self._value_reader.invalid_positions
        return values


class InstantReader:
    """Converts timestamps to UTC; ``offsets`` holds their original offsets.

    ``offsets`` has, for each cell of the last chunk, the offset if it was not UTC, else None. It
    is empty if all were UTC.

    Args:
        read: the reader of one cell, which returns an `Instant`.
    """

    def __init__(self, read: Callable[[str], Instant | None]) -> None:
        self.invalid_positions: Sequence[int] = ()
        self.offsets: Sequence[str | None] = ()
        self._hours = _HourCache()
        self._value_reader = ValueReader(read)

    def __call__(self, cells: Sequence[str]) -> Sequence[object]:
        """Return the values of the cells."""
        self.invalid_positions = self.offsets = ()
        lines = "\n".join(cells) + "\n"
        # A cell may contain line feeds, alone or between two timestamps.
        if lines.count("\n") == len(cells):
            if UTC_MOMENTS.fullmatch(lines):
                if "Z" in lines:
                    cells = lines.replace("Z", "+00:00").splitlines()
                return cells if all(cells) else [cell or None for cell in cells]
            if WHOLE_HOUR_MOMENTS.fullmatch(lines):
                return self._shift_hours(cells)
        return self._read_each(cells)

    def _shift_hours(self, cells: Sequence[str]) -> Sequence[object]:
        """Convert the hours only: a document has few hours and many timestamps."""
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

    def _read_each(self, cells: Sequence[str]) -> Sequence[object]:
        instants = self._value_reader(cells)
        self.invalid_positions = self._value_reader.invalid_positions
        instants_or_none = [each if isinstance(each, Instant) else _NO_INSTANT for each in instants]
        if any(offset for _, offset in instants_or_none):
            self.offsets = [offset for _, offset in instants_or_none]
        return [utc for utc, _ in instants_or_none]


_NO_INSTANT = (None, None)


class _HourCache(dict[str, str]):
    """Maps an hour with its offset, such as ``2020-01-05T10-07:00``, to the hour in UTC."""

    def __missing__(self, hour: str) -> str:
        instants_or_none = f"{hour[:_HOUR_END]}:00:00{hour[_HOUR_END:]}"
        if len(self) >= _HOUR_CACHE_SIZE:
            self.clear()
        self[hour] = utc = in_utc(instants_or_none).utc[:_HOUR_END]
        return utc


class ValueReader:
    """Reads cells of any kind but text. Values of repeated cells are cached.

    Args:
        read: the reader of one cell.
    """

    def __init__(self, read: Reader) -> None:
        self.invalid_positions: Sequence[int] = ()
        self._values = _ValueCache(read)

    def __call__(self, cells: Sequence[str]) -> Sequence[object]:
        """Return the values of the cells."""
        invalid_cells = self._values.invalid_cells
        invalid_cells.clear()
        if _is_constant(cells):
            values = [self._values[cells[0]]] * len(cells)
        else:
            values = list(map(self._values.__getitem__, cells))
        self.invalid_positions = (
            [place for place, cell in enumerate(cells) if cell in invalid_cells]
            if invalid_cells
            else ()
        )
        return values


class _ValueCache(dict[str, object]):
    """Maps cells to values; ``invalid_cells`` are the cells that failed to convert."""

    def __init__(self, read: Reader) -> None:
        super().__init__()
        self._read = read
        self.invalid_cells: set[str] = set()

    def __missing__(self, cell: str) -> object:
        try:
            value = self._read(cell)
        except ValueError:
            self.invalid_cells.add(cell)
            return None
        if len(cell) <= _LONGEST_CACHED:
            if len(self) >= _CACHE_SIZE:
                self.clear()
            self[cell] = value
        return value
