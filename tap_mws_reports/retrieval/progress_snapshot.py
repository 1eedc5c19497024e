"""The progress of a run: jobs by status, awaited reports, available quota, and the forecast."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tap_mws_reports.api.interface import CallQuotas, ThrottledCall
from tap_mws_reports.retrieval.report_job import JobStatus, ReportJob
from tap_mws_reports.retrieval.scheduling.forecast import Forecast, combine_forecasts
from tap_mws_reports.retrieval.scheduling.latency import Latencies

ENOUGH_LATENCIES = 5
"""How many reports of a type must have been ready before one of it is called late."""


@dataclass(frozen=True, slots=True)
class QuotaAvailability:
    """How many calls are allowed now; if none, the seconds until the next one."""

    now: int
    next_in: float


@dataclass(frozen=True, slots=True)
class AwaitedReports:
    """The report requests of one type that Amazon works on."""

    report_type: str
    """As the service spells it."""
    count: int
    since: datetime
    """When Amazon accepted the oldest of them."""
    late: int = 0
    """How many of them take longer than any recent report of the type did."""


@dataclass(frozen=True, slots=True)
class ProgressSnapshot:
    """The number of jobs by status, the available quota, and when the run is likely to end."""

    phases: Mapping[JobStatus, int]
    requests: QuotaAvailability
    downloads: QuotaAvailability
    forecast: Forecast
    awaited: Sequence[AwaitedReports] = ()
    """What Amazon works on, the oldest first."""
    next_poll: datetime | None = None
    """When the requests are polled next; None if there are none."""

    @property
    def total(self) -> int:
        """The number of reports, whatever their status."""
        return sum(self.phases.values())

    @property
    def ended(self) -> int:
        """The number of reports that need no further call to Amazon."""
        return sum(count for phase, count in self.phases.items() if phase.ended)


def progress_snapshot(
    jobs: Sequence[ReportJob],
    quotas: CallQuotas,
    forecast: Forecast,
    awaited: Sequence[AwaitedReports] = (),
    next_poll: datetime | None = None,
) -> ProgressSnapshot:
    """Return the progress snapshot of one seller.

    Args:
        jobs: all jobs, completed or not.
        quotas: the quotas of the seller.
        forecast: when the jobs are likely to be completed.
        awaited: what Amazon works on; see `awaited_reports`.
        next_poll: when the requests are polled next.
    """
    phases = Counter(job.phase for job in jobs)
    return ProgressSnapshot(
        phases,
        _availability(quotas, ThrottledCall.REQUEST),
        _availability(quotas, ThrottledCall.DOWNLOAD),
        forecast,
        awaited,
        next_poll,
    )


def awaited_reports(
    jobs: Iterable[ReportJob], latencies: Latencies, now: datetime
) -> list[AwaitedReports]:
    """Return what Amazon works on, the oldest first.

    Args:
        jobs: the jobs of a seller, whatever their status.
        latencies: how long recent reports took.
        now: the current time.
    """
    return _by_type(
        AwaitedReports(
            job.spec.spelling or job.spec.report_type,
            1,
            job.submitted or job.awaited,
            int(_is_late(job, latencies, now)),
        )
        for job in jobs
        if job.phase is JobStatus.OPEN
    )


def _is_late(job: ReportJob, latencies: Latencies, now: datetime) -> bool:
    recent = latencies.seen(job.spec.report_type)
    age = (now - (job.submitted or job.awaited)).total_seconds()
    return len(recent) >= ENOUGH_LATENCIES and age > max(recent)


def _by_type(awaited: Iterable[AwaitedReports]) -> list[AwaitedReports]:
    """Sum up those of each type; the oldest come first."""
    types: dict[str, AwaitedReports] = {}
    for each in awaited:
        if known := types.get(each.report_type):
            types[each.report_type] = replace(
                known,
                count=known.count + each.count,
                since=min(known.since, each.since),
                late=known.late + each.late,
            )
        else:
            types[each.report_type] = each
    return sorted(types.values(), key=lambda each: (each.since, each.report_type))


def combine_snapshots(
    snapshots: Sequence[ProgressSnapshot], finished: Mapping[JobStatus, int] | None = None
) -> ProgressSnapshot:
    """Return one snapshot for several sellers; each has its own quotas.

    ``finished`` are the jobs of further sellers, which need no quota any more.
    """
    phases: Counter[JobStatus] = Counter(finished or {})
    for each in snapshots:
        phases.update(each.phases)
    return ProgressSnapshot(
        phases,
        _summed([each.requests for each in snapshots]),
        _summed([each.downloads for each in snapshots]),
        combine_forecasts([each.forecast for each in snapshots]),
        _by_type(awaited for each in snapshots for awaited in each.awaited),
        min((each.next_poll for each in snapshots if each.next_poll), default=None),
    )


def _availability(quotas: CallQuotas, call: ThrottledCall) -> QuotaAvailability:
    allowed = quotas.moments(call, quotas.quotas[call].burst)
    return QuotaAvailability(sum(moment <= 0 for moment in allowed), allowed[0])


def _summed(allowances: Sequence[QuotaAvailability]) -> QuotaAvailability:
    soonest = min((each.next_in for each in allowances), default=0.0)
    return QuotaAvailability(sum(each.now for each in allowances), soonest)
