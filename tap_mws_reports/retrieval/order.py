"""Which report is asked for next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from tap_mws_reports.retrieval.latency import Latencies
from tap_mws_reports.retrieval.mixture import Rest
from tap_mws_reports.retrieval.work import Work

UNKNOWN = timedelta(minutes=5)
"""How long a type of which nothing is known is taken to need."""

SLOWEST = 1.5
"""The slowest of many takes so many times as long as is usual, at least, however few were seen."""


class Guess:
    """How long reports of each type are likely to take.

    A type of which no report was ever seen is taken to need as long as its oldest request has
    been waited for: the slow types show that they are slow long before their first report.
    """

    def __init__(self, latencies: Latencies, open_works: Sequence[Work], now: datetime) -> None:
        self._latencies = latencies
        self._now = now
        self._ages: dict[str, timedelta] = {}
        for work in open_works:
            report_type, age = work.spec.report_type, now - (work.submitted or now)
            self._ages[report_type] = max(age, self._ages.get(report_type, UNKNOWN))

    def usual(self, report_type: str) -> timedelta:
        """Return how long a report is likely to take from its request on."""
        usual = self._latencies.usual(report_type)
        return self._ages.get(report_type, UNKNOWN) if usual is None else usual

    def longest(self, report_type: str) -> timedelta:
        """Return how long the slowest of many is likely to take."""
        seen = self._latencies.longest(report_type) or timedelta(0)
        return max(seen, SLOWEST * self.usual(report_type))

    def ready_in(self, work: Work) -> float:
        """Return in how many seconds an open work is likely to be ready."""
        submitted = work.submitted or self._now
        expected = submitted + self.usual(work.spec.report_type) - self._now
        return max(0.0, expected.total_seconds())


def rests(waiting: Iterable[Work], guess: Guess) -> list[Rest]:
    """Return how many reports of each type are to be asked for, the slowest type first."""
    counts = Counter(work.spec.report_type for work in waiting)
    found = [
        Rest(name, guess.usual(name).total_seconds(), guess.longest(name).total_seconds(), count)
        for name, count in counts.items()
    ]
    return sorted(found, key=lambda rest: rest.usual, reverse=True)


def newest_first(waiting: Sequence[Work]) -> Work:
    """Return the work with the newest window."""
    return max(waiting, key=lambda work: work.age_key)


def oldest(waiting: Iterable[Work], report_type: str) -> Work:
    """Return the work of a type with the oldest window."""
    of_type = (work for work in waiting if work.spec.report_type == report_type)
    return min(of_type, key=lambda work: work.age_key)


def last_ready(
    waiting: Iterable[Work],
    open_works: Iterable[Work],
    guess: Callable[[Work], timedelta],
    requests: Sequence[float],
    now: datetime,
) -> float:
    """Return in how many seconds the last report is likely to be ready, slow ones asked for first.

    Args:
        waiting: the works that may be asked for.
        open_works: those that Amazon has taken.
        guess: how long each is likely to take.
        requests: the seconds after which each of the next requests may go.
        now: the present moment.
    """
    slowest = sorted((guess(work).total_seconds() for work in waiting), reverse=True)
    asked = [moment + seconds for moment, seconds in zip(requests, slowest, strict=True)]
    taken = [((work.submitted or now) + guess(work) - now).total_seconds() for work in open_works]
    return max([0.0, *asked, *taken])
