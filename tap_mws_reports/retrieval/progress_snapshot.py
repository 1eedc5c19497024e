"""Where the works of a run stand, for whoever shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tap_mws_reports.api.interface import CallQuotas, ThrottledCall
from tap_mws_reports.retrieval.report_job import JobStatus, ReportJob
from tap_mws_reports.retrieval.scheduling.forecast import Forecast, combine_forecasts


@dataclass(frozen=True, slots=True)
class QuotaAvailability:
    """How many calls may go at once; when there is none, the seconds until the next may."""

    now: int
    next_in: float


@dataclass(frozen=True, slots=True)
class ProgressSnapshot:
    """How many works there are in each phase, what the quotas allow, and when the run ends."""

    phases: Mapping[JobStatus, int]
    requests: QuotaAvailability
    downloads: QuotaAvailability
    forecast: Forecast

    @property
    def total(self) -> int:
        """How many reports there are, whatever has become of them."""
        return sum(self.phases.values())

    @property
    def ended(self) -> int:
        """Of how many reports nothing more is wanted of Amazon."""
        return sum(count for phase, count in self.phases.items() if phase.ended)


def progress_snapshot(
    jobs: Iterable[ReportJob], quotas: CallQuotas, forecast: Forecast
) -> ProgressSnapshot:
    """Return where the works of one seller stand.

    Args:
        jobs: all of them, also those that have ended.
        quotas: what they allow.
        forecast: when they are likely to have ended.
    """
    phases = Counter(job.phase for job in jobs)
    return ProgressSnapshot(
        phases,
        _allowance(quotas, ThrottledCall.REQUEST),
        _allowance(quotas, ThrottledCall.DOWNLOAD),
        forecast,
    )


def combine_snapshots(snapshots: Sequence[ProgressSnapshot]) -> ProgressSnapshot:
    """Return the standing of several sellers, whose quotas are their own."""
    phases: Counter[JobStatus] = Counter()
    for each in snapshots:
        phases.update(each.phases)
    return ProgressSnapshot(
        phases,
        _summed([each.requests for each in snapshots]),
        _summed([each.downloads for each in snapshots]),
        combine_forecasts([each.forecast for each in snapshots]),
    )


def _allowance(quotas: CallQuotas, call: ThrottledCall) -> QuotaAvailability:
    allowed = quotas.moments(call, quotas.quotas[call].burst)
    return QuotaAvailability(sum(moment <= 0 for moment in allowed), allowed[0])


def _summed(allowances: Sequence[QuotaAvailability]) -> QuotaAvailability:
    soonest = min((each.next_in for each in allowances), default=0.0)
    return QuotaAvailability(sum(each.now for each in allowances), soonest)
