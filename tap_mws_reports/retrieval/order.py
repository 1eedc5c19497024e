"""Which report is asked for next.

Requests and downloads have equal quotas, so the downloads end in time if their bucket is never
full: a full one lets quota go by. Hence slow types first, for their reports take longest, but a
quick one whenever nothing else would be there to download.

A flow shop of two machines with delays between the operations:
https://www.econbiz.de/Record/sequencing-n-jobs-on-two-machines-with-arbitrary-time-lags/10009196551
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from tap_mws_reports.retrieval.latency import Latencies
from tap_mws_reports.retrieval.work import Work

UNKNOWN = timedelta(minutes=5)
"""How long a type of which nothing is known is taken to need."""


class Guess:
    """How long reports of each type are likely to take.

    A type of which no report was ever seen is taken to need as long as its oldest request has
    been waited for: the slow types show that they are slow long before their first report.
    """

    def __init__(self, latencies: Latencies, open_works: Sequence[Work], now: datetime) -> None:
        self._latencies = latencies
        self._ages: dict[str, timedelta] = {}
        for work in open_works:
            report_type, age = work.spec.report_type, now - (work.submitted or now)
            self._ages[report_type] = max(age, self._ages.get(report_type, UNKNOWN))

    def __call__(self, work: Work) -> timedelta:
        """Return how long the report of a work is likely to take from its request on."""
        report_type = work.spec.report_type
        usual = self._latencies.usual(report_type)
        return self._ages.get(report_type, UNKNOWN) if usual is None else usual


def newest_first(waiting: Sequence[Work]) -> Work:
    """Return the work with the newest window."""
    return max(waiting, key=lambda work: work.age_key)


def slowest_first(
    waiting: Sequence[Work], guess: Guess, requested: Counter[str], *, starving: bool
) -> Work:
    """Return the work of the slowest type, or, when the downloader starves, of the quickest.

    Types that are equally slow take turns; of a type the oldest window goes first.

    Args:
        waiting: the works that may be asked for.
        guess: how long each is likely to take.
        requested: how many reports of each type have been asked for.
        starving: whether the downloader is about to have nothing to do.
    """
    sign = 1 if starving else -1

    def rank(work: Work) -> tuple[timedelta, int, datetime]:
        return sign * guess(work), requested[work.spec.report_type], work.age_key

    return min(waiting, key=rank)


def ready_by(works: Iterable[Work], guess: Guess, moment: datetime) -> int:
    """Return how many of the works that Amazon has taken are likely to be ready by a moment."""
    return sum((work.submitted or moment) + guess(work) <= moment for work in works)


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
