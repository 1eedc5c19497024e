"""The fourteen operations, on an account.

Each takes a `ListCall` and gives the `Response` to render; GetReport gives the document.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tap_mws_reports import report_types
from tap_mws_reports.api.mws.codec import Response
from tap_mws_reports.api.mws.operations import RETENTION, SCHEDULES, STATUSES
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.sandbox import reports
from tap_mws_reports.sandbox.account_entries import (
    SUBMITTED,
    MadeReport,
    SandboxReportSpec,
    ScheduleEntry,
)
from tap_mws_reports.sandbox.ids import day_of, days_since_epoch
from tap_mws_reports.sandbox.mws import list_queries
from tap_mws_reports.sandbox.mws.list_queries import (
    ListCall,
    report_item,
    request_item,
    schedule_item,
)
from tap_mws_reports.sandbox.mws.rendering import ErrorResult

MOST_DETAILS = 100
"""CancelReportRequests returns no more requests than this, however many it counts."""

_FURTHEST_SCHEDULE = timedelta(days=366)
_DEFAULT_SPANS = {"_GET_SELLER_FEEDBACK_DATA_": timedelta(days=30)}
_DEFAULT_SPAN = timedelta(days=1)


def request_report(call: ListCall) -> Response:
    """RequestReport: validated first, then queued."""
    report_type = _known(call.values["report_type"])
    if "request" not in report_types.load(report_type).request_modes:
        raise ErrorResult("AccessToReportDenied", f"{report_type} cannot be requested.")
    start, end = _dates(call, report_type)
    spec = SandboxReportSpec(report_type, start, end, _marketplaces(call))
    return Response(
        (request_item(call.account.add_mws_request(spec, call.now, requested=True), call.now),)
    )


def get_report_request_list(call: ListCall) -> Response:
    """GetReportRequestList and the further pages of it."""
    _check_statuses(call)
    return list_queries.request_page(call)


def get_report_list(call: ListCall) -> Response:
    """GetReportList and the further pages of it."""
    return list_queries.report_page(call)


def get_report_schedule_list(call: ListCall) -> Response:
    """GetReportScheduleList: always one page."""
    return Response(tuple(schedule_item(each) for each in list_queries.schedules(call)))


def get_report_request_count(call: ListCall) -> Response:
    """GetReportRequestCount."""
    _check_statuses(call)
    return Response(count=len(list_queries.requests(call)))


def get_report_count(call: ListCall) -> Response:
    """GetReportCount."""
    return Response(count=len(list_queries.reports(call)))


def get_report_schedule_count(call: ListCall) -> Response:
    """GetReportScheduleCount."""
    return Response(count=len(list_queries.schedules(call)))


def cancel_report_requests(call: ListCall) -> Response:
    """CancelReportRequests: counts all it addresses, and cancels those not yet begun.

    As recorded, the entries it shows have no GeneratedReportId.
    """
    _check_statuses(call)
    addressed = list_queries.requests(call)
    for entry in addressed:
        if entry.status(call.now) == SUBMITTED:
            entry.cancel(call.now)
    shown = (request_item(entry, call.now) for entry in addressed[:MOST_DETAILS])
    items = tuple({**item, "generated_report_id": None} for item in shown)
    return Response(items, count=len(addressed))


def manage_report_schedule(call: ListCall) -> Response:
    """ManageReportSchedule: makes, changes or (``_NEVER_``) deletes the schedule of a type."""
    report_type = _known(call.values["report_type"])
    name = call.values["schedule"]
    if name not in SCHEDULES:
        raise ErrorResult("InvalidScheduleFrequency", f"{name} is not a valid schedule.")
    first = call.values.get("schedule_date", call.now)
    if first > call.now + _FURTHEST_SCHEDULE:
        raise ErrorResult("InvalidParameterValue", "ScheduleDate is more than 366 days ahead.")
    period = SCHEDULES[name]
    account = call.account
    schedule = ScheduleEntry(
        account.new_schedule_id(call.now),
        report_type,
        tuple(account.seller_data),
        name,
        period or timedelta(0),
        first,
    )
    for other in list_queries.schedules(call._replace(values={"report_types": [report_type]})):
        del account.schedules[other.schedule_id]
    if period is not None:
        account.keep(schedule, call.now)
    return Response((schedule_item(schedule),), count=1)


def update_report_acknowledgements(call: ListCall) -> Response:
    """UpdateReportAcknowledgements: as recorded, a left out Acknowledged stands for true."""
    found = [_report(call, report_id) for report_id in call.values["report_ids"]]
    for report in found:
        report.acknowledged = call.now if call.values.get("acknowledged", True) else None
    return Response(tuple(map(report_item, found)), count=len(found))


def get_report(call: ListCall) -> MadeReport:
    """GetReport: the report whose document is the answer."""
    report_id = call.values["report_id"]
    if report_id in call.account.requests:
        raise ErrorResult("InputDataError", f"{report_id} is a report request, not a report.")
    report = _report(call, report_id)
    if report.gone:
        raise ErrorResult("ReportNoLongerAvailable", f"Report {report_id} is not available.")
    return report


def _continued(operation: Callable[[ListCall], Response]) -> Callable[[ListCall], Response]:
    return lambda call: operation(list_queries.continued(call))


OPERATIONS: dict[str, Callable[[ListCall], Response]] = {
    "RequestReport": request_report,
    "GetReportRequestList": get_report_request_list,
    "GetReportRequestListByNextToken": _continued(get_report_request_list),
    "GetReportRequestCount": get_report_request_count,
    "CancelReportRequests": cancel_report_requests,
    "GetReportList": get_report_list,
    "GetReportListByNextToken": _continued(get_report_list),
    "GetReportCount": get_report_count,
    "ManageReportSchedule": manage_report_schedule,
    "GetReportScheduleList": get_report_schedule_list,
    "GetReportScheduleListByNextToken": _continued(get_report_schedule_list),
    "GetReportScheduleCount": get_report_schedule_count,
    "UpdateReportAcknowledgements": update_report_acknowledgements,
}
"""All but GetReport, whose answer is not XML."""


def _known(report_type: str) -> str:
    """Return a type that MWS has; one without documents in the sandbox ends without data."""
    if report_type not in reports.KNOWN and not _is_of_mws(report_type):
        raise ErrorResult("InvalidReportType", f"{report_type} is not a valid report type.")
    return report_type


def _is_of_mws(name: str) -> bool:
    try:
        found = report_types.load(name)
    except SettingsError:
        return False
    # Every entry names its sources; the default for unknown types has none.
    return found.name == name and "mws" in found.services and bool(found.source)


def _dates(call: ListCall, report_type: str) -> tuple[datetime, datetime]:
    """Return the dates of a request; where they are left out, those seen in recordings."""
    end = call.values.get("end_date", call.now)
    snapshot = report_types.load(report_type).kind == "snapshot"
    usual = timedelta(0) if snapshot else _DEFAULT_SPANS.get(report_type, _DEFAULT_SPAN)
    start = call.values.get("start_date", end - usual)
    if max(start, end) > call.now:
        raise ErrorResult(
            "InvalidParameterValue", "StartDate and EndDate may not lie in the future."
        )
    if start > end:
        raise ErrorResult("InvalidParameterValue", "StartDate may not be after EndDate.")
    return start, end


def _marketplaces(call: ListCall) -> tuple[str, ...]:
    """Return the marketplaces of a request; one that is not the seller's fails all of it.

    Source: https://docs.developer.amazonservices.com/en_US/reports/Reports_UsingMultipleMarketplaces.html
    """
    known = call.account.seller_data
    given: tuple[Any, ...] = call.values.get("marketplace_ids", tuple(known))
    for stranger in (each for each in given if each not in known):
        raise ErrorResult(
            "InvalidParameterValue",
            f"{stranger} is not a marketplace of seller {call.account.seller_id} here.",
        )
    return given


def _check_statuses(call: ListCall) -> None:
    for status in call.values.get("processing_statuses", ()):
        if status not in STATUSES:
            raise ErrorResult("InvalidParameterValue", f"{status} is not a processing status.")


def _report(call: ListCall, report_id: str) -> MadeReport:
    for report in call.account.reports:
        if report.report_id == report_id:
            return report
    if _is_old(report_id, call.now):
        raise ErrorResult("ReportNoLongerAvailable", f"Report {report_id} is older than 90 days.")
    raise ErrorResult("InvalidReportId", f"Report {report_id} does not exist.")


def _is_old(report_id: str, now: datetime) -> bool:
    made = day_of(report_id)
    return made is not None and made < days_since_epoch(now) - RETENTION.days
