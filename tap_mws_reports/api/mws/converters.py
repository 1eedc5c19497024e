"""Items of answers as the values of `interface`."""

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
from tap_mws_reports.api.mws.operations import STATUSES

logger = logging.getLogger(__name__)


def report_request(item: Mapping[str, Any]) -> ReportRequest:
    """Return the value of a ``ReportRequestInfo``."""
    status = processing_status(item["processing_status"])
    return ReportRequest(**{**item, "processing_status": status})


def report(item: Mapping[str, Any]) -> Report:
    """Return the value of a ``ReportInfo``."""
    return Report(**item)


def report_schedule(item: Mapping[str, Any]) -> ReportSchedule:
    """Return the value of a ``ReportSchedule``."""
    return ReportSchedule(**item)


def processing_status(text: str) -> ProcessingStatus:
    """Parse a status, also without the outer underscores, as notifications have it.

    An unknown status counts as unfinished: the request is polled until its status is known or it
    times out.
    """
    wire = f"_{text.strip('_')}_"
    if wire not in STATUSES:
        logger.warning("unknown report processing status %r, taken for unfinished", text)
    return STATUSES.get(wire, ProcessingStatus.IN_PROGRESS)
