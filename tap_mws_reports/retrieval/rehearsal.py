"""Going through a run beforehand: requests, reports and downloads, each when it is likely.

It is the desk's way, in short: a request goes when its quota allows and there is room for it, for
the type whose turn it is (see `mixture`); a report that is found is fetched when the quota of
downloads allows. Moments are seconds from now on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import heapify, heappop, heappush

from tap_mws_reports.retrieval.mixture import Prospect, Rest, next_type
from tap_mws_reports.retrieval.pace import Pace


class Queue:
    """The reports that are to be asked for.

    Args:
        rests: what there is of each type, in the order they are asked for.
        mixed: whether types are mixed, instead of asked for one after another.
        asked: the types of which reports have been asked for.
    """

    def __init__(
        self, rests: Iterable[Rest], *, mixed: bool = True, asked: Iterable[str] = ()
    ) -> None:
        self._rests = list(rests)
        self._mixed = mixed
        self._asked = set(asked)

    def __len__(self) -> int:
        """Return how many are left."""
        return sum(rest.left for rest in self._rests)

    def take(self, prospect: Prospect) -> str:
        """Return the type of the next report."""
        report_type = self._rests[0].report_type
        if self._mixed:
            report_type = next_type(self._rests, self._asked, prospect)
        rest = next(each for each in self._rests if each.report_type == report_type)
        rest.left -= 1
        if not rest.left:
            self._rests.remove(rest)
        self._asked.add(report_type)
        return report_type


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
            prospect = Prospect(moment, self._requests, self._downloads, found)
            report_type = queue.take(prospect)
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
