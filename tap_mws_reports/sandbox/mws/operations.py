"""The fourteen operations, on an account.

Each takes a `Call` and gives the `Answer` to render; GetReport gives the document.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tap_mws_reports import report_types
from tap_mws_reports.api.mws.operations import RETENTION, SCHEDULES, STATUSES
from tap_mws_reports.api.mws.wire import Answer
from tap_mws_reports.sandbox import reports
from tap_mws_reports.sandbox.entries import SUBMITTED, MadeReport, Wanted
from tap_mws_reports.sandbox.ids import day_of, days_since_epoch
from tap_mws_reports.sandbox.mws import lists
from tap_mws_reports.sandbox.mws.items import report_item, request_item, schedule_item
from tap_mws_reports.sandbox.mws.lists import Call
from tap_mws_reports.sandbox.mws.refusals import Refusal
from tap_mws_reports.sandbox.schedules import ScheduleEntry

MOST_DETAILS = 100
"""CancelReportRequests tells of no more requests than this, however many it counts."""

_FURTHEST_SCHEDULE = timedelta(days=366)
_DEFAULT_SPANS = {"_GET_SELLER_FEEDBACK_DATA_": timedelta(days=30)}
_DEFAULT_SPAN = timedelta(days=1)


def request_report(call: Call) -> Answer:
    """RequestReport: validated first, then queued."""
    report_type = _known(call.values["report_type"])
    if "request" not in report_types.load(report_type).asked:
        raise Refusal("AccessToReportDenied", f"{report_type} cannot be requested.")
    start, end = _dates(call, report_type)
    wanted = Wanted(report_type, start, end, _marketplaces(call))
    return Answer((request_item(call.account.request(wanted, call.now, asked=True), call.now),))


def get_report_request_list(call: Call) -> Answer:
    """GetReportRequestList and the further pages of it."""
    _check_statuses(call)
    return lists.request_page(call)


def get_report_list(call: Call) -> Answer:
    """GetReportList and the further pages of it."""
    return lists.report_page(call)


def get_report_schedule_list(call: Call) -> Answer:
    """GetReportScheduleList: always one page."""
    return Answer(tuple(schedule_item(each) for each in lists.schedules(call)))


def get_report_request_count(call: Call) -> Answer:
    """GetReportRequestCount."""
    _check_statuses(call)
    return Answer(count=len(lists.requests(call)))


def get_report_count(call: Call) -> Answer:
    """GetReportCount."""
    return Answer(count=len(lists.reports(call)))


def get_report_schedule_count(call: Call) -> Answer:
    """GetReportScheduleCount."""
    return Answer(count=len(lists.schedules(call)))


def cancel_report_requests(call: Call) -> Answer:
    """CancelReportRequests: counts all it addresses, and cancels those not yet begun.

    As recorded, the entries it shows have no GeneratedReportId.
    """
    _check_statuses(call)
    addressed = lists.requests(call)
    for entry in addressed:
        if entry.status(call.now) == SUBMITTED:
            entry.cancel(call.now)
    shown = (request_item(entry, call.now) for entry in addressed[:MOST_DETAILS])
    items = tuple({**item, "generated_report_id": None} for item in shown)
    return Answer(items, count=len(addressed))


def manage_report_schedule(call: Call) -> Answer:
    """ManageReportSchedule: makes, changes or (``_NEVER_``) deletes the schedule of a type."""
    report_type = _known(call.values["report_type"])
    name = call.values["schedule"]
    if name not in SCHEDULES:
        raise Refusal("InvalidScheduleFrequency", f"{name} is not a valid schedule.")
    first = call.values.get("schedule_date", call.now)
    if first > call.now + _FURTHEST_SCHEDULE:
        raise Refusal("InvalidParameterValue", "ScheduleDate is more than 366 days ahead.")
    period = SCHEDULES[name]
    account = call.account
    schedule = ScheduleEntry(
        account.new_schedule_id(call.now),
        report_type,
        tuple(account.trades),
        name,
        period or timedelta(0),
        first,
    )
    for other in lists.schedules(call._replace(values={"report_types": [report_type]})):
        del account.schedules[other.schedule_id]
    if period is not None:
        account.keep(schedule, call.now)
    return Answer((schedule_item(schedule),), count=1)


def update_report_acknowledgements(call: Call) -> Answer:
    """UpdateReportAcknowledgements: as recorded, a left out Acknowledged stands for true."""
    found = [_report(call, report_id) for report_id in call.values["report_ids"]]
    for report in found:
        report.acknowledged = call.now if call.values.get("acknowledged", True) else None
    return Answer(tuple(map(report_item, found)), count=len(found))


def get_report(call: Call) -> MadeReport:
    """GetReport: the report whose document is the answer."""
    report_id = call.values["report_id"]
    if report_id in call.account.requests:
        raise Refusal("InputDataError", f"{report_id} is a report request, not a report.")
    return _report(call, report_id)


def _continued(operation: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
    return lambda call: operation(lists.continued(call))


OPERATIONS: dict[str, Callable[[Call], Answer]] = {
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
"""All but GetReport, whose answer is no XML."""


def _known(report_type: str) -> str:
    if report_type not in reports.KNOWN:
        raise Refusal("InvalidReportType", f"{report_type} is not a valid report type.")
    return report_type


def _dates(call: Call, report_type: str) -> tuple[datetime, datetime]:
    """Return the dates of a request; where they are left out, those seen in recordings."""
    end = call.values.get("end_date", call.now)
    snapshot = report_types.load(report_type).kind == "snapshot"
    usual = timedelta(0) if snapshot else _DEFAULT_SPANS.get(report_type, _DEFAULT_SPAN)
    start = call.values.get("start_date", end - usual)
    if max(start, end) > call.now:
        raise Refusal("InvalidParameterValue", "StartDate and EndDate may not lie in the future.")
    if start > end:
        raise Refusal("InvalidParameterValue", "StartDate may not be after EndDate.")
    return start, end


def _marketplaces(call: Call) -> tuple[str, ...]:
    """Return the marketplaces of a request; one that is not the seller's fails all of it.

    Source: https://docs.developer.amazonservices.com/en_US/reports/Reports_UsingMultipleMarketplaces.html
    """
    own = call.account.trades
    given: tuple[Any, ...] = call.values.get("marketplace_ids", tuple(own))
    for stranger in (each for each in given if each not in own):
        raise Refusal(
            "InvalidParameterValue",
            f"{stranger} is not a marketplace of seller {call.account.seller_id} here.",
        )
    return given


def _check_statuses(call: Call) -> None:
    for status in call.values.get("processing_statuses", ()):
        if status not in STATUSES:
            raise Refusal("InvalidParameterValue", f"{status} is not a processing status.")


def _report(call: Call, report_id: str) -> MadeReport:
    for report in call.account.reports:
        if report.report_id == report_id:
            return report
    if _is_old(report_id, call.now):
        raise Refusal("ReportNoLongerAvailable", f"Report {report_id} is older than 90 days.")
    raise Refusal("InvalidReportId", f"Report {report_id} does not exist.")


def _is_old(report_id: str, now: datetime) -> bool:
    made = day_of(report_id)
    return made is not None and made < days_since_epoch(now) - RETENTION.days
