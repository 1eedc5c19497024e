"""A seller's reports that are still to be requested: which one is requested next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from tap_mws_reports.api.interface import ReportRequest, ThrottledCall
from tap_mws_reports.errors import Throttled
from tap_mws_reports.retrieval.report_job import JobEvent, JobEventType, JobStatus, ReportJob
from tap_mws_reports.retrieval.scheduling import request_order
from tap_mws_reports.retrieval.scheduling.quota_timeline import QuotaTimeline
from tap_mws_reports.retrieval.scheduling.request_order import QuotaOutlook, next_report_type
from tap_mws_reports.retrieval.scheduling.request_turns import LimitedTypes
from tap_mws_reports.retrieval.seller_jobs import SellerJobs
from tap_mws_reports.retrieval.status_poller import NotificationHandler
from tap_mws_reports.retrieval.steps import Step, StepCounter
from tap_mws_reports.retrieval.waiting import seconds_until


class RequestQueue:
    """Requests the reports of a seller, one at a time.

    Args:
        seller: the jobs of the seller.
        limited: its report types with a limit.
        notifications: expects the notifications of its requests.
    """

    def __init__(
        self, seller: SellerJobs, limited: LimitedTypes, notifications: NotificationHandler
    ) -> None:
        self._seller = seller
        self._service = seller.service
        self._policy = seller.policy
        self._limited = limited
        self._notifications = notifications
        self._steps = StepCounter()

    @property
    def is_requesting(self) -> bool:
        """Whether a report request is in flight."""
        return self._steps.in_flight > 0

    def take_places(self, now: datetime) -> None:
        """Get in line for the limited types, and leave what they do not allow in this run."""
        # While a request is in flight, the seller keeps its place until the answer.
        if not self.is_requesting:
            self._limited.take_places(now, has_room=self._has_room())

    def wait(self, now: datetime) -> float | None:
        """Return the seconds until the next request; None if time alone does not allow it."""
        if self.is_requesting or not self._has_room():
            return None
        waits = []
        quota = self._service.seconds_until_allowed(ThrottledCall.REQUEST)
        if waiting := self._unlimited():
            allowed = min(job.not_before for job in waiting)
            waits.append(max(seconds_until(allowed, now), quota))
        for name, jobs in self._limited.waiting.items():
            allowed = min(job.not_before for job in jobs)
            wait = max(seconds_until(allowed, now), quota)
            if wait > 0 or self._limited.has_turn(name, now):
                allowed = self._limited.limits.allowed_at(name, now)
                waits.append(max(seconds_until(allowed, now), wait))
        return min(waits, default=None)

    def is_quota_limited(self, now: datetime) -> bool:
        """Whether only the quota prevents a request now."""
        return (
            not self.is_requesting
            and self._service.seconds_until_allowed(ThrottledCall.REQUEST) > 0
            and self._has_room()
            and any(job.not_before <= now for job in self._unlimited())
        )

    def next_step(self, now: datetime) -> Step[None] | None:
        """Return a request, if one is allowed now."""
        if self.is_requesting or self._service.seconds_until_allowed(ThrottledCall.REQUEST) > 0:
            return None
        if not self._has_room():
            return None
        job = self._limited.next_job(now) or self._next_job(now)
        return None if job is None else self._steps.counted(self._request(job, now))

    def _has_room(self) -> bool:
        most = self._policy.most_open
        return most is None or len(self._seller.in_status(JobStatus.OPEN)) < most

    def _unlimited(self) -> list[ReportJob]:
        """Return the waiting jobs of types without a limit."""
        waiting = self._seller.in_status(JobStatus.TO_REQUEST)
        return [job for job in waiting if job.spec.report_type not in self._limited.waiting]

    def _next_job(self, now: datetime) -> ReportJob | None:
        waiting = [job for job in self._unlimited() if job.not_before <= now]
        if not waiting:
            return None
        if self._policy.order == "newest":
            return request_order.newest_job(waiting)
        open_jobs = self._seller.in_status(JobStatus.OPEN)
        estimate = request_order.LatencyEstimate(self._seller.latencies, open_jobs, now)
        backlogs = request_order.backlogs(waiting, estimate)
        arrivals = [estimate.seconds_until_ready(job) for job in open_jobs]
        arrivals += [0.0 for _ in self._seller.in_status(JobStatus.READY)]
        requested = {
            job.spec.report_type
            for job in self._seller.jobs
            if job.phase is not JobStatus.TO_REQUEST
        }
        outlook = self._outlook(len(waiting), arrivals)
        return request_order.oldest_job(waiting, next_report_type(backlogs, requested, outlook))

    def _outlook(self, waiting: int, arrivals: Sequence[float]) -> QuotaOutlook:
        requests = QuotaTimeline.of(self._service, ThrottledCall.REQUEST, waiting)
        downloads = QuotaTimeline.of(self._service, ThrottledCall.DOWNLOAD, waiting + len(arrivals))
        return QuotaOutlook(requests(0.0), requests, downloads, arrivals)

    def _request(self, job: ReportJob, now: datetime) -> Step[None]:
        was_limited = self._limited.limits.is_limited(job.spec.report_type)
        try:
            jobs = [job, *job.same_report_jobs(self._seller.jobs)]
            yield from self._seller.handled(jobs, now, self._request_report(jobs, now))
        except Throttled as error:
            self._postpone_type(job, now, error, learned=not was_limited)

    def _request_report(self, jobs: Sequence[ReportJob], now: datetime) -> Step[None]:
        job, *same_report_jobs = jobs
        request: ReportRequest = yield lambda: self._service.request_report(job.spec)
        job.opened(request.report_request_id, request.submitted_date, now, adopted=False)
        self._limited.took_turn(jobs, now, granted=True)
        self._seller.emit(JobEvent(JobEventType.REQUESTED, job, now))
        for other_job in same_report_jobs:
            other_job.opened(request.report_request_id, request.submitted_date, now, adopted=True)
            self._seller.emit(JobEvent(JobEventType.ADOPTED, other_job, now))
        self._notifications.requested(jobs)

    def _postpone_type(
        self, job: ReportJob, now: datetime, error: Throttled, *, learned: bool
    ) -> None:
        """Postpone a type whose own limit is used up; the others continue."""
        report_type = job.spec.report_type
        self._limited.took_turn([job], now, granted=False)
        if self._limited.limits.is_limited(report_type):
            if learned:
                self._limited.turns.learned()
        else:
            until = now + timedelta(seconds=error.retry_after or 0.0)
            for each in self._seller.in_status(JobStatus.TO_REQUEST):
                if each.spec.report_type == report_type:
                    each.postpone(until)
        self._seller.emit(JobEvent(JobEventType.AGAIN, job, now, error.what))
