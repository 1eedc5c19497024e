"""The ordinal of a row among the rows of its group, in memory that does not grow.

The rows of an order stand together in every document seen, but nothing promises it, and a year of
orders does not fit into memory. Groups met lately are counted in memory; the counts of the others
lie in a database on disk, which a filter saves from being asked about groups never met.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

IN_MEMORY = 50_000  # groups

_FILTER_BITS = 1 << 26
_MASK = _FILTER_BITS - 1


class Ordinals:
    """Counts the rows of each group, exactly."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._in_memory = in_memory
        self._lately: dict[str, int] = {}
        self._earlier: _Earlier | None = None

    def __call__(self, groups: Sequence[str]) -> list[int]:
        """Return for every row the number of rows of its group so far, itself included.

        Args:
            groups: what the group of each row is called.
        """
        lately = self._lately
        numbers = []
        for group in groups:
            count = lately.get(group)
            if count is None:
                count = self._earlier.count(group) if self._earlier else 0
            lately[group] = count + 1
            numbers.append(count + 1)
        if len(lately) > self._in_memory:
            self._earlier = self._earlier or _Earlier()
            self._earlier.keep(lately)
            lately.clear()
        return numbers


class _Earlier:
    """The counts of groups met earlier. A group may be asked for that was never met."""

    def __init__(self) -> None:
        self._filter = bytearray(_FILTER_BITS // 8)
        # Without a name: a temporary file of SQLite's own, gone with the connection.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("PRAGMA cache_size = -8000")  # KiB
        self._database.execute(
            "CREATE TABLE counts (name TEXT PRIMARY KEY, rows INTEGER) WITHOUT ROWID"
        )

    def keep(self, counts: dict[str, int]) -> None:
        """Keep the counts of some groups, in place of what was known of them."""
        for group in counts:
            for byte, bit in _places(group):
                self._filter[byte] |= bit
        self._database.execute("BEGIN")
        self._database.executemany(
            "INSERT OR REPLACE INTO counts VALUES (?, ?)", sorted(counts.items())
        )
        self._database.execute("COMMIT")

    def count(self, group: str) -> int:
        """Return how many rows of a group there were."""
        if not all(self._filter[byte] & bit for byte, bit in _places(group)):
            return 0
        found = self._database.execute("SELECT rows FROM counts WHERE name = ?", (group,))
        row = found.fetchone()
        return row[0] if row else 0


def _places(group: str) -> Iterator[tuple[int, int]]:
    """Yield two bits of the filter: the byte's index and the bit in it."""
    digest = hash(group)
    for place in (digest & _MASK, (digest >> 32) & _MASK):
        yield place >> 3, 1 << (place & 7)
