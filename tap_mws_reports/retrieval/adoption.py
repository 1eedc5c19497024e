"""Taking over report requests that Amazon already has, so that nothing is asked for twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from tap_mws_reports.api.interface import ProcessingStatus, ReportRequest
from tap_mws_reports.retrieval.intervals import Span
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

    A request serves one report, and all streams that are read from it. The list does not tell
    marketplaces or options, so works with options are never matched; the caller leaves out those
    that are not recognisable.

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
                each.span = _narrowed(each, match)
                adopted.append(each)
    return adopted


def _serves(request: ReportRequest, work: Work, now: datetime) -> bool:
    if request.report_type != work.spec.report_type:
        return False
    if work.span is None:
        age = now - request.submitted_date
        return not request.processing_status.final or age < freshness(work.rule)
    if request.end_date is None:
        return False
    if (periods := work.rule.periods) is not None:
        over = periods.over(request.submitted_date) >= work.span.end
        return over and (request.start_date, request.end_date) == work.rule.asked(work.span)
    if request.start_date != work.span.start:
        return False
    left_over = work.span.end - request.end_date
    return timedelta(0) <= left_over <= max(LEFT_OVER, work.rule.cooldown)


def _narrowed(work: Work, request: ReportRequest) -> Span | None:
    if work.span is None or work.rule.periods is not None or request.end_date is None:
        return work.span
    return Span(work.span.start, request.end_date)
