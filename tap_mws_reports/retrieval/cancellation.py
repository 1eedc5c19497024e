"""Why Amazon cancelled a report request, as far as the facts tell, and what to do about it.

Amazon gives no reason. What is known: the same report asked for twice cancels one of the two; asked
for again inside its cooldown it is cancelled, too; MWS says `_DONE_NO_DATA_` where there is no
data, so a cancelled request there never means that; SP-API ends some as FATAL instead.

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
"""Before a request that was cancelled for no known reason is made again; doubled each time."""

_ALIVE = frozenset(
    {ProcessingStatus.SUBMITTED, ProcessingStatus.IN_PROGRESS, ProcessingStatus.DONE}
)


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What became of a cancelled request.

    ``other_job`` is the request that stands in its place, if there is one; else the report may be
    asked for again at ``again``.
    """

    reason: str
    again: datetime
    other_job: ReportRequest | None = None


def explain_cancellation(
    job: ReportJob, status: ProcessingStatus, others: Iterable[ReportRequest], now: datetime
) -> Cancellation:
    """Tell a duplicate from a request that came too soon and from one that Amazon gave up.

    Args:
        job: whose request was cancelled.
        status: as what it ended.
        others: requests of the same type that were submitted lately, newest first.
        now: the present moment.
    """
    same = [each for each in others if _same_report(each, job)]
    if other_job := active_duplicate(job, same):
        return Cancellation("Amazon cancelled it as a duplicate of another request", now, other_job)
    last = max((each.submitted_date for each in same), default=None)
    if last is not None and job.rule.cooldown and now < last + job.rule.cooldown:
        reason = f"Amazon cancelled it as asked for too soon; it makes one every {_spoken(job)}"
        return Cancellation(reason, last + job.rule.cooldown)
    pause = max(PAUSE * 2**job.attempts, job.rule.cooldown)
    reason = f"Amazon ended the report request as {status.value} without a reason"
    return Cancellation(reason, now + pause)


def active_duplicate(job: ReportJob, others: Iterable[ReportRequest]) -> ReportRequest | None:
    """Return the first other request for the same report that serves as well, if there is one."""
    living = (each for each in others if each.processing_status in _ALIVE)
    return next((each for each in living if _same_report(each, job)), None)


def _same_report(request: ReportRequest, job: ReportJob) -> bool:
    if request.report_request_id == job.report_request_id:
        return False
    if not request.may_be_for(job.spec.marketplace_ids):
        return False
    if job.interval is None:
        return True
    return (request.start_date, request.end_date) == job.rule.asked(job.interval)


def _spoken(job: ReportJob) -> str:
    return f"{job.rule.cooldown.total_seconds() / 60:.0f} minutes"
