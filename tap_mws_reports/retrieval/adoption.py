"""Taking over report requests that Amazon already has, so that nothing is asked for twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from tap_mws_reports.api.interface import ProcessingStatus, ReportRequest
from tap_mws_reports.retrieval.windows import freshness
from tap_mws_reports.retrieval.work import Phase, Work

LEFT_OVER = timedelta(hours=1)
"""How much of a window an adopted request may leave to the next run, or a cooldown if longer."""

USABLE = frozenset(
    {
        ProcessingStatus.SUBMITTED,
        ProcessingStatus.IN_PROGRESS,
        ProcessingStatus.DONE,
        ProcessingStatus.DONE_NO_DATA,
    }
)


def adopt(works: Collection[Work], listed: Iterable[ReportRequest], *, now: datetime) -> list[Work]:
    """Give each work that waits to be requested a listed request that serves as well.

    A request serves one report, and all streams that are read from it. No list tells options, so
    works with options are never matched. Where it tells marketplaces, they have to be the same;
    where it does not, the caller leaves out works that are not recognisable.

    Args:
        works: the work list; works that already have a request are left alone.
        listed: report requests, newest first, as Amazon lists them.
        now: the present moment.

    Returns:
        The works that have got a request.
    """
    free = [each for each in listed if each.processing_status in USABLE and not each.scheduled]
    adopted: list[Work] = []
    for work in works:
        if work.phase is not Phase.TO_REQUEST or work.spec.options:
            continue
        match = next((each for each in free if _serves(each, work, now)), None)
        if match is not None:
            free.remove(match)
            for each in (work, *work.twins(works)):
                each.opened(match.report_request_id, match.submitted_date, now, adopted=True)
                if each.rule.periods is None and match.end_date is not None:
                    each.narrow(match.end_date)
                adopted.append(each)
    return adopted


def split_at_listed(works: Iterable[Work], listed: Iterable[ReportRequest]) -> list[Work]:
    """Cut windows of which a listed request has most already, and return works for what is left.

    A run that is stopped and repeated some hours later wants its last window longer than before.
    What is left is another request only when it is more than a request may leave to the next run.
    The arguments are those of `adopt`, which is to follow.
    """
    usable = [
        each
        for each in listed
        if each.processing_status in USABLE and not each.scheduled and each.end_date is not None
    ]
    queue, rests = list(works), []
    for work in queue:
        if rest := _rest_of(work, usable):
            rests.append(rest)
            queue.append(rest)
    return rests


def _rest_of(work: Work, listed: Iterable[ReportRequest]) -> Work | None:
    """Cut a work at the end of the longest request that has half of it; return the other part."""
    span = work.span
    if span is None or work.rule.periods or work.spec.options or work.phase is not Phase.TO_REQUEST:
        return None
    ends = [
        each.end_date
        for each in listed
        if _is_alike(each, work)
        and each.start_date == span.start
        and each.end_date is not None
        and each.end_date <= span.end
    ]
    end = max(ends, default=span.start)
    if span.end - end <= _may_be_left(work) or end - span.start < span.end - end:
        return None
    return work.split(end)


def _is_alike(request: ReportRequest, work: Work) -> bool:
    spec = work.spec
    return request.report_type == spec.report_type and request.may_be_for(spec.marketplace_ids)


def _may_be_left(work: Work) -> timedelta:
    return max(LEFT_OVER, work.rule.cooldown)


def _serves(request: ReportRequest, work: Work, now: datetime) -> bool:
    if not _is_alike(request, work):
        return False
    if work.span is None:
        return _shows_the_present(request, work, now)
    if request.end_date is None:
        return False
    if (periods := work.rule.periods) is not None:
        over = periods.over(request.submitted_date) >= work.span.end
        return over and (request.start_date, request.end_date) == work.rule.asked(work.span)
    if request.start_date != work.span.start:
        return False
    left_over = work.span.end - request.end_date
    return timedelta(0) <= left_over <= _may_be_left(work)


def _shows_the_present(request: ReportRequest, work: Work, now: datetime) -> bool:
    """Whether a snapshot is open, or was finished lately and its rows are not yet written.

    Its age counts from its end: one that took long is not stale when it arrives, and asked for
    anew so soon Amazon would cancel it. What the state has as written is not read again.
    """
    written = work.bookmark.snapshot_taken
    if written is not None and request.submitted_date <= written:
        return False
    finished = request.completed_date or request.submitted_date
    return not request.processing_status.final or now - finished < freshness(work.rule)
