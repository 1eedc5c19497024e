"""Which report is asked for next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tap_mws_reports.retrieval.report_job import ReportJob
from tap_mws_reports.retrieval.scheduling.latency import Latencies
from tap_mws_reports.retrieval.scheduling.quota_timeline import QuotaTimeline

LOOKAHEAD = 60.0
"""Seconds, by which quota that would be lost is foreseen: the next request waits a minute, too."""


@dataclass(slots=True)
class TypeBacklog:
    """The reports of a type that are still to be asked for: how many are ``left``.

    From request to report each takes ``usual`` seconds, and the slowest of many ``longest``.
    """

    report_type: str
    usual: float
    longest: float
    left: int


@dataclass(frozen=True, slots=True)
class QuotaOutlook:
    """What is to come after the request that goes ``now``. Moments are in seconds from one start.

    ``requests`` is the pace of further ones, ``downloads`` that of downloads, and ``arrivals`` are
    the moments at which reports are likely to be ready that were asked for already.
    """

    now: float
    requests: QuotaTimeline
    downloads: QuotaTimeline
    arrivals: Sequence[float]


def next_report_type(
    backlogs: Sequence[TypeBacklog], asked: Container[str], outlook: QuotaOutlook
) -> str:
    """Return the report type of the next request.

    Args:
        backlogs: what is left of each type, the slowest first; none of them is empty.
        asked: the types of which a report has been asked for. Others go first: nothing may be
            known of them, and a single report had better not be late.
        outlook: what is to come.
    """
    if _starves(backlogs, outlook):
        return backlogs[-1].report_type
    end = max(_last_download(backlogs, outlook), _last_ready(backlogs, outlook))
    in_time = [1 + outlook.requests.count(outlook.now, end - rest.longest) for rest in backlogs]
    backlogs = _urgent(backlogs, in_time)
    for rest in backlogs:
        if rest.report_type not in asked:
            return rest.report_type
    shares = [rest.left / count for rest, count in zip(backlogs, in_time, strict=False)]
    return backlogs[shares.index(max(shares))].report_type


def _starves(backlogs: Sequence[TypeBacklog], outlook: QuotaOutlook) -> bool:
    """Whether download quota goes by for want of a report, and would be missed at the end."""
    lost = outlook.downloads.lost_from(outlook.now, sorted(outlook.arrivals))
    if lost > outlook.now + backlogs[-1].usual + LOOKAHEAD:
        return False
    return _last_download(backlogs, outlook) >= _last_ready(backlogs, outlook)


def _urgent(backlogs: Sequence[TypeBacklog], in_time: Sequence[int]) -> Sequence[TypeBacklog]:
    """Return the slow types that need all requests that go in time for them, or else all types."""
    slow = 0
    for place, (rest, count) in enumerate(zip(backlogs, in_time, strict=True), start=1):
        slow += rest.left
        if slow > count:
            return backlogs[:1]
        if slow == count:
            return backlogs[:place]
    return backlogs


def _last_ready(backlogs: Sequence[TypeBacklog], outlook: QuotaOutlook) -> float:
    """Return when the last report may be ready, if the slow types go first from now on."""
    ready = list(outlook.arrivals)
    further = -1  # the first request goes now
    for rest in backlogs:
        further += rest.left
        moment = outlook.requests.ahead(outlook.now, further) if further else outlook.now
        ready.append(moment + rest.longest)
    return max(ready)


def _last_download(backlogs: Sequence[TypeBacklog], outlook: QuotaOutlook) -> float:
    count = sum(rest.left for rest in backlogs) + len(outlook.arrivals)
    return outlook.downloads.ahead(outlook.now, count)


DEFAULT_LATENCY = timedelta(minutes=5)
"""How long a type of which nothing is known is taken to need."""

SLOWEST_FACTOR = 1.5
"""The slowest of many takes so many times as long as is usual, at least, however few were seen."""


class LatencyEstimate:
    """How long reports of each type are likely to take.

    A type of which no report was ever seen is taken to need as long as its oldest request has
    been waited for: the slow types show that they are slow long before their first report.
    """

    def __init__(self, latencies: Latencies, open_jobs: Sequence[ReportJob], now: datetime) -> None:
        self._latencies = latencies
        self._now = now
        self._ages: dict[str, timedelta] = {}
        for job in open_jobs:
            report_type, age = job.spec.report_type, now - (job.submitted or now)
            self._ages[report_type] = max(age, self._ages.get(report_type, DEFAULT_LATENCY))

    def usual(self, report_type: str) -> timedelta:
        """Return how long a report is likely to take from its request on."""
        usual = self._latencies.usual(report_type)
        return self._ages.get(report_type, DEFAULT_LATENCY) if usual is None else usual

    def longest(self, report_type: str) -> timedelta:
        """Return how long the slowest of many is likely to take."""
        seen = self._latencies.longest(report_type) or timedelta(0)
        return max(seen, SLOWEST_FACTOR * self.usual(report_type))

    def seconds_until_allowed(self, job: ReportJob) -> float:
        """Return in how many seconds an open work is likely to be ready."""
        submitted = job.submitted or self._now
        expected = submitted + self.usual(job.spec.report_type) - self._now
        return max(0.0, expected.total_seconds())


def backlogs(waiting: Iterable[ReportJob], guess: LatencyEstimate) -> list[TypeBacklog]:
    """Return how many reports of each type are to be asked for, the slowest type first."""
    counts = Counter(job.spec.report_type for job in waiting)
    found = [
        TypeBacklog(
            name, guess.usual(name).total_seconds(), guess.longest(name).total_seconds(), count
        )
        for name, count in counts.items()
    ]
    return sorted(found, key=lambda rest: rest.usual, reverse=True)


def newest_job(waiting: Sequence[ReportJob]) -> ReportJob:
    """Return the work with the newest window."""
    return max(waiting, key=lambda job: job.age_key)


def oldest_job(waiting: Iterable[ReportJob], report_type: str) -> ReportJob:
    """Return the work of a type with the oldest window."""
    of_type = (job for job in waiting if job.spec.report_type == report_type)
    return min(of_type, key=lambda job: job.age_key)


def last_ready_after(
    waiting: Iterable[ReportJob],
    open_jobs: Iterable[ReportJob],
    guess: Callable[[ReportJob], timedelta],
    requests: Sequence[float],
    now: datetime,
) -> float:
    """Return in how many seconds the last report is likely to be ready, slow ones asked for first.

    Args:
        waiting: the works that may be asked for.
        open_jobs: those that Amazon has taken.
        guess: how long each is likely to take.
        requests: the seconds after which each of the next requests may go.
        now: the present moment.
    """
    slowest = sorted((guess(job).total_seconds() for job in waiting), reverse=True)
    asked = [moment + seconds for moment, seconds in zip(requests, slowest, strict=True)]
    taken = [((job.submitted or now) + guess(job) - now).total_seconds() for job in open_jobs]
    return max([0.0, *asked, *taken])
