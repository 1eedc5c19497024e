"""The values with one path, and how often they occur."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST_NUMBERED = 50
"""How often an element that is not declared may repeat inside a row before it makes rows."""


@dataclass(slots=True)
class Tally:
    """Counts how often something occurs: in all, and at most inside one thing.

    ``whole`` and ``run`` are the number of the thing that is being read, and the count inside it.
    """

    total: int = 0
    most: int = 0
    whole: int = -1
    run: int = 0

    def add(self, whole: int) -> None:
        """Count one occurrence inside the thing with the number ``whole``."""
        self.total += 1
        self.run = self.run + 1 if whole == self.whole else 1
        self.whole = whole
        self.most = max(self.most, self.run)


@dataclass(slots=True)
class Leaf:
    """A text or an attribute with one path.

    ``tally`` counts its values in one row element; ``first`` are the values themselves, or nothing
    when they are more than `MOST_NUMBERED`. ``place`` is that of its first column.
    """

    path: str
    tally: Tally = field(default_factory=Tally)
    first: list[str] = field(default_factory=list)
    place: int = -1

    def add(self, whole: int, value: str) -> None:
        """Count a value in the row element with the number ``whole``."""
        self.tally.add(whole)
        if self.tally.total <= MOST_NUMBERED:
            self.first.append(value)
        elif self.first:
            self.first = []
