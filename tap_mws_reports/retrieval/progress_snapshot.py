"""The progress of a run: jobs by status, available quota, and the forecast."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tap_mws_reports.api.interface import CallQuotas, ThrottledCall
from tap_mws_reports.retrieval.report_job import JobStatus, ReportJob
from tap_mws_reports.retrieval.scheduling.forecast import Forecast, combine_forecasts


@dataclass(frozen=True, slots=True)
class QuotaAvailability:
    """How many calls are allowed now; if none, the seconds until the next one."""

    now: int
    next_in: float


@dataclass(frozen=True, slots=True)
class ProgressSnapshot:
    """The number of jobs by status, the available quota, and when the run is likely to end."""

    phases: Mapping[JobStatus, int]
    requests: QuotaAvailability
    downloads: QuotaAvailability
    forecast: Forecast

    @property
    def total(self) -> int:
        """The number of reports, whatever their status."""
        return sum(self.phases.values())

    @property
    def ended(self) -> int:
        """The number of reports that need no further call to Amazon."""
        return sum(count for phase, count in self.phases.items() if phase.ended)


def progress_snapshot(
    jobs: Iterable[ReportJob], quotas: CallQuotas, forecast: Forecast
) -> ProgressSnapshot:
    """Return the progress snapshot of one seller.

    Args:
        jobs: all jobs, completed or not.
        quotas: the quotas of the seller.
        forecast: when the jobs are likely to be completed.
    """
    phases = Counter(job.phase for job in jobs)
    return ProgressSnapshot(
        phases,
        _availability(quotas, ThrottledCall.REQUEST),
        _availability(quotas, ThrottledCall.DOWNLOAD),
        forecast,
    )


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
    )


def _availability(quotas: CallQuotas, call: ThrottledCall) -> QuotaAvailability:
    allowed = quotas.moments(call, quotas.quotas[call].burst)
    return QuotaAvailability(sum(moment <= 0 for moment in allowed), allowed[0])


def _summed(allowances: Sequence[QuotaAvailability]) -> QuotaAvailability:
    soonest = min((each.next_in for each in allowances), default=0.0)
    return QuotaAvailability(sum(each.now for each in allowances), soonest)
