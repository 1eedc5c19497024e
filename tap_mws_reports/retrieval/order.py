"""Which report is asked for next.

Requests and downloads have equal quotas, so the downloads end in time if their bucket is never
full: a full one lets quota go by. Hence slow types first, for their reports take longest, but a
quick one whenever nothing else would be there to download.

A flow shop of two machines with delays between the operations:
https://www.econbiz.de/Record/sequencing-n-jobs-on-two-machines-with-arbitrary-time-lags/10009196551
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from tap_mws_reports.retrieval.latency import Latencies
from tap_mws_reports.retrieval.work import Work

UNKNOWN = timedelta(minutes=5)
"""How long a type of which nothing is known is taken to need."""


def newest_first(waiting: Sequence[Work]) -> Work:
    """Return the work with the newest window."""
    return max(waiting, key=lambda work: work.age_key)


def slowest_first(
    waiting: Sequence[Work], latencies: Latencies, requested: Counter[str], *, starving: bool
) -> Work:
    """Return the work of the slowest type, or, when the downloader starves, of the quickest.

    Types that are equally slow, or of which nothing is known, take turns; of a type the oldest
    window goes first.

    Args:
        waiting: the works that may be asked for.
        latencies: what is known of the types.
        requested: how many reports of each type have been asked for.
        starving: whether the downloader is about to have nothing to do.
    """
    sign = 1 if starving else -1

    def rank(work: Work) -> tuple[timedelta, int, datetime]:
        usual = latencies.usual(work.spec.report_type) or UNKNOWN
        return sign * usual, requested[work.spec.report_type], work.age_key

    return min(waiting, key=rank)


def ready_by(works: Iterable[Work], latencies: Latencies, moment: datetime) -> int:
    """Return how many of the works that Amazon has taken are likely to be ready by a moment."""
    return sum(
        (work.submitted or work.awaited) + (latencies.usual(work.spec.report_type) or UNKNOWN)
        <= moment
        for work in works
    )
