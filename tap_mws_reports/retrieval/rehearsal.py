"""Going through a run beforehand: requests, reports and downloads, each when it is likely.

It is the desk's way, in short: a request goes when its quota allows and there is room for it, for
the slowest type that is left, or for the quickest while the downloader has nothing to do; a report
that is found is fetched when the quota of downloads allows. Moments are seconds from now on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import heapify, heappop, heappush

from tap_mws_reports.retrieval.pace import SOON, Pace


class Queue:
    """The reports that are to be asked for.

    Args:
        counts: report types in the order they are asked for, how long each usually needs, and how
            many there are.
        mixed: whether the last type goes first while the downloader starves.
    """

    def __init__(self, counts: Sequence[tuple[str, float, int]], *, mixed: bool = True) -> None:
        self.mixed = mixed
        self._types = [(name, usual) for name, usual, _ in counts]
        self._left = [count for _, _, count in counts]

    def __len__(self) -> int:
        """Return how many are left."""
        return sum(self._left)

    def take(self, *, quickest: bool) -> str:
        """Return the type of the next report."""
        places = range(len(self._left))
        chosen = next(n for n in (reversed(places) if quickest else places) if self._left[n])
        self._left[chosen] -= 1
        return self._types[chosen][0]

    def last_ready(self, requests: Pace, now: float) -> float:
        """Return when the last report is likely to be ready, if none goes out of turn."""
        last, before = now, 0
        for (_, usual), count in zip(self._types, self._left, strict=True):
            if count:
                before += count
                last = max(last, requests.ahead(now, before) + usual)
        return last


class Rehearsal:
    """A run on paper.

    Args:
        requests: the pace of requests.
        downloads: the pace of downloads.
        needs: gives the seconds from request to report for the next report of a type.
        most_open: how many requests may be open at a time, None for any number.
    """

    def __init__(
        self,
        requests: Pace,
        downloads: Pace,
        needs: Callable[[str], float],
        most_open: int | None,
    ) -> None:
        self._requests = requests
        self._downloads = downloads
        self._needs = needs
        self._most_open = most_open

    def end(self, queue: Queue, found: list[float]) -> float:
        """Return when the run ends.

        Args:
            queue: what is to be asked for; it is empty then.
            found: when the reports are there that were asked for already.
        """
        heapify(found)
        while queue:
            moment = self._requests(self._room(found))
            self._fetch(found, moment)
            report_type = queue.take(quickest=self._starves(queue, found, moment))
            heappush(found, moment + self._needs(report_type))
        self._fetch(found, max(found, default=0.0))
        return self._downloads.last

    def _room(self, found: list[float]) -> float:
        """Return when one more request may be open."""
        moment = 0.0
        while self._most_open is not None and len(found) >= self._most_open:
            moment = heappop(found)
            self._downloads(moment)
        return moment

    def _fetch(self, found: list[float], until: float) -> None:
        while found and found[0] <= until:
            self._downloads(heappop(found))

    def _starves(self, queue: Queue, found: list[float], moment: float) -> bool:
        """Whether downloads go by for want of a report, and would be missed at the end."""
        downloads = self._downloads
        if not queue.mixed or downloads.last > moment or not downloads.runs_over(moment):
            return False
        if found and found[0] <= moment + SOON:
            return False
        last = max([queue.last_ready(self._requests, moment), *found])
        return downloads.ahead(moment, len(queue) + len(found)) >= last
