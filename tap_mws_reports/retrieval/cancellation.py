"""Find the likely reason why Amazon cancelled a report request, and when to retry.

Amazon gives no reason. Known causes: of two requests for the same report one is cancelled; so is a
request inside the cooldown. MWS reports `_DONE_NO_DATA_` where there is no data, so a cancelled
request never means that. SP-API ends some requests as FATAL instead.

Sources: https://docs.developer.amazonservices.com/en_US/reports/Reports_ReportType.html,
https://github.com/amzn/selling-partner-api-models/issues/393
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tap_mws_reports.api.interface import ProcessingStatus, ReportRequest
from tap_mws_reports.retrieval.report_job import ReportJob

PAUSE = timedelta(minutes=5)
"""Delay before a request that was cancelled for no known reason is retried; doubled each time."""

_ACTIVE = frozenset(
    {ProcessingStatus.SUBMITTED, ProcessingStatus.IN_PROGRESS, ProcessingStatus.DONE}
)


@dataclass(frozen=True, slots=True)
class Cancellation:
    """Why a request was cancelled, and what to do."""

    reason: str
    retry_at: datetime
    """When the report may be requested again."""
    duplicate: ReportRequest | None = None
    """Another request for the same report, which serves instead."""


def explain_cancellation(
    job: ReportJob, status: ProcessingStatus, others: Iterable[ReportRequest], now: datetime
) -> Cancellation:
    """Return whether a request was a duplicate, too early, or cancelled for another reason.

    Args:
        job: the job whose request was cancelled.
        status: its final status.
        others: recent requests of the same type, newest first.
        now: the current time.
    """
    same = [each for each in others if _same_report(each, job)]
    if duplicate := active_duplicate(job, same):
        return Cancellation("Amazon cancelled it as a duplicate of another request", now, duplicate)
    last = max((each.submitted_date for each in same), default=None)
    if last is not None and job.rule.cooldown and now < last + job.rule.cooldown:
        reason = f"Amazon cancelled it as too soon; the limit is one every {_cooldown(job)}"
        return Cancellation(reason, last + job.rule.cooldown)
    pause = max(PAUSE * 2**job.attempts, job.rule.cooldown)
    reason = f"Amazon ended the report request as {status.value} without a reason"
    return Cancellation(reason, now + pause)


def active_duplicate(job: ReportJob, others: Iterable[ReportRequest]) -> ReportRequest | None:
    """Return the first other active request for the same report, or None."""
    active = (each for each in others if each.processing_status in _ACTIVE)
    return next((each for each in active if _same_report(each, job)), None)


def _same_report(request: ReportRequest, job: ReportJob) -> bool:
    if request.report_request_id == job.report_request_id:
        return False
    if not request.may_be_for(job.spec.marketplace_ids):
        return False
    if job.interval is None:
        return True
    return (request.start_date, request.end_date) == job.rule.request_dates(job.interval)


def _cooldown(job: ReportJob) -> str:
    return f"{job.rule.cooldown.total_seconds() / 60:.0f} minutes"
