"""Making the work list: from settings, report types and state to pieces of work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tap_mws_reports.api.interface import Report, ReportService, ReportSpec
from tap_mws_reports.retrieval.adoption import adopt
from tap_mws_reports.retrieval.bookmarks import Bookmark
from tap_mws_reports.retrieval.intervals import Span
from tap_mws_reports.retrieval.windows import (
    WindowRule,
    freshness,
    goal,
    new_windows,
    snapshot_due,
)
from tap_mws_reports.retrieval.work import Phase, Work

RETENTION = timedelta(days=90)
"""Amazon keeps report requests and documents this long
(https://docs.developer.amazonservices.com/en_US/reports/Reports_GetReport.html)."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What one row stream wants: which report type, since when, by which rules.

    ``kind`` is ``range``, ``snapshot`` or ``generated``. ``newest_only`` is for a trial run that
    wants a few rows and not every report. ``one_marketplace`` is a type whose reports cover only
    one marketplace: which one, a list of requests does not tell.
    """

    stream: str
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


def work_list(demands: Iterable[Demand], service: ReportService, now: datetime) -> list[Work]:
    """Return all that is to be done, with what Amazon already has taken over.

    Asks Amazon for at most two lists, whatever the number of demands.
    """
    demands = list(demands)
    works = [work for demand in demands for work in _wanted(demand, now)]
    _share_open(works)
    _adopt_listed(works, demands, service, now)
    generated = [demand for demand in demands if demand.kind == "generated"]
    return [*works, *_generated(generated, service)]


def _wanted(demand: Demand, now: datetime) -> Iterator[Work]:
    if demand.kind == "generated":
        return
    open_requests = demand.bookmark.open_requests
    for request in open_requests:
        work = _work(demand, request.span)
        work.opened(request.report_request_id, request.submitted, adopted=True)
        yield work
    if demand.kind == "snapshot":
        due = snapshot_due(demand.bookmark, demand.rule, demand.end, now)
        if due and not open_requests:
            yield _work(demand, None)
        return
    spans = [hole.span for hole in demand.bookmark.holes if hole.span]
    whole = goal(demand.start, demand.end, now)
    wanted = sorted([*spans, *new_windows(whole, demand.rule, demand.bookmark)])
    for span in wanted[-1:] if demand.newest_only else wanted:
        yield _work(demand, span)


def _work(demand: Demand, span: Span | None) -> Work:
    spec = ReportSpec(
        report_type=demand.report_type,
        start=span.start if span else None,
        end=span.end if span else None,
        marketplace_ids=demand.marketplace_ids,
        options=demand.options,
    )
    return Work(demand.stream, spec, demand.bookmark, span)


def _share_open(works: list[Work]) -> None:
    """Let streams that want the very same report have the request that one of them remembers."""
    for work in works:
        if work.report_request_id and work.submitted:
            for twin in work.twins(works):
                twin.opened(work.report_request_id, work.submitted, adopted=True)


def _adopt_listed(
    works: list[Work], demands: list[Demand], service: ReportService, now: datetime
) -> None:
    # Streams that read the lists of one report ask for it in one way.
    ways = {(each.report_type, each.marketplace_ids, each.options) for each in demands}
    wanted = Counter(report_type for report_type, _, _ in ways)
    clear = {
        demand.report_type
        for demand in demands
        if wanted[demand.report_type] == 1 and not demand.one_marketplace
    }
    candidates = [
        work for work in works if work.phase is Phase.TO_REQUEST and work.spec.report_type in clear
    ]
    if not candidates:
        return
    types = sorted({work.spec.report_type for work in candidates})
    known = {work.report_request_id for work in works}
    # What came to nothing once would do so again, as long as Amazon lists it.
    known |= {hole.report_request_id for demand in demands for hole in demand.bookmark.holes}
    listed = [
        request
        for request in service.report_requests(report_types=types, requested_from=now - RETENTION)
        if request.report_request_id not in known
    ]
    ages = {demand.report_type: freshness(demand.rule) for demand in demands}
    adopt(candidates, listed, now=now, freshness=ages)


def _generated(demands: list[Demand], service: ReportService) -> Iterator[Work]:
    if not demands:
        return
    types = sorted({demand.report_type for demand in demands})
    earliest = min(demand.start for demand in demands)
    reports = sorted(
        service.reports(report_types=types, available_from=earliest),
        key=lambda report: report.available_date,
    )
    for demand in demands:
        new = [report for report in reports if _is_new(report, demand)]
        for report in new[-1:] if demand.newest_only else new:
            work = _work(demand, None)
            work.taken = report.available_date
            work.ready(report.report_id)
            yield work


def _is_new(report: Report, demand: Demand) -> bool:
    available = report.available_date
    in_time = demand.start <= available and (demand.end is None or available < demand.end)
    ours = report.report_type == demand.report_type and in_time
    return ours and not demand.bookmark.has_read(report.report_id)
