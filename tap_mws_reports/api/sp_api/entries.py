"""Objects of SP-API as the values that cross `interface`.

A report has one id here, for the request as for the document: `reportId`. Its document's own id is
only asked for when the document is fetched.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from tap_mws_reports.api.interface import (
    ProcessingStatus,
    Report,
    ReportRequest,
    ReportSchedule,
)
from tap_mws_reports.api.sp_api.enumerations import PERIODS, STATUSES
from tap_mws_reports.api.sp_api.report_types import SpApiTypes

logger = logging.getLogger(__name__)

Item = Mapping[str, Any]


def report_request(item: Item, types: SpApiTypes, status: ProcessingStatus) -> ReportRequest:
    """Return a report as the request that it once was."""
    return ReportRequest(
        report_request_id=item["reportId"],
        report_type=types.called(item["reportType"]).name,
        start_date=item.get("dataStartTime"),
        end_date=item.get("dataEndTime"),
        scheduled="reportScheduleId" in item,
        submitted_date=item["createdTime"],
        processing_status=status,
        generated_report_id=item["reportId"] if "reportDocumentId" in item else None,
        started_processing_date=item.get("processingStartTime"),
        completed_date=item.get("processingEndTime"),
        marketplace_ids=tuple(item.get("marketplaceIds", ())),
    )


def report(item: Item, types: SpApiTypes) -> Report:
    """Return a report as the document that it has become."""
    return Report(
        report_id=item["reportId"],
        report_type=types.called(item["reportType"]).name,
        report_request_id=item["reportId"],
        available_date=item.get("processingEndTime") or item["createdTime"],
    )


def report_schedule(item: Item, types: SpApiTypes) -> ReportSchedule:
    """Return a schedule, in the word of MWS for how often where it had one."""
    return ReportSchedule(
        report_type=types.called(item["reportType"]).name,
        schedule=PERIODS.get(item["period"]) or item["period"],
        scheduled_date=item.get("nextReportCreationTime"),
        marketplace_ids=tuple(item.get("marketplaceIds", ())),
    )


def processing_status(text: str) -> ProcessingStatus:
    """Read a status. One that nobody knows counts as unfinished: nothing is taken for done."""
    if text not in STATUSES:
        logger.warning("unknown report processing status %r, taken for unfinished", text)
    return STATUSES.get(text, ProcessingStatus.IN_PROGRESS)
