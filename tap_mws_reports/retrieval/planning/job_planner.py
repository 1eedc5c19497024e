"""Making the work list: from settings, report types and state to pieces of work."""

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


@dataclass(frozen=True, slots=True)
class PartitionRequest:
    """What one row stream wants: which report type, since when, by which rules.

    ``kind`` is ``range``, ``snapshot`` or ``generated``. ``newest_only`` is for a trial run that
    wants a few rows and not every report. ``one_marketplace`` is a type whose reports cover only
    one marketplace: which one, a list of requests does not tell. ``asked_otherwise`` says that
    earlier runs asked for the type for other marketplaces.
    """

    stream: str
    seller_id: str
    report_type: str
    kind: str
    rule: WindowRule
    start: datetime
    end: datetime | None
    marketplace_ids: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    bookmark: Bookmark
    newest_only: bool = False
    one_marketplace: bool = False
    asked_otherwise: bool = False


def by_seller(partition_requests: Iterable[PartitionRequest]) -> dict[str, list[PartitionRequest]]:
    """Return the demands of each seller: no seller's reports serve another."""
    found: dict[str, list[PartitionRequest]] = {}
    for partition_request in partition_requests:
        found.setdefault(partition_request.seller_id, []).append(partition_request)
    return found


def plan_jobs(
    partition_requests: Sequence[PartitionRequest],
    now: datetime,
    *,
    marketplaces_told: bool = False,
) -> list[ReportJob]:
    """Return all that has to be requested, or was requested by an earlier run. Asks nobody.

    Args:
        partition_requests: those of one seller.
        now: the present moment.
        marketplaces_told: whether a list of requests tells for which marketplaces they were made.
    """
    matchable = _recognisable(partition_requests, marketplaces_told=marketplaces_told)
    jobs = [
        job
        for partition_request in partition_requests
        for job in _wanted(
            partition_request,
            now,
            matchable=not partition_request.options and _way(partition_request) in matchable,
        )
    ]
    _share_open(jobs, now)
    return jobs


def make_job(
    partition_request: PartitionRequest,
    interval: Interval | None,
    now: datetime,
    *,
    matchable: bool = True,
) -> ReportJob:
    """Return a piece of work for a window of a demand.

    Args:
        partition_request: what is wanted.
        interval: the window, or None for a snapshot or a generated document.
        now: the present moment.
        matchable: whether its requests can be told from others in Amazon's list.
    """
    rule = partition_request.rule
    start, end = rule.asked(interval) if interval else (None, None)
    if interval is None and rule.reach is not None:
        start = now - rule.reach
    spec = ReportSpec(
        report_type=partition_request.report_type,
        start=start,
        end=end,
        marketplace_ids=partition_request.marketplace_ids,
        options=partition_request.options,
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


def _wanted(
    partition_request: PartitionRequest, now: datetime, *, matchable: bool
) -> Iterator[ReportJob]:
    if partition_request.kind == "generated":
        return
    opened = list(_opened(partition_request, now, matchable=matchable))
    yield from opened
    if partition_request.kind == "snapshot":
        due = snapshot_due(
            partition_request.bookmark, partition_request.rule, partition_request.end, now
        )
        if due and not opened:
            yield make_job(partition_request, None, now, matchable=matchable)
        return
    under_way = {job.interval for job in opened}
    failed = [
        failed_window
        for failed_window in partition_request.bookmark.failed_windows
        if not failed_window.submitted
    ]
    again = [
        failed_window.interval
        for failed_window in failed
        if failed_window.interval and failed_window.interval not in under_way
    ]
    whole = target_range(
        partition_request.start, partition_request.end, partition_request.rule, now
    )
    intervals = sorted(
        [*again, *new_windows(whole, partition_request.rule, partition_request.bookmark)]
    )
    for interval in intervals[-1:] if partition_request.newest_only else intervals:
        yield make_job(partition_request, interval, now, matchable=matchable)


def _way(partition_request: PartitionRequest) -> tuple[str, tuple[str, ...]]:
    return partition_request.report_type, partition_request.marketplace_ids


def _share_open(jobs: Sequence[ReportJob], now: datetime) -> None:
    """Let streams that want the very same report have the request that one of them remembers."""
    for job in jobs:
        if job.report_request_id and job.submitted:
            for other_job in job.same_report_jobs(jobs):
                other_job.opened(job.report_request_id, job.submitted, now, adopted=True)


def _recognisable(
    partition_requests: Iterable[PartitionRequest], *, marketplaces_told: bool
) -> set[tuple[str, tuple[str, ...]]]:
    """Return the types and marketplaces whose requests can be told from others in a list.

    No list tells options, and one of MWS no marketplaces either.
    """
    ways: dict[object, set[tuple[object, object]]] = {}
    unclear = set()
    for partition_request in partition_requests:
        listed_as = (partition_request.report_type, frozenset(partition_request.marketplace_ids))
        key = listed_as if marketplaces_told else partition_request.report_type
        ways.setdefault(key, set()).add(
            (partition_request.marketplace_ids, partition_request.options)
        )
        if not marketplaces_told and (
            partition_request.one_marketplace or partition_request.asked_otherwise
        ):
            unclear.add(key)
    clear = {key for key, each in ways.items() if len(each) == 1} - unclear
    return {
        _way(partition_request)
        for partition_request in partition_requests
        if partition_request.report_type in clear
        or (partition_request.report_type, frozenset(partition_request.marketplace_ids)) in clear
    }


def _opened(
    partition_request: PartitionRequest, now: datetime, *, matchable: bool
) -> Iterator[ReportJob]:
    """Yield what earlier runs requested, also what they gave up waiting for."""
    timed_out = partition_request.bookmark.timed_out_requests
    for request in [*partition_request.bookmark.open_requests, *timed_out]:
        job = make_job(partition_request, request.interval, now, matchable=matchable)
        job.resumed(request, now, timed_out=request in timed_out)
        yield job
