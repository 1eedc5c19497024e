"""Taking over report requests that Amazon already has, so that nothing is asked for twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from tap_mws_reports.api.interface import ProcessingStatus, ReportRequest
from tap_mws_reports.retrieval.intervals import Span
from tap_mws_reports.retrieval.windows import freshness
from tap_mws_reports.retrieval.work import Phase, Work

LEFT_OVER = timedelta(hours=1)
"""How much of a window an adopted request may leave to the next run."""

USABLE = frozenset(
    {
        ProcessingStatus.SUBMITTED,
        ProcessingStatus.IN_PROGRESS,
        ProcessingStatus.DONE,
        ProcessingStatus.DONE_NO_DATA,
    }
)


def adopt(works: Iterable[Work], listed: Iterable[ReportRequest], *, now: datetime) -> list[Work]:
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
    adopted = []
    for report in _by_report(works):
        match = next((each for each in free if _serves(each, report[0], now)), None)
        if match is None:
            continue
        free.remove(match)
        for work in report:
            work.opened(match.report_request_id, match.submitted_date, now, adopted=True)
            work.span = _narrowed(work.span, match)
            adopted.append(work)
    return adopted


def _by_report(works: Iterable[Work]) -> Iterable[list[Work]]:
    """Return the works that may be adopted, those of one report together."""
    reports: dict[object, list[Work]] = {}
    for work in works:
        if work.phase is Phase.TO_REQUEST and not work.spec.options:
            reports.setdefault(work.spec, []).append(work)
    return reports.values()


def _serves(request: ReportRequest, work: Work, now: datetime) -> bool:
    if request.report_type != work.spec.report_type:
        return False
    if work.span is None:
        age = now - request.submitted_date
        return not request.processing_status.final or age < freshness(work.rule)
    if request.start_date != work.span.start or request.end_date is None:
        return False
    return timedelta(0) <= work.span.end - request.end_date <= LEFT_OVER


def _narrowed(span: Span | None, request: ReportRequest) -> Span | None:
    if span is None or request.end_date is None:
        return span
    return Span(span.start, request.end_date)
