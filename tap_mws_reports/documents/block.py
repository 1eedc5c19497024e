"""A block of rows, column by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows that follow each other in a document.

    ``columns`` has the values of all rows for each of ``names``: text, integers, decimals,
    booleans or None. ``constants`` are columns before them that have one value in all rows.
    """

    names: tuple[str, ...]
    columns: tuple[Sequence[object], ...]
    constants: Mapping[str, object] = field(default_factory=dict)

    def rows(self) -> Iterator[Row]:
        """Yield the rows one at a time."""
        for values in zip(*self.columns, strict=True):
            yield {**self.constants, **dict(zip(self.names, values, strict=True))}

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.columns[0]) if self.columns else 0

    def __getitem__(self, rows: slice) -> Block:
        """Return some of the rows."""
        columns = tuple(values[rows] for values in self.columns)
        return Block(self.names, columns, self.constants)
