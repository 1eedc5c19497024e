"""The ordinal of a row among the rows of its group, in memory that does not grow.

The rows of an order stand together in every document seen, but nothing promises it, and a year of
orders does not fit into memory. Groups met lately are counted in memory; the counts of the others
lie in a database on disk, which a filter saves from being asked about groups never met.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

IN_MEMORY = 100_000  # groups

_FILTER_BITS = 1 << 27
_MASK = _FILTER_BITS - 1
_PARTS = 1024


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
        if self._earlier:
            lately.update(self._earlier.counts(each for each in groups if each not in lately))
        numbers = []
        for group in groups:
            lately[group] = number = lately.get(group, 0) + 1
            numbers.append(number)
        if len(lately) > self._in_memory:
            self._earlier = self._earlier or _Earlier()
            self._earlier.keep(lately)
            lately.clear()
        return numbers


class _Earlier:
    """The counts of groups met earlier, in parts on disk. A group may never have been met."""

    def __init__(self) -> None:
        self._filter = bytearray(_FILTER_BITS // 8)
        # Without a name: a temporary file of SQLite's own, gone with the connection.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("CREATE TABLE parts (part INTEGER, counts BLOB)")
        self._database.execute("CREATE INDEX of_part ON parts (part)")

    def keep(self, counts: dict[str, int]) -> None:
        """Keep the counts of some groups, in place of what was known of them."""
        bits = self._filter
        parts: list[dict[str, int]] = [{} for _ in range(_PARTS)]
        for group, count in counts.items():
            digest = hash(group)
            first, second = digest & _MASK, digest >> 32 & _MASK
            bits[first >> 3] |= 1 << (first & 7)
            bits[second >> 3] |= 1 << (second & 7)
            parts[digest % _PARTS][group] = count
        encoded = ((part, msgspec.json.encode(each)) for part, each in enumerate(parts) if each)
        self._database.executemany("INSERT INTO parts VALUES (?, ?)", encoded)

    def counts(self, groups: Iterable[str]) -> dict[str, int]:
        """Return how many rows there were of those groups that were met, and of few others."""
        bits, found = self._filter, {}
        for group in groups:
            digest = hash(group)
            first, second = digest & _MASK, digest >> 32 & _MASK
            if bits[first >> 3] >> (first & 7) & bits[second >> 3] >> (second & 7) & 1:
                found[group] = self._count(group)
        return found

    def _count(self, group: str) -> int:
        """Look into the parts that the group may be in, the newest first."""
        parts = self._database.execute(
            "SELECT counts FROM parts WHERE part = ? ORDER BY rowid DESC", (hash(group) % _PARTS,)
        )
        for (encoded,) in parts:
            count = msgspec.json.decode(encoded, type=dict[str, int]).get(group)
            if count:
                return count
        return 0
