"""A block of rows, column by column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows that follow each other in a document.

    ``columns`` has the values of all rows for each of ``names``: text, integers, decimals,
    booleans or None.
    """

    names: tuple[str, ...]
    columns: tuple[Sequence[object], ...]

    def rows(self) -> Iterator[Row]:
        """Yield the rows one at a time."""
        for values in zip(*self.columns, strict=True):
            yield dict(zip(self.names, values, strict=True))

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.columns[0]) if self.columns else 0

    def __getitem__(self, rows: slice) -> Block:
        """Return some of the rows."""
        return Block(self.names, tuple(values[rows] for values in self.columns))
