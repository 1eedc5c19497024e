"""Number the rows of each group, in bounded memory.

In all documents seen so far, the rows of an order are adjacent, but Amazon does not guarantee it,
and a year of orders does not fit into memory. Recent groups are counted in memory, the others in a
database on disk. A Bloom filter avoids queries for new groups.
"""

from __future__ import annotations

import random
import sqlite3
import weakref
from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

import msgspec

IN_MEMORY = 80_000  # groups


class GroupCounter:
    """Counts the rows of each group, exactly."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._in_memory = in_memory
        self._recent: dict[str, int] = {}
        self._stored: _StoredCounts | None = None

    def __call__(self, groups: Sequence[str]) -> list[int]:
        """Return the number of each row in its group, from 1.

        Args:
            groups: the group key of each row.
        """
        recent = self._recent
        if self._stored:
            recent.update(self._stored.counts(set(groups).difference(recent)))
        numbers = []
        for group in groups:
            recent[group] = number = recent.get(group, 0) + 1
            numbers.append(number)
        if len(recent) > self._in_memory:
            self._move_to_disk()
        return numbers

    def _move_to_disk(self) -> None:
        if self._stored is None:
            self._stored = _StoredCounts()
            self._stored.counts(self._recent)
        self._stored.keep(self._recent)
        self._recent.clear()


class _StoredCounts:
    """The counts of groups that are not in memory."""

    def __init__(self) -> None:
        self._seen = _BloomFilter()
        self._counts = _CountsOnDisk()

    def keep(self, counts: Mapping[str, int]) -> None:
        """Store the counts of groups already passed to `counts`; replaces older ones."""
        self._counts.keep(counts)

    def counts(self, groups: Iterable[str]) -> dict[str, int]:
        """Return the row counts of stored groups; 0 for a few others.

        Args:
            groups: all different. They count as seen from now on.
        """
        return {group: self._counts.of(group) for group in self._seen.add(groups)}


class _BloomFilter:
    """A blocked Bloom filter: distinguishes new groups from those that may have been seen.

    A group sets four of the 64 bits of one word, which costs one memory access. After three
    million groups, the false-positive rate is 1 in 400.
    Source: https://algo2.iti.kit.edu/documents/cacheefficientbloomfilters-jea.pdf
    """

    _WORDS = 1 << 20
    _PATTERNS = 1 << 12

    def __init__(self) -> None:
        bits = random.Random(0)  # noqa: S311 - not for security
        self._words = (
            array("Q", [0]) * self._WORDS
        )  # created from bytes, it would be in memory twice
        self._patterns = [
            sum(1 << bit for bit in bits.sample(range(64), 4)) for _ in range(self._PATTERNS)
        ]

    def add(self, groups: Iterable[str]) -> list[str]:
        """Add groups; return those that may have been added before."""
        words, patterns, candidates = self._words, self._patterns, []
        word_mask, pattern_mask = self._WORDS - 1, self._PATTERNS - 1
        for group in groups:
            digest = hash(group)
            place, pattern = digest & word_mask, patterns[digest >> 32 & pattern_mask]
            word = words[place]
            if word & pattern == pattern:
                candidates.append(group)
            else:
                words[place] = word | pattern
        return candidates


class _CountsOnDisk:
    """Counts on disk. Groups stored together are partitioned by hash."""

    _PARTS = 1024

    def __init__(self) -> None:
        # An empty name is a temporary SQLite database, deleted with the connection.
        # The thread that drops the last reference closes it.
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        weakref.finalize(self, self._database.close)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("CREATE TABLE parts (part INTEGER, counts BLOB)")
        self._database.execute("CREATE INDEX of_part ON parts (part)")

    def keep(self, counts: Mapping[str, int]) -> None:
        """Store the counts of some groups; replaces older ones."""
        # Sorted, so that only one part at a time is in memory a second time.
        parts = groupby(sorted(counts, key=self._part), self._part)
        encoded = (
            (part, msgspec.json.encode({group: counts[group] for group in groups}))
            for part, groups in parts
        )
        self._database.execute("BEGIN")
        self._database.executemany("INSERT INTO parts VALUES (?, ?)", encoded)
        self._database.execute("COMMIT")

    def of(self, group: str) -> int:
        """Return the newest count of a group, 0 if none is stored."""
        parts = self._database.execute(
            "SELECT counts FROM parts WHERE part = ? ORDER BY rowid DESC",
            (self._part(group),),
        )
        for (encoded,) in parts:
            count = msgspec.json.decode(encoded, type=dict[str, int]).get(group)
            if count:
                return count
        return 0

    def _part(self, group: str) -> int:
        return hash(group) % self._PARTS
