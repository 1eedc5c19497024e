"""Taking over report requests that Amazon already has, so that nothing is asked for twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from tap_mws_reports.api.interface import (
    ProcessingStatus,
    Report,
    ReportRequest,
    ReportService,
    ThrottledCall,
)
from tap_mws_reports.retrieval.planning.job_planner import PartitionRequest, make_job
from tap_mws_reports.retrieval.planning.windows import max_snapshot_age
from tap_mws_reports.retrieval.report_job import JobStatus, ReportJob
from tap_mws_reports.retrieval.scheduling.latency import Latencies

MAX_REMAINDER = timedelta(hours=1)
"""How much of a window an adopted request may leave to the next run, or a cooldown if longer."""

ADOPTABLE = frozenset(
    {
        ProcessingStatus.SUBMITTED,
        ProcessingStatus.IN_PROGRESS,
        ProcessingStatus.DONE,
        ProcessingStatus.DONE_NO_DATA,
    }
)


def adopt_requests(
    jobs: Collection[ReportJob], listed: Iterable[ReportRequest], *, now: datetime
) -> list[ReportJob]:
    """Give each work that waits to be requested a listed request that serves as well.

    A request serves one report, and all streams that are read from it. No list tells options, so
    works with options are never matched. Where it tells marketplaces, they have to be the same;
    where it does not, the caller leaves out works that are not recognisable.

    Args:
        jobs: the work list; works that already have a request are left alone.
        listed: report requests, newest first, as Amazon lists them.
        now: the present moment.

    Returns:
        The works that have got a request.
    """
    free = [each for each in listed if each.processing_status in ADOPTABLE and not each.scheduled]
    adopted: list[ReportJob] = []
    for job in jobs:
        if job.phase is not JobStatus.TO_REQUEST or job.spec.options:
            continue
        match = next((each for each in free if _serves(each, job, now)), None)
        if match is not None:
            free.remove(match)
            for each in (job, *job.same_report_jobs(jobs)):
                each.opened(match.report_request_id, match.submitted_date, now, adopted=True)
                if each.rule.periods is None and match.end_date is not None:
                    each.narrow(match.end_date)
                adopted.append(each)
    return adopted


def split_at_listed(jobs: Iterable[ReportJob], listed: Iterable[ReportRequest]) -> list[ReportJob]:
    """Cut windows of which a listed request has most already, and return works for what is left.

    A run that is stopped and repeated some hours later wants its last window longer than before.
    What is left is another request only when it is more than a request may leave to the next run.
    The arguments are those of `adopt_requests`, which is to follow.
    """
    usable = [
        each
        for each in listed
        if each.processing_status in ADOPTABLE and not each.scheduled and each.end_date is not None
    ]
    queue, backlogs = list(jobs), []
    for job in queue:
        if rest := _rest_of(job, usable):
            backlogs.append(rest)
            queue.append(rest)
    return backlogs


def _rest_of(job: ReportJob, listed: Iterable[ReportRequest]) -> ReportJob | None:
    """Cut a work at the end of the longest request that has half of it; return the other part."""
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
        if _is_alike(each, job)
        and each.start_date == interval.start
        and each.end_date is not None
        and each.end_date <= interval.end
    ]
    end = max(ends, default=interval.start)
    if interval.end - end <= _may_be_left(job) or end - interval.start < interval.end - end:
        return None
    return job.split(end)


def _is_alike(request: ReportRequest, job: ReportJob) -> bool:
    spec = job.spec
    return request.report_type == spec.report_type and request.may_be_for(spec.marketplace_ids)


def _may_be_left(job: ReportJob) -> timedelta:
    return max(MAX_REMAINDER, job.rule.cooldown)


def _serves(request: ReportRequest, job: ReportJob, now: datetime) -> bool:
    if not _is_alike(request, job):
        return False
    if job.interval is None:
        return _shows_the_present(request, job, now)
    if request.end_date is None:
        return False
    if (periods := job.rule.periods) is not None:
        over = periods.over(request.submitted_date) >= job.interval.end
        return over and (request.start_date, request.end_date) == job.rule.asked(job.interval)
    if request.start_date != job.interval.start:
        return False
    left_over = job.interval.end - request.end_date
    return timedelta(0) <= left_over <= _may_be_left(job)


def _shows_the_present(request: ReportRequest, job: ReportJob, now: datetime) -> bool:
    """Whether a snapshot is open, or was finished lately and its rows are not yet written.

    Its age counts from its end: one that took long is not stale when it arrives, and asked for
    anew so soon Amazon would cancel it. What the state has as written is not read again.
    """
    written = job.bookmark.snapshot_taken
    if written is not None and request.submitted_date <= written:
        return False
    finished = request.completed_date or request.submitted_date
    return not request.processing_status.final or now - finished < max_snapshot_age(job.rule)


_HOUR = timedelta(hours=1)
_SECOND = timedelta(seconds=1)


def adopt_existing(
    jobs: list[ReportJob],
    partition_requests: Sequence[PartitionRequest],
    service: ReportService,
    latencies: Latencies,
    now: datetime,
) -> list[ReportJob]:
    """Let works that wait to be requested take over what Amazon lists, and return them.

    The list also teaches how long reports of each type take, and how much of the quota was spent
    before this run. No call is made when there is nothing to request. Works for the rest of windows
    that Amazon lists in part are added to ``jobs``.
    """
    candidates = [job for job in jobs if job.phase is JobStatus.TO_REQUEST]
    if not candidates:
        return []
    # Types with nothing to request are listed, too: theirs is the same quota.
    types = sorted(
        {
            partition_request.report_type
            for partition_request in partition_requests
            if partition_request.kind != "generated"
        }
    )
    since = now - service.retention
    listed = list(service.report_requests(report_types=types, requested_from=since))
    service.spent(ThrottledCall.REQUEST, _called(listed, now - _HOUR))
    for request in reversed(listed):
        _learn(request, latencies)
    known = {job.report_request_id for job in jobs}
    # What came to nothing once would do so again, as long as Amazon lists it.
    known |= {
        failed_window.report_request_id
        for partition_request in partition_requests
        for failed_window in partition_request.bookmark.failed_windows
    }
    known |= {
        each.report_request_id
        for partition_request in partition_requests
        for each in partition_request.bookmark.given_up
    }
    candidates = [job for job in candidates if job.matchable]
    unknown = [request for request in listed if request.report_request_id not in known]
    backlogs = split_at_listed(candidates, unknown)
    jobs += backlogs
    return adopt_requests([*candidates, *backlogs], unknown, now=now)


def list_generated(
    partition_requests: Sequence[PartitionRequest], service: ReportService, now: datetime
) -> Iterator[ReportJob]:
    """Yield a work for every document of the generated types that no run has read yet."""
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
    """Return the id of the request behind a report, unless that is a word such as ``n/a``."""
    request_id = report.report_request_id or ""
    return request_id if request_id.isdigit() and int(request_id) else None


def _called(listed: Iterable[ReportRequest], since: datetime) -> list[datetime]:
    """Return when requests were made: the list tells in which second, not when within it."""
    return [
        each.submitted_date + _SECOND
        for each in listed
        if not each.scheduled and each.submitted_date > since
    ]


def _learn(request: ReportRequest, latencies: Latencies) -> None:
    if request.completed_date and request.generated_report_id and not request.scheduled:
        took = request.completed_date - request.submitted_date
        latencies.note(request.report_type, took.total_seconds())


def _is_new(report: Report, partition_request: PartitionRequest) -> bool:
    available = report.available_date
    in_time = partition_request.start <= available and (
        partition_request.end is None or available < partition_request.end
    )
    ours = report.report_type == partition_request.report_type and in_time
    ids = [each for each in (report.report_id, originating_request_id(report)) if each]
    bookmark = partition_request.bookmark
    return ours and not bookmark.has_read(*ids) and not bookmark.has_given_up(*ids)
