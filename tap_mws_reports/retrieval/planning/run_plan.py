"""What a run would do, told from settings and state alone: nobody is asked, nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tap_mws_reports.api.interface import CallQuotas, ThrottledCall
from tap_mws_reports.api.quota import HOUR, Budget, Quota
from tap_mws_reports.retrieval.planning.job_planner import PartitionRequest, by_seller, plan_jobs
from tap_mws_reports.retrieval.policy import RetrievalPolicy
from tap_mws_reports.retrieval.report_job import JobStatus, ReportJob
from tap_mws_reports.retrieval.scheduling.forecast import Forecast, combine_forecasts, forecast
from tap_mws_reports.retrieval.scheduling.latency import Latencies


@dataclass(frozen=True, slots=True)
class PartitionSummary:
    """What one demand adds to the work list.

    ``windows`` are to be requested for the first time, ``again`` after earlier runs have failed
    to have them; ``taken_over`` were requested by earlier runs; ``snapshots`` are due. ``unasked``
    says that Amazon makes the documents by itself: how many, only Amazon knows. ``given_up`` is
    how many failures the state lists that are not retried any more.
    """

    partition_request: PartitionRequest
    windows: int
    again: int
    taken_over: int
    snapshots: int
    unasked: bool
    given_up: int = 0


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What each demand adds, and when the run is likely to end that starts ``now``."""

    now: datetime
    shares: tuple[PartitionSummary, ...]
    forecast: Forecast


def make_plan(
    partition_requests: Sequence[PartitionRequest],
    policy: RetrievalPolicy,
    quotas: Mapping[ThrottledCall, Quota],
    now: datetime,
) -> RunPlan:
    """Return the plan of a run that starts ``now``.

    Args:
        partition_requests: what the row streams want.
        policy: what the user decided.
        quotas: what Amazon allows each seller; those are used up that the state says were used.
        now: the present moment.
    """
    shares, forecasts = [], []
    for of_seller in by_seller(partition_requests).values():
        jobs = []
        for partition_request in of_seller:
            of_demand = plan_jobs([partition_request], now)
            shares.append(_share(partition_request, of_demand))
            jobs += of_demand
        left = _left(jobs, quotas, now)
        forecasts.append(forecast(jobs, known_latencies(of_seller), left, policy, now))
    return RunPlan(now, tuple(shares), combine_forecasts(forecasts))


def known_latencies(partition_requests: Iterable[PartitionRequest]) -> Latencies:
    """Return how long reports took in earlier runs."""
    return Latencies(
        {
            partition_request.report_type: partition_request.bookmark.latencies
            for partition_request in partition_requests
        }
    )


def _share(partition_request: PartitionRequest, jobs: Sequence[ReportJob]) -> PartitionSummary:
    failed_windows = {
        failed_window.interval
        for failed_window in partition_request.bookmark.failed_windows
        if failed_window.interval
    }
    new = [job for job in jobs if job.phase is JobStatus.TO_REQUEST]
    again = sum(job.interval in failed_windows for job in new)
    snapshots = sum(job.interval is None for job in new)
    return PartitionSummary(
        partition_request=partition_request,
        windows=len(new) - again - snapshots,
        again=again,
        taken_over=len(jobs) - len(new),
        snapshots=snapshots,
        unasked=partition_request.kind == "generated",
        given_up=len(partition_request.bookmark.given_up),
    )


@dataclass(frozen=True, slots=True)
class _Left:
    """The quotas of one seller as they are ``now``."""

    quotas: Mapping[ThrottledCall, Quota]
    budgets: Mapping[ThrottledCall, Budget]
    now: datetime

    def moments(self, call: ThrottledCall, count: int) -> list[float]:
        return self.budgets[call].moments(self.now, count)


def _left(
    jobs: Iterable[ReportJob], quotas: Mapping[ThrottledCall, Quota], now: datetime
) -> CallQuotas:
    """Return what the quotas of one seller allow, less what the state says was used lately."""
    requests = {job.report_request_id: job.submitted for job in jobs if job.submitted}
    lately = [moment for moment in requests.values() if moment > now - HOUR]
    budgets = {call: Budget(quota, now) for call, quota in quotas.items()}
    budgets[ThrottledCall.REQUEST] = Budget.after(quotas[ThrottledCall.REQUEST], lately, now)
    return _Left(quotas, budgets, now)
