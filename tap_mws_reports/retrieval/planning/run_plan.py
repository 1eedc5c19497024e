"""The plan of a run, from settings and state alone. Makes no call and changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tap_mws_reports.api.interface import CallQuotas, ListCalls, ReportSpec, ThrottledCall
from tap_mws_reports.api.quota import HOUR, Budget, Quota
from tap_mws_reports.api.request_budgets import RequestBudgets, SellerBudgets, TurnKey
from tap_mws_reports.retrieval.planning.job_planner import PartitionRequest, by_seller, plan_jobs
from tap_mws_reports.retrieval.planning.list_plan import ListPlan, plan_lists
from tap_mws_reports.retrieval.policy import RetrievalPolicy
from tap_mws_reports.retrieval.report_job import JobStatus, ReportJob
from tap_mws_reports.retrieval.scheduling.forecast import (
    Forecast,
    GrantMoments,
    combine_forecasts,
    forecast,
)
from tap_mws_reports.retrieval.scheduling.latency import Latencies, SharedLatencies
from tap_mws_reports.retrieval.scheduling.request_turns import LimitedJobs, grant_moments
from tap_mws_reports.retrieval.state.ledger_state import load_ledgers


@dataclass(frozen=True, slots=True)
class PartitionSummary:
    """The jobs of one partition request."""

    partition_request: PartitionRequest
    windows: int
    """Windows to request for the first time."""
    retries: int
    """Windows that failed in earlier runs."""
    adopted: int
    """Requests of earlier runs."""
    snapshots: int
    """Snapshots to request."""
    generated: bool
    """Whether Amazon generates the documents; their number is unknown before the run."""
    reread: int = 0
    """Windows of ``windows`` that the lookback adds or makes longer, for late changes."""
    given_up: int = 0
    """Failures in the state that are not retried any more."""


@dataclass(frozen=True, slots=True)
class Shortage:
    """A limit of a report type that does not serve all reports of a run."""

    report_type: str
    allowed: int
    """How many reports can be requested within the horizon."""
    left: int
    """How many reports are left for the next run."""
    sellers: int
    """How many sellers share the limit."""
    every: timedelta
    """How often the limit serves each report of a seller's newest window."""

    def describe(self) -> str:
        """Describe the shortage in one line."""
        sellers = "1 seller" if self.sellers == 1 else f"{self.sellers} sellers"
        hours = f"{self.every.total_seconds() / 3600:.0f} hours"
        return (
            f"{self.report_type}: {self.allowed} a day for {sellers}: each every {hours}; "
            f"{self.left} reports are left for later runs"
        )


@dataclass(frozen=True, slots=True)
class RunPlan:
    """The jobs of each partition request, and the forecast of a run that starts ``now``."""

    now: datetime
    shares: tuple[PartitionSummary, ...]
    forecast: Forecast
    shortages: tuple[Shortage, ...] = ()
    """The limits that cannot serve all reports of the run within its horizon."""
    lists: ListPlan = field(default_factory=ListPlan)
    """The lists of the lifecycle streams."""


def make_plan(
    partition_requests: Sequence[PartitionRequest],
    policy: RetrievalPolicy,
    quotas: Mapping[ThrottledCall, Quota],
    now: datetime,
    budgets: RequestBudgets | None = None,
    lists: Iterable[ListCalls] = (),
) -> RunPlan:
    """Return the plan of a run that starts ``now``.

    Args:
        partition_requests: the partition requests of the row streams.
        policy: the user's settings.
        quotas: the quotas of each seller; requests that the state lists are deducted.
        now: the current time.
        budgets: the limits of report types; requests that the state has are deducted.
        lists: what the lifecycle streams list, in the order of the run.
    """
    budgets = budgets or RequestBudgets()
    load_ledgers((each.ledgers for each in partition_requests), budgets)
    sellers = by_seller(partition_requests)
    jobs, shares = _planned(sellers, now)
    limits = {seller_id: budgets.of(seller_id) for seller_id in jobs}
    moments = grant_moments(
        {each: (LimitedJobs(jobs[each]), limits[each]) for each in jobs}, now, now + policy.horizon
    )
    forecasts = [
        forecast(
            jobs[seller_id],
            known_latencies(of_seller),
            _remaining_quotas(jobs[seller_id], quotas, now),
            policy,
            now,
            moments,
        )
        for seller_id, of_seller in sellers.items()
    ]
    shortages = tuple(_shortages(jobs, limits, moments, policy.horizon))
    forecasted = combine_forecasts(forecasts)
    return RunPlan(now, tuple(shares), forecasted, shortages, plan_lists(lists, now))


