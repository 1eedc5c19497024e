"""Adopt report requests that Amazon already has, so that no report is requested twice."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from tap_mws_reports.api.interface import (
    ProcessingStatus,
    Report,
    ReportRequest,
    ReportService,
    ThrottledCall,
)
from tap_mws_reports.retrieval.intervals import Interval
from tap_mws_reports.retrieval.planning.job_planner import PartitionRequest, make_job
from tap_mws_reports.retrieval.planning.windows import max_snapshot_age
from tap_mws_reports.retrieval.report_job import JobStatus, ReportJob
from tap_mws_reports.retrieval.scheduling.latency import Latencies

logger = logging.getLogger(__name__)

MAX_REMAINDER = timedelta(hours=1)
"""The longest part of a window that an adopted request may leave to the next run; a longer cooldown
extends it."""

_HOUR = timedelta(hours=1)
_SECOND = timedelta(seconds=1)
_NEVER = datetime.min.replace(tzinfo=UTC)
_NONE_KNOWN: Mapping[str, datetime] = MappingProxyType({})

ADOPTABLE = frozenset(
    {
        ProcessingStatus.SUBMITTED,
        ProcessingStatus.IN_PROGRESS,
        ProcessingStatus.DONE,
        ProcessingStatus.DONE_NO_DATA,
    }
)


def _adoptable(listed: Iterable[ReportRequest]) -> list[ReportRequest]:
    """Return the requests that may serve a job: not failed, and not made by a schedule."""
    return [each for each in listed if each.processing_status in ADOPTABLE and not each.scheduled]


def adopt_requests(
    jobs: Collection[ReportJob],
    listed: Iterable[ReportRequest],
    *,
    now: datetime,
    submitted: Mapping[str, datetime] = _NONE_KNOWN,
) -> list[ReportJob]:
    """Match each job that is to be requested with a listed request for the same report.

    A request matches one report and all streams that read it. Lists contain no options, so jobs
    with options are never matched. Listed marketplaces must be the same; where the list has none,
    the caller leaves out jobs that are not matchable.

    A window that has failed adopts only a request made after the one that failed: the state has the
    id of the last one alone, and two requests with bad documents would otherwise take turns for as
    long as Amazon lists them.

    Args:
        jobs: all jobs; those that already have a request are left unchanged.
        listed: report requests, newest first, as Amazon lists them.
        now: the current time.
        submitted: when the requests that Amazon lists were made, by id.

    Returns:
        The jobs that adopted a request.
    """
    free = _adoptable(listed)
    adopted: list[ReportJob] = []
    for job in jobs:
        if job.phase is not JobStatus.TO_REQUEST or job.spec.options:
            continue
        if (match := _match(job, free, now, submitted)) is not None:
            free.remove(match)
            adopted += _opened((job, *job.same_report_jobs(jobs)), match, now)
    return adopted


def _match(
    job: ReportJob,
    free: Iterable[ReportRequest],
    now: datetime,
    submitted: Mapping[str, datetime],
) -> ReportRequest | None:
    """Return the first request that serves a job, None if it is older than the last failed one."""
    match = next((each for each in free if _serves(each, job, now)), None)
    if match is not None and match.submitted_date <= _last_failure(job, submitted):
        return None  # the others are older still
    return match


def _opened(
    jobs: Sequence[ReportJob], request: ReportRequest, now: datetime
) -> Sequence[ReportJob]:
    """Let jobs for the same report adopt a request; return them."""
    for job in jobs:
        job.opened(request.report_request_id, request.submitted_date, now, adopted=True)
        if job.rule.periods is None and request.end_date is not None:
            job.narrow(request.end_date)
    return jobs


def count_unidentified(
    jobs: Iterable[ReportJob], listed: Iterable[ReportRequest], *, now: datetime
) -> int:
    """Count the jobs that cannot be matched although a request of their type and dates is listed.

    They are requested, perhaps a second time: a wrong report would be worse than a second request.
    """
    free = _adoptable(listed)
    count = 0
    for job in jobs:
        if job.matchable or job.phase is not JobStatus.TO_REQUEST:
            continue
        similar = next((each for each in free if _serves(each, job, now)), None)
        if similar is not None:
            free.remove(similar)
            count += 1
    return count


def _last_failure(job: ReportJob, submitted: Mapping[str, datetime]) -> datetime:
    """Return when the last request that failed for a window, or part of it, was made."""
    ids = failed_request_ids(job)
    return max((submitted[each] for each in ids if each in submitted), default=_NEVER)


def failed_request_ids(job: ReportJob) -> set[str]:
    """Return the ids of the requests that the state names as failed for a window."""
    failed_windows, given_up = job.bookmark.failed_windows, job.bookmark.given_up
    failures = [(each.interval, each.report_request_id) for each in failed_windows]
    failures += [(each.interval, each.report_request_id) for each in given_up]
    return {
        request_id
        for interval, request_id in failures
        if request_id and _overlaps(interval, job.interval)
    }


def _overlaps(failed: Interval | None, interval: Interval | None) -> bool:
    if failed is None or interval is None:
        return failed is interval
    return failed.start < interval.end and interval.start < failed.end


def split_at_listed(jobs: Iterable[ReportJob], listed: Iterable[ReportRequest]) -> list[ReportJob]:
    """Split windows that a listed request covers for the most part; return jobs for the remainders.

    A run that is stopped and repeated some hours later has a longer last window than before. The
    remainder becomes a separate job only when it is longer than `MAX_REMAINDER`. Call
    `adopt_requests` afterwards; the arguments are the same.
    """
    usable = _adoptable(listed)
    queue, remainders = list(jobs), []
    for job in queue:
        if remainder := _split_remainder(job, usable):
            remainders.append(remainder)
            queue.append(remainder)
    return remainders


def _split_remainder(job: ReportJob, listed: Iterable[ReportRequest]) -> ReportJob | None:
    """Split a job at the end of the longest request that covers half of it; return the rest."""
    interval = job.interval
    if (
        interval is None
        or job.rule.periods
        or job.spec.options
        or job.phase is not JobStatus.TO_REQUEST
    ):
        return None
    ends = [
        each.end_date
        for each in listed
        if _is_for(each, job)
        and each.start_date == interval.start
        and each.end_date is not None
        and each.end_date <= interval.end
    ]
    end = max(ends, default=interval.start)
    if interval.end - end <= _max_remainder(job) or end - interval.start < interval.end - end:
        return None
    return job.split(end)


def _is_for(request: ReportRequest, job: ReportJob) -> bool:
    spec = job.spec
    return request.report_type == spec.report_type and request.may_be_for(spec.marketplace_ids)


def _max_remainder(job: ReportJob) -> timedelta:
    return max(MAX_REMAINDER, job.rule.cooldown)


def _serves(request: ReportRequest, job: ReportJob, now: datetime) -> bool:
    if not _is_for(request, job):
        return False
    if job.interval is None:
        return _is_current_snapshot(request, job, now)
    if request.end_date is None:
        return False
    if (periods := job.rule.periods) is not None:
        is_complete = periods.last_complete(request.submitted_date) >= job.interval.end
        dates = job.rule.request_dates(job.interval)
        return is_complete and (request.start_date, request.end_date) == dates
    if request.start_date != job.interval.start:
        return False
    remainder = job.interval.end - request.end_date
    return timedelta(0) <= remainder <= _max_remainder(job)


def _is_current_snapshot(request: ReportRequest, job: ReportJob, now: datetime) -> bool:
    """Whether a snapshot is open, or finished recently with rows that are not yet written.

    Its age counts from its completion: a slow snapshot is not stale when it arrives, and Amazon
    would cancel a new request so soon. Snapshots that the state lists as written are not reread.
    """
    written = job.bookmark.snapshot_taken
    if written is not None and request.submitted_date <= written:
        return False
    finished = request.completed_date or request.submitted_date
    return not request.processing_status.final or now - finished < max_snapshot_age(job.rule)


def adopt_existing(
    jobs: list[ReportJob],
    partition_requests: Sequence[PartitionRequest],
    service: ReportService,
    latencies: Latencies,
    now: datetime,
) -> list[ReportJob]:
    """Let jobs that are to be requested adopt listed requests; return the jobs that did.

    The list also gives the latency of each report type and the quota used before this run. No call
    is made when there is nothing to request. Jobs for the remainders of partly covered windows are
    added to ``jobs``.
    """
    candidates = [job for job in jobs if job.phase is JobStatus.TO_REQUEST]
    if not candidates:
        return []
    listed = _list_requests(partition_requests, service, now)
    service.spent(ThrottledCall.REQUEST, _request_times(listed, now - _HOUR))
    for request in reversed(listed):
        _learn(request, latencies)
    in_use = _requests_in_use(jobs, partition_requests)
    free = [request for request in listed if request.report_request_id not in in_use]
    if count := count_unidentified(candidates, free, now=now):
        logger.warning(
            "Requesting %d reports although Amazon lists requests that may be the same: "
            "its list does not show their options or marketplaces",
            count,
        )
    candidates = [job for job in candidates if job.matchable]
    remainders = split_at_listed(candidates, free)
    jobs += remainders
    submitted = {request.report_request_id: request.submitted_date for request in listed}
    return adopt_requests([*candidates, *remainders], free, now=now, submitted=submitted)


def _list_requests(
    partition_requests: Iterable[PartitionRequest], service: ReportService, now: datetime
) -> list[ReportRequest]:
    # Types with nothing to request are listed, too: they use the same quota.
    types = {each.report_type for each in partition_requests if each.kind != "generated"}
    since = now - service.retention
    return list(service.report_requests(report_types=sorted(types), requested_from=since))


def _requests_in_use(
    jobs: Iterable[ReportJob], partition_requests: Iterable[PartitionRequest]
) -> set[str | None]:
    """Return the ids of requests that are in use, or would fail again for as long as listed."""
    ids = {job.report_request_id for job in jobs}
    for bookmark in (each.bookmark for each in partition_requests):
        ids |= {each.report_request_id for each in bookmark.failed_windows}
        ids |= {each.report_request_id for each in bookmark.given_up}
    return ids


def list_generated(
    partition_requests: Sequence[PartitionRequest], service: ReportService, now: datetime
) -> Iterator[ReportJob]:
    """Yield a job for each document of the generated types that no run has read yet."""
    generated = [
        partition_request
        for partition_request in partition_requests
        if partition_request.kind == "generated"
    ]
    if not generated:
        return
    types = sorted({partition_request.report_type for partition_request in generated})
    earliest = min(partition_request.start for partition_request in generated)
    listed = service.reports(report_types=types, available_from=earliest)
    reports = sorted(listed, key=lambda report: report.available_date)
    for partition_request in generated:
        new = [report for report in reports if _is_new(report, partition_request)]
        for report in new[-1:] if partition_request.newest_only else new:
            job = make_job(partition_request, None, now)
            job.generated(report.report_id, report.available_date, originating_request_id(report))
            yield job


def originating_request_id(report: Report) -> str | None:
    """Return the id of the request behind a report; None if it is not a number, such as ``n/a``."""
    request_id = report.report_request_id or ""
    return request_id if request_id.isdigit() and int(request_id) else None


def _request_times(listed: Iterable[ReportRequest], since: datetime) -> list[datetime]:
    """Return when requests were made, rounded up: the list has whole seconds."""
    return [
        each.submitted_date + _SECOND
        for each in listed
        if not each.scheduled and each.submitted_date > since
    ]


def _learn(request: ReportRequest, latencies: Latencies) -> None:
    if request.completed_date and request.generated_report_id and not request.scheduled:
        took = request.completed_date - request.submitted_date
        latencies.record(request.report_type, took.total_seconds())


def _is_new(report: Report, partition_request: PartitionRequest) -> bool:
    available = report.available_date
    in_time = partition_request.start <= available and (
        partition_request.end is None or available < partition_request.end
    )
    ours = report.report_type == partition_request.report_type and in_time
    ids = [each for each in (report.report_id, originating_request_id(report)) if each]
    bookmark = partition_request.bookmark
    return ours and not bookmark.has_read(*ids) and not bookmark.has_given_up(*ids)
