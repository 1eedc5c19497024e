"""Two plain estimates of the remaining time of a run, to compare with the tap's simulation.

Both need only the quotas and the median latency of each report type. Neither knows the order of the
requests, the spread of the latencies, or the limit of open requests.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tap_mws_reports.api.interface import CallQuotas, ThrottledCall
from tap_mws_reports.retrieval.report_job import JobStatus, ReportJob
from tap_mws_reports.retrieval.scheduling.latency import Latencies
from tap_mws_reports.retrieval.scheduling.request_order import DEFAULT_LATENCY


def plain_forecasts(
    jobs: Iterable[ReportJob], latencies: Latencies, quotas: CallQuotas, now: datetime
) -> dict[str, float]:
    """Return the remaining seconds that each plain estimate expects, by its name.

    ``maximum`` is the later of the quota bound (the last request, the last download) and the median
    latency of the slowest report. ``sum`` adds that median to the time of the last request.

    Args:
        jobs: the jobs of one seller; completed ones are ignored.
        latencies: the recent report latencies.
        quotas: the quotas of the seller.
        now: the current time.
    """

    def median(job: ReportJob) -> float:
        known = latencies.median(job.spec.report_type)
        return (DEFAULT_LATENCY if known is None else known).total_seconds()

    left = [job for job in jobs if not job.phase.ended]
    # Several streams may read the same report.
    reports = {job.report_id or job.report_request_id or job.spec: job for job in left}.values()
    to_request = [job for job in reports if job.phase is JobStatus.TO_REQUEST]
    requested = max(quotas.moments(ThrottledCall.REQUEST, len(to_request)), default=0.0)
    downloaded = max(quotas.moments(ThrottledCall.DOWNLOAD, len(reports)), default=0.0)
    slowest = max((median(job) for job in to_request), default=0.0)
    outstanding = max(
        (
            median(job) - (now - (job.submitted or now)).total_seconds()
            for job in reports
            if job.phase is JobStatus.OPEN
        ),
        default=0.0,
    )
    return {
        "maximum": max(requested, downloaded, slowest, outstanding),
        "sum": max(downloaded, requested + slowest, outstanding),
    }
