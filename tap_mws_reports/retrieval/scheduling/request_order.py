"""Choose the report that is requested next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tap_mws_reports.retrieval.report_job import ReportJob
from tap_mws_reports.retrieval.scheduling.latency import Latencies
from tap_mws_reports.retrieval.scheduling.quota_timeline import QuotaTimeline

LOOKAHEAD = 60.0
"""How far ahead lost quota is predicted, in seconds: the next request is a minute away."""


@dataclass(slots=True)
class TypeBacklog:
    """The reports of a type that are still to be requested."""

    report_type: str
    median: float
    """The median latency, in seconds."""
    longest: float
    """The latency of the slowest of many reports, in seconds."""
    left: int
    """The number of reports."""


@dataclass(frozen=True, slots=True)
class QuotaOutlook:
    """The calls that follow the next request. Times are in seconds from the same start."""

    now: float
    """When the next request is made."""
    requests: QuotaTimeline
    """When further requests are allowed."""
    downloads: QuotaTimeline
    """When downloads are allowed."""
    arrivals: Sequence[float]
    """When the reports that were requested already are likely to be ready."""


def next_report_type(
    backlogs: Sequence[TypeBacklog], requested_types: Container[str], outlook: QuotaOutlook
) -> str:
    """Return the report type of the next request.

    Args:
        backlogs: the backlog of each type, the slowest first; none is empty.
        requested_types: the types of which a report has been requested. Other types come first:
            their latency may be unknown, and a single report should not be late.
        outlook: the calls that follow.
    """
    if _loses_download_quota(backlogs, outlook):
        return backlogs[-1].report_type
    end = max(_last_download(backlogs, outlook), _last_ready(backlogs, outlook))
    in_time = [
        1 + outlook.requests.count(outlook.now, end - backlog.longest) for backlog in backlogs
    ]
    backlogs = _urgent(backlogs, in_time)
    for backlog in backlogs:
        if backlog.report_type not in requested_types:
            return backlog.report_type
    shares = [backlog.left / count for backlog, count in zip(backlogs, in_time, strict=False)]
    return backlogs[shares.index(max(shares))].report_type


def _loses_download_quota(backlogs: Sequence[TypeBacklog], outlook: QuotaOutlook) -> bool:
    """Whether download quota is lost because no report is ready, and is needed at the end."""
    lost = outlook.downloads.lost_from(outlook.now, sorted(outlook.arrivals))
    if lost > outlook.now + backlogs[-1].median + LOOKAHEAD:
        return False
    return _last_download(backlogs, outlook) >= _last_ready(backlogs, outlook)


def _urgent(backlogs: Sequence[TypeBacklog], in_time: Sequence[int]) -> Sequence[TypeBacklog]:
    """Return the slow types that need all requests that are in time for them, else all types."""
    slow = 0
    for place, (backlog, count) in enumerate(zip(backlogs, in_time, strict=True), start=1):
        slow += backlog.left
        if slow > count:
            return backlogs[:1]
        if slow == count:
            return backlogs[:place]
    return backlogs


def _last_ready(backlogs: Sequence[TypeBacklog], outlook: QuotaOutlook) -> float:
    """Return when the last report may be ready, if the slow types are requested first."""
    ready = list(outlook.arrivals)
    further = -1  # the first request is made now
    for backlog in backlogs:
        further += backlog.left
        moment = outlook.requests.ahead(outlook.now, further) if further else outlook.now
        ready.append(moment + backlog.longest)
    return max(ready)


def _last_download(backlogs: Sequence[TypeBacklog], outlook: QuotaOutlook) -> float:
    count = sum(backlog.left for backlog in backlogs) + len(outlook.arrivals)
    return outlook.downloads.ahead(outlook.now, count)


DEFAULT_LATENCY = timedelta(minutes=5)
"""The assumed latency of a type without known latency."""

SLOWEST_FACTOR = 1.5
"""The minimum ratio of the slowest latency to the median."""


class LatencyEstimate:
    """Estimates the latency of each report type.

    The latency of a type without known latency is the age of its oldest open request: so slow
    types are recognised before their first report is ready.
    """

    def __init__(self, latencies: Latencies, open_jobs: Sequence[ReportJob], now: datetime) -> None:
        self._latencies = latencies
        self._now = now
        self._ages: dict[str, timedelta] = {}
        for job in open_jobs:
            report_type, age = job.spec.report_type, now - (job.submitted or now)
            self._ages[report_type] = max(age, self._ages.get(report_type, DEFAULT_LATENCY))

    def median(self, report_type: str) -> timedelta:
        """Return the median latency of a report type."""
        known = self._latencies.median(report_type)
        return self._ages.get(report_type, DEFAULT_LATENCY) if known is None else known

    def longest(self, report_type: str) -> timedelta:
        """Return the latency of the slowest of many reports."""
        seen = self._latencies.longest(report_type) or timedelta(0)
        return max(seen, SLOWEST_FACTOR * self.median(report_type))

    def seconds_until_ready(self, job: ReportJob) -> float:
        """Return in how many seconds an open job is likely to be ready."""
        submitted = job.submitted or self._now
        expected = submitted + self.median(job.spec.report_type) - self._now
        return max(0.0, expected.total_seconds())


def backlogs(waiting: Iterable[ReportJob], estimate: LatencyEstimate) -> list[TypeBacklog]:
    """Return how many reports of each type are to be requested, the slowest type first."""
    counts = Counter(job.spec.report_type for job in waiting)
    found = [
        TypeBacklog(
            name,
            estimate.median(name).total_seconds(),
            estimate.longest(name).total_seconds(),
            count,
        )
        for name, count in counts.items()
    ]
    return sorted(found, key=lambda backlog: backlog.median, reverse=True)


def newest_job(waiting: Sequence[ReportJob]) -> ReportJob:
    """Return the job with the newest window."""
    return max(waiting, key=lambda job: job.age_key)


def oldest_job(waiting: Iterable[ReportJob], report_type: str) -> ReportJob:
    """Return the job of a type with the oldest window."""
    of_type = (job for job in waiting if job.spec.report_type == report_type)
    return min(of_type, key=lambda job: job.age_key)


def last_ready_after(
    waiting: Iterable[ReportJob],
    open_jobs: Iterable[ReportJob],
    estimate: Callable[[ReportJob], timedelta],
    requests: Sequence[float],
    now: datetime,
) -> float:
    """Return in how many seconds the last report is likely to be ready, slow ones requested first.

    Args:
        waiting: the jobs that may be requested.
        open_jobs: the jobs with an open request.
        estimate: returns the expected latency of each.
        requests: the seconds after which each of the next requests is allowed.
        now: the current time.
    """
    slowest = sorted((estimate(job).total_seconds() for job in waiting), reverse=True)
    later = [moment + seconds for moment, seconds in zip(requests, slowest, strict=True)]
    earlier = [((job.submitted or now) + estimate(job) - now).total_seconds() for job in open_jobs]
    return max([0.0, *earlier, *later])
