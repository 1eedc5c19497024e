"""Records of the account as items of answers, without unknown values.

Source: https://github.com/amzn/selling-partner-api-models/issues/1991
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from tap_mws_reports.api.sp_api.schemas import PERIODS
from tap_mws_reports.sandbox.account_entries import (
    CANCELLED,
    DONE,
    DONE_NO_DATA,
    IN_PROGRESS,
    SUBMITTED,
    RequestEntry,
    ScheduleEntry,
)
from tap_mws_reports.sandbox.sp_api.routing import Json, moment
from tap_mws_reports.sandbox.sp_api.type_checks import name_in

_PERIOD = re.compile(r"P(T?)(\d+)([MHD])")
# A month counts as thirty days.
_UNITS = {
    "TM": timedelta(minutes=1),
    "TH": timedelta(hours=1),
    "D": timedelta(days=1),
    "M": timedelta(days=30),
}


def _length(word: str) -> timedelta:
    time, number, unit = _PERIOD.fullmatch(word).groups()  # type: ignore[union-attr]
    return int(number) * _UNITS[time + unit]


LENGTHS: dict[str, timedelta] = {word: _length(word) for word in PERIODS}
"""Each period by its name."""


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
    spec = entry.spec
    item = {
        "reportType": name_in(spec),
        "processingStatus": status(entry, now),
        "marketplaceIds": list(spec.marketplace_ids),
        "reportId": entry.request_id,
        "reportScheduleId": entry.schedule_id,
        "reportDocumentId": entry.report.document_id if entry.report else None,
        "dataStartTime": moment(spec.start),
        "dataEndTime": moment(spec.end),
        "createdTime": moment(entry.submitted),
        "processingStartTime": moment(entry.starts) if entry.processing_started(now) else None,
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
        "period": schedule.period_name(LENGTHS),
        "nextReportCreationTime": moment(schedule.next_run),
    }
