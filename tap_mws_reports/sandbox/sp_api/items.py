"""Records of the account as items of answers, without unknown values.

Source: https://github.com/amzn/selling-partner-api-models/issues/1991
"""

from __future__ import annotations

from datetime import datetime

from tap_mws_reports.sandbox.entries import (
    CANCELLED,
    DONE,
    DONE_NO_DATA,
    IN_PROGRESS,
    SUBMITTED,
    RequestEntry,
)
from tap_mws_reports.sandbox.schedules import ScheduleEntry
from tap_mws_reports.sandbox.sp_api.calls import Json, moment
from tap_mws_reports.sandbox.sp_api.periods import LENGTHS
from tap_mws_reports.sandbox.sp_api.type_names import name_in

_STATUSES = {
    SUBMITTED: "IN_QUEUE",
    IN_PROGRESS: "IN_PROGRESS",
    DONE: "DONE",
    DONE_NO_DATA: "CANCELLED",
    CANCELLED: "CANCELLED",
}


def status(entry: RequestEntry, now: datetime) -> str:
    """Return the processing status."""
    return "FATAL" if entry.outcome and entry.failed else _STATUSES[entry.status(now)]


def report_item(entry: RequestEntry, now: datetime) -> Json:
    """Return a Report."""
    wanted = entry.wanted
    item = {
        "reportType": name_in(wanted),
        "processingStatus": status(entry, now),
        "marketplaceIds": list(wanted.marketplace_ids),
        "reportId": entry.request_id,
        "reportScheduleId": entry.schedule_id,
        "reportDocumentId": entry.report.document_id if entry.report else None,
        "dataStartTime": moment(wanted.start),
        "dataEndTime": moment(wanted.end),
        "createdTime": moment(entry.submitted),
        "processingStartTime": moment(entry.starts) if entry.worked_on(now) else None,
        "processingEndTime": moment(entry.ends) if entry.outcome and entry.ends else None,
    }
    return {name: value for name, value in item.items() if value is not None}


def schedule_item(schedule: ScheduleEntry) -> Json:
    """Return a ReportSchedule."""
    return {
        "reportScheduleId": schedule.schedule_id,
        "reportType": name_in(schedule),
        "marketplaceIds": list(schedule.marketplace_ids),
        "reportOptions": schedule.options,
        "period": schedule.word_among(LENGTHS),
        "nextReportCreationTime": moment(schedule.next_run),
    }
