"""The ordinal of a row among the rows of its group, in memory that does not grow.

The rows of an order stand together in every document seen, but nothing promises it, and a year of
orders does not fit into memory. Groups met lately are counted in memory; the counts of the others
lie in a database on disk, which a filter saves from being asked about groups never met.
"""

from __future__ import annotations

import random
import sqlite3
from array import array
from collections.abc import Iterable, Mapping, Sequence

import msgspec

IN_MEMORY = 80_000  # groups


class GroupCounter:
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
            lately.update(self._earlier.counts(set(groups).difference(lately)))
        numbers = []
        for group in groups:
            lately[group] = number = lately.get(group, 0) + 1
            numbers.append(number)
        if len(lately) > self._in_memory:
            self._forget()
        return numbers

    def _forget(self) -> None:
        if self._earlier is None:
            self._earlier = _Earlier()
            self._earlier.counts(self._lately)
        self._earlier.keep(self._lately)
        self._lately.clear()


class _Earlier:
    """The counts of groups that are no longer in memory."""

    def __init__(self) -> None:
        self._met = _Filter()
        self._counts = _Counts()

    def keep(self, counts: Mapping[str, int]) -> None:
        """Keep the counts of groups that `counts` was asked for, in place of what was known."""
        self._counts.keep(counts)

    def counts(self, groups: Iterable[str]) -> dict[str, int]:
        """Return how many rows there were of those groups that are kept, and of few others.

        Args:
            groups: all different. They count as met from now on.
        """
        return {group: self._counts.of(group) for group in self._met.add(groups)}


class _Filter:
    """Tells groups never met from those that may have been met: a Bloom filter.

    A group sets four of the 64 bits of one word, so that it costs one look into memory. After
    three million groups one new group in 2,000 is suspected.
    Source: https://algo2.iti.kit.edu/documents/cacheefficientbloomfilters-jea.pdf
    """

    _WORDS = 1 << 21
    _PATTERNS = 1 << 12

    def __init__(self) -> None:
        bits = random.Random(0)  # noqa: S311 - any bits do
        self._words = array("Q", bytes(8 * self._WORDS))
        self._patterns = [
            sum(1 << bit for bit in bits.sample(range(64), 4)) for _ in range(self._PATTERNS)
        ]

    def add(self, groups: Iterable[str]) -> list[str]:
        """Add groups; return those that may have been there before."""
        words, patterns, suspects = self._words, self._patterns, []
        word_mask, pattern_mask = self._WORDS - 1, self._PATTERNS - 1
        for group in groups:
            digest = hash(group)
            place, pattern = digest & word_mask, patterns[digest >> 32 & pattern_mask]
            word = words[place]
            if word & pattern == pattern:
                suspects.append(group)
            else:
                words[place] = word | pattern
        return suspects


class _Counts:
    """Counts on disk. Groups that are kept together lie in parts, by their hash."""

    _PARTS = 1024

    def __init__(self) -> None:
        # Without a name: a temporary file of SQLite's own, gone with the connection.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("CREATE TABLE parts (part INTEGER, counts BLOB)")
        self._database.execute("CREATE INDEX of_part ON parts (part)")

    def keep(self, counts: Mapping[str, int]) -> None:
        """Keep the counts of some groups, in place of what was known of them."""
        parts: list[dict[str, int]] = [{} for _ in range(self._PARTS)]
        for group, count in counts.items():
            parts[hash(group) % self._PARTS][group] = count
        encoded = ((part, msgspec.json.encode(each)) for part, each in enumerate(parts) if each)
        self._database.execute("BEGIN")
        self._database.executemany("INSERT INTO parts VALUES (?, ?)", encoded)
        self._database.execute("COMMIT")

    def of(self, group: str) -> int:
        """Look into the parts that the group may be in, the newest first."""
        parts = self._database.execute(
            "SELECT counts FROM parts WHERE part = ? ORDER BY rowid DESC",
            (hash(group) % self._PARTS,),
        )
        for (encoded,) in parts:
            count = msgspec.json.decode(encoded, type=dict[str, int]).get(group)
            if count:
                return count
        return 0
