"""Plan the jobs of a run from settings, report types and state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tap_mws_reports.api.interface import ReportSpec
from tap_mws_reports.retrieval.intervals import Interval
from tap_mws_reports.retrieval.planning.windows import (
    WindowRule,
    new_windows,
    snapshot_due,
    target_range,
)
from tap_mws_reports.retrieval.report_job import ReportJob
from tap_mws_reports.retrieval.state.bookmarks import Bookmark
from tap_mws_reports.retrieval.state.ledger_state import LedgerState


@dataclass(frozen=True, slots=True)
class PartitionRequest:
    """What one partition of a row stream requests: report type, time range and rules."""

    stream: str
    seller_id: str
    report_type: str
    kind: str
    """``range``, ``snapshot`` or ``generated``."""
    rule: WindowRule
    start: datetime
    end: datetime | None
    marketplace_ids: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    bookmark: Bookmark
    group: int = 1
    """Which part of the values of an option it requests; see `context_of`."""
    newest_only: bool = False
    """Whether only the newest report is needed, as in a trial run."""
    one_marketplace: bool = False
    """Whether reports of the type cover one marketplace, which lists of requests do not name."""
    ledgers: LedgerState | None = None
    """The request ledgers in the state of the stream."""
    has_other_marketplaces: bool = False
    """Whether earlier runs requested the type for other marketplaces."""
    spelling: str = ""
    """The name of the report type as the service spells it, for messages; empty if the same."""


def by_seller(partition_requests: Iterable[PartitionRequest]) -> dict[str, list[PartitionRequest]]:
    """Group partition requests by seller: sellers share no reports."""
    found: dict[str, list[PartitionRequest]] = {}
    for partition_request in partition_requests:
        found.setdefault(partition_request.seller_id, []).append(partition_request)
    return found


def plan_jobs(
    partition_requests: Sequence[PartitionRequest],
    now: datetime,
    *,
    lists_have_marketplaces: bool = False,
) -> list[ReportJob]:
    """Return the jobs to request, and those that earlier runs requested. Makes no call.

    Args:
        partition_requests: the partition requests of one seller.
        now: the current time.
        lists_have_marketplaces: whether lists of requests contain their marketplaces.
    """
    matchable = _matchable(partition_requests, lists_have_marketplaces=lists_have_marketplaces)
    jobs = [
        job
        for partition_request in partition_requests
        for job in _partition_jobs(
            partition_request,
            now,
            matchable=not partition_request.options and _way(partition_request) in matchable,
        )
    ]
    _share_open_requests(jobs, now)
    return jobs


def make_job(
    partition_request: PartitionRequest,
    interval: Interval | None,
    now: datetime,
    *,
    matchable: bool = True,
) -> ReportJob:
    """Return a job for a window of a partition request.

    Args:
        partition_request: the partition request.
        interval: the window, or None for a snapshot or a generated document.
        now: the current time.
        matchable: whether its requests can be identified in Amazon's list.
    """
    rule = partition_request.rule
    start, end = rule.request_dates(interval) if interval else (None, None)
    if interval is None and rule.start_offset is not None:
        start = now - rule.start_offset
    spec = ReportSpec(
        report_type=partition_request.report_type,
        start=start,
        end=end,
        marketplace_ids=partition_request.marketplace_ids,
        options=partition_request.options,
        spelling=partition_request.spelling,
    )
    return ReportJob(
        partition_request.stream,
        spec,
        partition_request.bookmark,
        rule,
        interval,
        matchable=matchable,
        seller_id=partition_request.seller_id,
    )


def _partition_jobs(
    partition_request: PartitionRequest, now: datetime, *, matchable: bool
) -> Iterator[ReportJob]:
    if partition_request.kind == "generated":
        return
    open_jobs = list(_open_jobs(partition_request, now, matchable=matchable))
    yield from open_jobs
    if partition_request.kind == "snapshot":
        due = snapshot_due(
            partition_request.bookmark, partition_request.rule, partition_request.end, now
        )
        if due and not open_jobs:
            yield make_job(partition_request, None, now, matchable=matchable)
        return
    open_intervals = {job.interval for job in open_jobs}
    failed = [
        failed_window
        for failed_window in partition_request.bookmark.failed_windows
        if not failed_window.submitted
    ]
    retries = [
        failed_window.interval
        for failed_window in failed
        if failed_window.interval and failed_window.interval not in open_intervals
    ]
    whole = target_range(
        partition_request.start, partition_request.end, partition_request.rule, now
    )
    intervals = sorted(
        [*retries, *new_windows(whole, partition_request.rule, partition_request.bookmark)]
    )
    for interval in intervals[-1:] if partition_request.newest_only else intervals:
        yield make_job(partition_request, interval, now, matchable=matchable)


def _way(partition_request: PartitionRequest) -> tuple[str, tuple[str, ...]]:
    return partition_request.report_type, partition_request.marketplace_ids


def _share_open_requests(jobs: Sequence[ReportJob], now: datetime) -> None:
    """Share an open request with other streams that need the same report."""
    for job in jobs:
        if job.report_request_id and job.submitted:
            for other_job in job.same_report_jobs(jobs):
                other_job.opened(job.report_request_id, job.submitted, now, adopted=True)


def _matchable(
    partition_requests: Iterable[PartitionRequest], *, lists_have_marketplaces: bool
) -> set[tuple[str, tuple[str, ...]]]:
    """Return the types and marketplaces whose requests can be identified in a list.

    Lists contain no options, and those of MWS no marketplaces.
    """
    ways: dict[object, set[tuple[object, object]]] = {}
    ambiguous = set()
    for partition_request in partition_requests:
        listed_as = (partition_request.report_type, frozenset(partition_request.marketplace_ids))
        key = listed_as if lists_have_marketplaces else partition_request.report_type
        ways.setdefault(key, set()).add(
            (partition_request.marketplace_ids, partition_request.options)
        )
        if not lists_have_marketplaces and (
            partition_request.one_marketplace or partition_request.has_other_marketplaces
        ):
            ambiguous.add(key)
    unambiguous = {key for key, each in ways.items() if len(each) == 1} - ambiguous
    return {
        _way(partition_request)
        for partition_request in partition_requests
        if partition_request.report_type in unambiguous
        or (partition_request.report_type, frozenset(partition_request.marketplace_ids))
        in unambiguous
    }


def _open_jobs(
    partition_request: PartitionRequest, now: datetime, *, matchable: bool
) -> Iterator[ReportJob]:
    """Yield the jobs that earlier runs requested, including those that timed out."""
    timed_out = partition_request.bookmark.timed_out_requests
    for request in [*partition_request.bookmark.open_requests, *timed_out]:
        job = make_job(partition_request, request.interval, now, matchable=matchable)
        job.resumed(request, now, timed_out=request in timed_out)
        yield job