def _planned(
    sellers: Mapping[str, Sequence[PartitionRequest]], now: datetime
) -> tuple[dict[str, list[ReportJob]], list[PartitionSummary]]:
    """Return the jobs of each seller, and the summaries of all partition requests."""
    jobs: dict[str, list[ReportJob]] = {}
    summaries: list[PartitionSummary] = []
    for seller_id, of_seller in sellers.items():
        jobs[seller_id] = []
        for partition_request in of_seller:
            planned = plan_jobs([partition_request], now)
            summaries.append(_summary(partition_request, planned))
            jobs[seller_id] += planned
    return jobs, summaries


def _shortages(
    jobs: Mapping[str, Sequence[ReportJob]],
    limits: Mapping[str, SellerBudgets],
    moments: GrantMoments,
    horizon: timedelta,
) -> Iterator[Shortage]:
    """Yield the limits that leave reports for the next run."""
    lines: dict[TurnKey, dict[object, tuple[str, ReportSpec, datetime | None]]] = {}
    for seller_id, of_seller in jobs.items():
        for job in of_seller:
            if id(job) in moments:
                key = limits[seller_id].turn_key(job.spec.report_type)
                report = (seller_id, job.spec, job.interval)
                moment = moments[id(job)]
                lines.setdefault(key, {}).setdefault(report, (seller_id, job.spec, moment))
    for (_, report_type), reports in lines.items():
        allowed = sum(moment is not None for _, _, moment in reports.values())
        if allowed < len(reports):
            places = {(seller_id, spec.marketplace_ids) for seller_id, spec, _ in reports.values()}
            yield Shortage(
                report_type,
                allowed,
                len(reports) - allowed,
                len({seller_id for seller_id, _ in places}),
                horizon * len(places) / max(1, allowed),
            )


def known_latencies(
    partition_requests: Iterable[PartitionRequest], shared: SharedLatencies | None = None
) -> Latencies:
    """Return the report latencies of earlier runs of a seller; ``shared`` as of `Latencies`."""
    return Latencies(
        {
            partition_request.report_type: partition_request.bookmark.latencies
            for partition_request in partition_requests
        },
        shared,
    )


def _summary(partition_request: PartitionRequest, jobs: Sequence[ReportJob]) -> PartitionSummary:
    failed_windows = {
        failed_window.interval
        for failed_window in partition_request.bookmark.failed_windows
        if failed_window.interval
    }
    new = [job for job in jobs if job.phase is JobStatus.TO_REQUEST]
    retries = sum(job.interval in failed_windows for job in new)
    snapshots = sum(job.interval is None for job in new)
    return PartitionSummary(
        partition_request=partition_request,
        windows=len(new) - retries - snapshots,
        retries=retries,
        adopted=len(jobs) - len(new),
        snapshots=snapshots,
        reread=sum(_is_reread(job, partition_request) for job in new),
        generated=partition_request.kind == "generated",
        given_up=len(partition_request.bookmark.given_up),
    )


def _is_reread(job: ReportJob, partition_request: PartitionRequest) -> bool:
    """Whether a window begins in what earlier runs have read."""
    interval = job.interval
    return interval is not None and any(
        done.start <= interval.start < done.end for done in partition_request.bookmark.done
    )


@dataclass(frozen=True, slots=True)
class _RemainingQuotas:
    """The remaining quotas of one seller at ``now``."""

    quotas: Mapping[ThrottledCall, Quota]
    budgets: Mapping[ThrottledCall, Budget]
    now: datetime

    def moments(self, call: ThrottledCall, count: int) -> list[float]:
        return self.budgets[call].moments(self.now, count)


def _remaining_quotas(
    jobs: Iterable[ReportJob], quotas: Mapping[ThrottledCall, Quota], now: datetime
) -> CallQuotas:
    """Return the quotas of one seller, less the recent requests in the state."""
    requests = {job.report_request_id: job.submitted for job in jobs if job.submitted}
    recent = [moment for moment in requests.values() if moment > now - HOUR]
    budgets = {call: Budget(quota, now) for call, quota in quotas.items()}
    budgets[ThrottledCall.REQUEST] = Budget.after(quotas[ThrottledCall.REQUEST], recent, now)
    return _RemainingQuotas(quotas, budgets, now)
