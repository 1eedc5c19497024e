"""Works that have ended, kept until the stream that wants them has time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from heapq import heappop, heappush
from itertools import count

from tap_mws_reports.retrieval.work import Work


class Shelf:
    """Hands each stream its ended works, of those that are there the oldest window first.

    Args:
        works: all that are to come, and those that have ended already.
    """

    def __init__(self, works: Iterable[Work]) -> None:
        works = list(works)
        self._awaited = Counter(work.stream for work in works)
        self._ended: defaultdict[str, list[tuple[datetime, int, Work]]] = defaultdict(list)
        self._numbers = count()
        self.put([work for work in works if work.phase.ended])

    def put(self, works: Iterable[Work]) -> None:
        """Take in works that have just ended."""
        for work in works:
            heappush(self._ended[work.stream], (work.age_key, next(self._numbers), work))

    def awaits(self, stream: str) -> bool:
        """Whether a stream has not been handed all of its works."""
        return self._awaited[stream] > 0

    def take(self, stream: str) -> Work | None:
        """Return the oldest work of a stream that is there, or None when there is none yet."""
        if not self._ended[stream]:
            return None
        self._awaited[stream] -= 1
        _, _, work = heappop(self._ended[stream])
        work.handed_over()
        return work
