"""Objects of SP-API as the values of `interface`.

A report has one id here, for the request and for the document: `reportId`. The document's own id is
used only for the download.
"""

from __future__ import annotations

import logging

from tap_mws_reports.api.interface import (
    ProcessingStatus,
    Report,
    ReportRequest,
    ReportSchedule,
)
from tap_mws_reports.api.sp_api import response_models as models
from tap_mws_reports.api.sp_api.schemas import PERIODS, STATUSES
from tap_mws_reports.api.sp_api.sp_api_types import SpApiTypes

logger = logging.getLogger(__name__)


def report_request(
    item: models.Report, types: SpApiTypes, status: ProcessingStatus
) -> ReportRequest:
    """Convert a report to its request."""
    return ReportRequest(
        report_request_id=item.report_id,
        report_type=types.called(item.report_type).name,
        start_date=item.data_start_time,
        end_date=item.data_end_time,
        scheduled=item.report_schedule_id is not None,
        submitted_date=item.created_time,
        processing_status=status,
        generated_report_id=item.report_id if item.report_document_id is not None else None,
        started_processing_date=item.processing_start_time,
        completed_date=item.processing_end_time,
        marketplace_ids=tuple(item.marketplace_ids or ()),
    )


def report(item: models.Report, types: SpApiTypes) -> Report:
    """Convert a finished report."""
    return Report(
        report_id=item.report_id,
        report_type=types.called(item.report_type).name,
        report_request_id=item.report_id,
        available_date=item.processing_end_time or item.created_time,
    )


def report_schedule(item: models.ReportSchedule, types: SpApiTypes) -> ReportSchedule:
    """Convert a schedule; its period is named as in MWS, where MWS had it."""
    return ReportSchedule(
        report_type=types.called(item.report_type).name,
        schedule=PERIODS.get(item.period) or item.period,
        scheduled_date=item.next_report_creation_time,
        marketplace_ids=item.marketplace_ids or (),
        schedule_id=item.report_schedule_id,
    )


def processing_status(text: str) -> ProcessingStatus:
    """Parse a status. An unknown one counts as unfinished."""
    if text not in STATUSES:
        logger.warning("unknown report processing status %r, taken for unfinished", text)
    return STATUSES.get(text, ProcessingStatus.IN_PROGRESS)
