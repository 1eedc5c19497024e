"""Forecast the end of a run from the quotas and the report latencies.

`RunSimulation` makes requests when their quota allows, in the order of the scheduler, completes
reports after the recent latency of their type, and downloads documents when their quota allows.

Why a simulation: over learned mixes of five report types with a latency spread of 0.3, its median
error is 16 %; the plain estimate, the later of the quota bound and the slowest median, is 27 % off
and too early by 29 % on average. Only the simulation keeps the plans of runs with a small spread
within 10 %. The figures are in docs/performance.md, from `python -m benchmarks.estimate`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from math import exp, log, sqrt
from statistics import NormalDist, fmean, median

from tap_mws_reports.api.interface import CallQuotas, ThrottledCall
from tap_mws_reports.api.timestamps import format_duration, format_local_time
from tap_mws_reports.retrieval.policy import RetrievalPolicy
from tap_mws_reports.retrieval.report_job import JobStatus, ReportJob
from tap_mws_reports.retrieval.scheduling import request_order
from tap_mws_reports.retrieval.scheduling.latency import P75, Latencies
from tap_mws_reports.retrieval.scheduling.poll_schedule import GOLDEN_FRACTION, poll_age_after
from tap_mws_reports.retrieval.scheduling.quota_timeline import QuotaTimeline
from tap_mws_reports.retrieval.scheduling.request_order import (
    QuotaOutlook,
    TypeBacklog,
    next_report_type,
)


class SimulatedBacklog:
    """The reports that are to be requested in a simulation.

    Args:
        backlogs: the number of reports of each type, in the order of requests.
        mixed: whether types are mixed, instead of requested one after another.
        requested_types: the types of which reports have been requested.
    """

    def __init__(
        self,
        backlogs: Iterable[TypeBacklog],
        *,
        mixed: bool = True,
        requested_types: Iterable[str] = (),
    ) -> None:
        self._backlogs = list(backlogs)
        self._mixed = mixed
        self._requested_types = set(requested_types)

    def __len__(self) -> int:
        """Return how many are left."""
        return sum(each.left for each in self._backlogs)

    def take(self, outlook: QuotaOutlook) -> str:
        """Return the type of the next report."""
        report_type = self._backlogs[0].report_type
        if self._mixed:
            report_type = next_report_type(self._backlogs, self._requested_types, outlook)
        backlog = next(each for each in self._backlogs if each.report_type == report_type)
        backlog.left -= 1
        if not backlog.left:
            self._backlogs.remove(backlog)
        self._requested_types.add(report_type)
        return report_type


class RunSimulation:
    """Simulates the rest of a run.

    Args:
        requests: when requests are allowed.
        downloads: when downloads are allowed.
        latency_of: returns the latency of the next report of a type, in seconds.
        most_open: how many requests may be open at a time, None for any number.
    """

    def __init__(
        self,
        requests: QuotaTimeline,
        downloads: QuotaTimeline,
        latency_of: Callable[[str], float],
        most_open: int | None,
    ) -> None:
        self._requests = requests
        self._downloads = downloads
        self._latency_of = latency_of
        self._most_open = most_open

    def end(self, backlog: SimulatedBacklog, found: list[float]) -> float:
        """Return when the run ends.

        Args:
            backlog: the reports to request; empty afterwards.
            found: when the reports that were requested already are found ready.
        """
        heapify(found)
        while backlog:
            moment = self._requests(self._room(found))
            self._fetch(found, moment)
            outlook = QuotaOutlook(moment, self._requests, self._downloads, found)
            report_type = backlog.take(outlook)
            heappush(found, moment + self._latency_of(report_type))
        self._fetch(found, max(found, default=0.0))
        return self._downloads.last

    def _room(self, found: list[float]) -> float:
        """Return when another request may be opened."""
        moment = 0.0
        while self._most_open is not None and len(found) >= self._most_open:
            moment = heappop(found)
            self._downloads(moment)
        return moment

    def _fetch(self, found: list[float], until: float) -> None:
        while found and found[0] <= until:
            self._downloads(heappop(found))


_NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Forecast:
    """The remaining reports and the remaining time of a run.

    Every report counts as one with rows: an empty one needs no download and may end earlier.
    """

    reports: int
    """The number of reports that have not completed."""
    requests: int
    """The number of report requests still to be made."""
    adopted: int
    """The number of reports whose requests were adopted."""
    at_least: timedelta
    """The shortest time that the quotas and the median latencies allow.

    Types without a known latency count as immediate."""
    expected: timedelta
    """The likely time; an estimate as far as it depends on ``types_without_latency``."""
    types_without_latency: tuple[str, ...] = ()

    def describe(self, now: datetime) -> str:
        """Describe the forecast in one line, for a run that starts ``now``."""
        if not self.reports:
            return "No reports to retrieve"
        counted = "1 report" if self.reports == 1 else f"{self.reports} reports"
        over = f", {self.adopted} of them adopted" if self.adopted else ""
        least, end = format_duration(self.at_least), format_local_time(now + self.expected, now)
        return f"{counted}{over}, at least {least} by quota; finish about {end}"

    def after(self, elapsed: timedelta) -> Forecast:
        """Return the forecast of the same end after some of the time has passed."""
        return replace(
            self,
            at_least=max(_NONE, self.at_least - elapsed),
            expected=max(_NONE, self.expected - elapsed),
        )


GrantMoments = Mapping[int, datetime | None]
"""When jobs of limited types can be requested, by `id`; None for those left for the next run."""

_NO_LIMITS: GrantMoments = {}


def forecast(
    jobs: Iterable[ReportJob],
    latencies: Latencies,
    quotas: CallQuotas,
    policy: RetrievalPolicy,
    now: datetime,
    moments: GrantMoments = _NO_LIMITS,
) -> Forecast:
    """Return when the jobs of one seller are likely to be completed. Changes nothing.

    Args:
        jobs: the jobs of the seller; completed ones are ignored.
        latencies: the recent report latencies.
        quotas: the quotas of the seller.
        policy: the user's settings.
        now: the current time.
        moments: when the jobs of limited types can be requested.
    """
    left = [job for job in jobs if not job.phase.ended and moments.get(id(job), now) is not None]
    if not left:
        return NOTHING_LEFT
    reports = list({_report(job): job for job in left}.values())
    delays = _Delays(moments, now)
    all_to_request = [job for job in reports if job.phase is JobStatus.TO_REQUEST]
    open_jobs = [job for job in reports if job.phase is JobStatus.OPEN]
    least = _least_end(reports, latencies, quotas, now, delays)
    likely = _likely_end(reports, latencies, quotas, policy, now, delays)
    return Forecast(
        reports=len(reports),
        requests=len(all_to_request),
        adopted=sum(job.adopted for job in reports),
        at_least=timedelta(seconds=least),
        expected=timedelta(seconds=max(least, likely)),
        types_without_latency=_types_without_latency([*all_to_request, *open_jobs], latencies),
    )


@dataclass(frozen=True, slots=True)
class _Delays:
    """Which jobs have to wait for the limit of their type."""

    moments: GrantMoments
    now: datetime

    def of(self, job: ReportJob) -> float:
        """Return how long a job has to wait, in seconds; 0.0 for one without a limit."""
        moment = self.moments.get(id(job)) or self.now
        return max(0.0, (moment - self.now).total_seconds())


NOTHING_LEFT = Forecast(reports=0, requests=0, adopted=0, at_least=_NONE, expected=_NONE)


def combine_forecasts(forecasts: Sequence[Forecast]) -> Forecast:
    """Return one forecast for several sellers; each has its own quotas."""
    return Forecast(
        reports=sum(each.reports for each in forecasts),
        requests=sum(each.requests for each in forecasts),
        adopted=sum(each.adopted for each in forecasts),
        at_least=max((each.at_least for each in forecasts), default=_NONE),
        expected=max((each.expected for each in forecasts), default=_NONE),
        types_without_latency=tuple(
            sorted({name for each in forecasts for name in each.types_without_latency})
        ),
    )


def _report(job: ReportJob) -> Hashable:
    """Return what identifies a report: several streams may read the same one."""
    return job.report_id or job.report_request_id or job.spec


def _least_end(
    reports: Sequence[ReportJob],
    latencies: Latencies,
    quotas: CallQuotas,
    now: datetime,
    delays: _Delays,
) -> float:
    """Return in how many seconds the run ends at the earliest, by quotas and median latencies."""
    to_request = [job for job in reports if job.phase is JobStatus.TO_REQUEST]
    at_once = [job for job in to_request if not delays.of(job)]
    open_jobs = [job for job in reports if job.phase is JobStatus.OPEN]
    requests = quotas.moments(ThrottledCall.REQUEST, len(at_once))

    def known(job: ReportJob) -> timedelta:
        return latencies.median(job.spec.report_type) or _NONE

    return max(
        max(quotas.moments(ThrottledCall.DOWNLOAD, len(reports)), default=0.0),
        request_order.last_ready_after(at_once, open_jobs, known, requests, now),
        *(delays.of(job) + known(job).total_seconds() for job in to_request if delays.of(job)),
    )


def _likely_end(
    reports: Sequence[ReportJob],
    latencies: Latencies,
    quotas: CallQuotas,
    policy: RetrievalPolicy,
    now: datetime,
    delays: _Delays,
) -> float:
    """Return in how many seconds the last report is likely to be downloaded."""
    latency_of = _LatencySampler(reports, latencies)
    open_jobs = [job for job in reports if job.phase is JobStatus.OPEN]
    found = [max(0.0, latency_of(job.spec.report_type) - _age(job, now)) for job in open_jobs]
    found += [0.0 for job in reports if job.phase is JobStatus.READY]
    estimate = request_order.LatencyEstimate(latencies, open_jobs, now)
    to_request = [job for job in reports if job.phase is JobStatus.TO_REQUEST]
    at_once = [job for job in to_request if job.not_before <= now and not delays.of(job)]
    not_yet = [job for job in to_request if job.not_before > now or delays.of(job)]
    end = 0.0
    if at_once or found:
        simulation = RunSimulation(
            QuotaTimeline.of(quotas, ThrottledCall.REQUEST, 2 * len(to_request)),
            QuotaTimeline.of(quotas, ThrottledCall.DOWNLOAD, 2 * len(reports)),
            latency_of,
            policy.most_open,
        )
        end = simulation.end(_backlog(at_once, open_jobs, estimate, policy), found)
    later = [
        max(delays.of(job), (max(job.not_before, now) - now).total_seconds())
        + latency_of(job.spec.report_type)
        for job in not_yet
    ]
    return max([end, *later])


class _LatencySampler:
    """Samples latencies with the distribution of the recent ones.

    The last of many reports is slower than the median. A log-normal distribution is assumed, so
    that few observations also predict the slow reports.
    """

    def __init__(self, reports: Iterable[ReportJob], latencies: Latencies) -> None:
        jobs = (job for job in reports if job.phase is not JobStatus.READY)
        counts = Counter(job.spec.report_type for job in jobs)
        self._times = {
            report_type: iter(_sample(latencies.seen(report_type), count))
            for report_type, count in counts.items()
        }

    def __call__(self, report_type: str) -> float:
        """Return the latency of the next report of a type, in seconds."""
        return next(self._times[report_type])


def _sample(seen: Sequence[float], count: int) -> list[float]:
    """Return ``count`` latencies, quick and slow ones mixed."""
    logarithms = [
        log(max(seconds, 1.0))
        for seconds in seen or [request_order.DEFAULT_LATENCY.total_seconds()]
    ]
    center = median(logarithms)
    if max(logarithms) == min(logarithms):
        return [exp(center)] * count
    # `statistics.pstdev` is exact, by fractions, and takes a hundred times as long.
    mean = fmean(logarithms)
    deviation = sqrt(fmean((each - mean) ** 2 for each in logarithms))
    times = NormalDist(center, deviation)
    mixed = sorted(range(count), key=lambda place: place * GOLDEN_FRACTION % 1)
    p75 = exp(times.inv_cdf(P75))
    return [_found(exp(times.inv_cdf((place + 0.5) / count)), p75) for place in mixed]


def _found(ready: float, p75: float) -> float:
    return poll_age_after(timedelta(seconds=ready), timedelta(seconds=p75)).total_seconds()


def _backlog(
    to_request: Sequence[ReportJob],
    open_jobs: Sequence[ReportJob],
    estimate: request_order.LatencyEstimate,
    policy: RetrievalPolicy,
) -> SimulatedBacklog:
    """Return the reports that may be requested now, in the order of requests."""
    if policy.order == "newest":
        newest = sorted(to_request, key=lambda job: job.age_key, reverse=True)
        return SimulatedBacklog(
            [TypeBacklog(job.spec.report_type, 0.0, 0.0, 1) for job in newest], mixed=False
        )
    return SimulatedBacklog(
        request_order.backlogs(to_request, estimate),
        requested_types={job.spec.report_type for job in open_jobs},
    )


def _age(job: ReportJob, now: datetime) -> float:
    return (now - (job.submitted or now)).total_seconds()


def _types_without_latency(jobs: Iterable[ReportJob], latencies: Latencies) -> tuple[str, ...]:
    types = {job.spec.report_type for job in jobs}
    return tuple(sorted(name for name in types if latencies.median(name) is None))
