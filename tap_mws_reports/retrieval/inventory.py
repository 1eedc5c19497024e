"""What Amazon already has of what is wanted: requests to take over, documents made unasked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from tap_mws_reports.api.interface import Call, Report, ReportRequest, ReportService
from tap_mws_reports.retrieval.adoption import adopt, split_at_listed
from tap_mws_reports.retrieval.latency import Latencies
from tap_mws_reports.retrieval.work import Phase, Work
from tap_mws_reports.retrieval.worklist import Demand, work_on

_HOUR = timedelta(hours=1)
_SECOND = timedelta(seconds=1)


def take_over(
    works: list[Work],
    demands: Sequence[Demand],
    service: ReportService,
    latencies: Latencies,
    now: datetime,
) -> list[Work]:
    """Let works that wait to be requested take over what Amazon lists, and return them.

    The list also teaches how long reports of each type take, and how much of the quota was spent
    before this run. No call is made when there is nothing to request. Works for the rest of windows
    that Amazon lists in part are added to ``works``.
    """
    candidates = [work for work in works if work.phase is Phase.TO_REQUEST]
    if not candidates:
        return []
    # Types with nothing to request are listed, too: theirs is the same quota.
    types = sorted({demand.report_type for demand in demands if demand.kind != "generated"})
    since = now - service.retention
    listed = list(service.report_requests(report_types=types, requested_from=since))
    service.spent(Call.REQUEST, _called(listed, now - _HOUR))
    for request in reversed(listed):
        _learn(request, latencies)
    known = {work.report_request_id for work in works}
    # What came to nothing once would do so again, as long as Amazon lists it.
    known |= {hole.report_request_id for demand in demands for hole in demand.bookmark.holes}
    known |= {each.report_request_id for demand in demands for each in demand.bookmark.given_up}
    candidates = [work for work in candidates if work.recognisable]
    unknown = [request for request in listed if request.report_request_id not in known]
    rests = split_at_listed(candidates, unknown)
    works += rests
    return adopt([*candidates, *rests], unknown, now=now)


def made_unasked(
    demands: Sequence[Demand], service: ReportService, now: datetime
) -> Iterator[Work]:
    """Yield a work for every document of the generated types that no run has read yet."""
    generated = [demand for demand in demands if demand.kind == "generated"]
    if not generated:
        return
    types = sorted({demand.report_type for demand in generated})
    earliest = min(demand.start for demand in generated)
    listed = service.reports(report_types=types, available_from=earliest)
    reports = sorted(listed, key=lambda report: report.available_date)
    for demand in generated:
        new = [report for report in reports if _is_new(report, demand)]
        for report in new[-1:] if demand.newest_only else new:
            work = work_on(demand, None, now)
            work.generated(report.report_id, report.available_date, origin(report))
            yield work


def origin(report: Report) -> str | None:
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


def _is_new(report: Report, demand: Demand) -> bool:
    available = report.available_date
    in_time = demand.start <= available and (demand.end is None or available < demand.end)
    ours = report.report_type == demand.report_type and in_time
    ids = [each for each in (report.report_id, origin(report)) if each]
    bookmark = demand.bookmark
    return ours and not bookmark.has_read(*ids) and not bookmark.has_given_up(*ids)
