"""Records of the account as items of answers."""

from __future__ import annotations

from datetime import datetime

from tap_mws_reports.api.mws.operations import SCHEDULES
from tap_mws_reports.sandbox.entries import DONE, MadeReport, RequestEntry
from tap_mws_reports.sandbox.schedules import ScheduleEntry

Item = dict[str, object]


def request_item(entry: RequestEntry, now: datetime) -> Item:
    """Return a ReportRequestInfo; what is not yet known is None."""
    status = entry.status(now)
    return {
        "report_request_id": entry.request_id,
        "report_type": entry.wanted.report_type,
        "start_date": entry.wanted.start,
        "end_date": entry.wanted.end,
        "scheduled": entry.scheduled,
        "submitted_date": entry.submitted,
        "processing_status": status,
        "generated_report_id": entry.report.report_id if entry.report and status == DONE else None,
        "started_processing_date": entry.starts if entry.worked_on(now) else None,
        "completed_date": entry.ends if entry.outcome else None,
    }


def report_item(report: MadeReport) -> Item:
    """Return a ReportInfo."""
    return {
        "report_id": report.report_id,
        "report_type": report.report_type,
        "report_request_id": report.request_id,
        "available_date": report.available,
        "acknowledged": report.acknowledged is not None,
        "acknowledged_date": report.acknowledged,
    }


def schedule_item(schedule: ScheduleEntry) -> Item:
    """Return a ReportSchedule."""
    return {
        "report_type": schedule.report_type,
        "schedule": schedule.word_among(SCHEDULES),
        "scheduled_date": schedule.next_run,
    }
