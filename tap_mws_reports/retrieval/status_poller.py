"""Status of open report requests: by polling, and by notification."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from tap_mws_reports.api.interface import (
    ProcessingStatus,
    Report,
    ReportNotification,
    ReportRequest,
)
from tap_mws_reports.errors import ReportCancelled, ReportStuck, RequestRefused, SkipWindow
from tap_mws_reports.retrieval import cancellation
from tap_mws_reports.retrieval.adoption import failed_request_ids
from tap_mws_reports.retrieval.planning.windows import max_snapshot_age
from tap_mws_reports.retrieval.report_job import (
    JobEvent,
    JobEventType,
    JobStatus,
    NotificationState,
    ReportJob,
)
from tap_mws_reports.retrieval.seller_jobs import SellerJobs
from tap_mws_reports.retrieval.steps import Step

UNKNOWN_REQUEST_GRACE = timedelta(minutes=10)
"""A report request that Amazon does not know may still appear this long after it was made
(https://github.com/amzn/selling-partner-api-models/issues/2419)."""

LATE_NOTIFICATION = timedelta(minutes=1)
"""A notification that comes later than this after its report counts as missed."""

LISTED_WITHIN = timedelta(hours=1)
"""The requests of this time, 75 at most, fit on the first page of a list."""


def is_on_first_page(job: ReportJob, now: datetime) -> bool:
    """Whether one list call shows the request of a job."""
    return job.submitted is not None and now - job.submitted <= LISTED_WITHIN


class StatusPoller:
    """Updates jobs by the status of their report requests."""

    def __init__(self, seller: SellerJobs) -> None:
        self._seller = seller
        self._service = seller.service
        self.missed = 0
        """How many reports a poll found ready before their notification."""

    def handle(self, job: ReportJob, notice: ReportNotification, now: datetime) -> None:
        """Update an open job by a notification; poll what the notification does not contain."""
        report_id = notice.report_id if self._service.notifications_have_report_ids else None
        if notice.processing_status is ProcessingStatus.DONE and report_id:
            self._ready(job, report_id, now, self._record_notified_latency(job, now))
        elif notice.processing_status is ProcessingStatus.DONE_NO_DATA:
            self._empty(job, now, self._record_notified_latency(job, now))
        else:
            job.notification_received()

    def _record_notified_latency(self, job: ReportJob, now: datetime) -> float | None:
        """Record the latency of the report, and return it in seconds if it is known."""
        # Requests of earlier runs may have completed long before their notification arrives.
        if job.adopted or job.submitted is None:
            return None
        seconds = (now - job.submitted).total_seconds()
        self._seller.latencies.learn(job.spec.report_type, seconds)
        return seconds

    def poll(self, jobs: Sequence[ReportJob], now: datetime, *, early: bool = False) -> Step[None]:
        """Poll as many requests as one call allows, and update their jobs.

        Several jobs may share a request; they are updated together.

        Args:
            jobs: the jobs, the most urgent first.
            now: the current time.
            early: whether the poll does not count for when they are polled next.
        """
        every = dict.fromkeys(job.report_request_id for job in jobs)
        ids = list(every)[: self._service.ids_per_poll]
        seen = [
            job for job in self._seller.in_status(JobStatus.OPEN) if job.report_request_id in ids
        ]
        found = yield from self._found(seen, now)
        yield from self._update_jobs(seen, found, now, early=early)

    def list_all(self, jobs: Sequence[ReportJob], now: datetime) -> Step[None]:
        """Poll all requests of the last hour by one list call of some types."""
        every = list(dict.fromkeys(job.spec.report_type for job in jobs))
        types = every[: self._service.types_per_list]
        seen = [
            job
            for job in self._seller.in_status(JobStatus.OPEN)
            if job.spec.report_type in types and is_on_first_page(job, now)
        ]
        listed = yield from self._listed(seen, now)
        shown = {each.report_request_id for each in listed}
        # A list may be incomplete: a type that may not be listed, or a lost page.
        missing = dict.fromkeys(job.report_request_id or "" for job in seen)
        if ids := [each for each in missing if each not in shown]:
            listed += yield lambda: list(self._service.report_requests(ids=ids))
        yield from self._update_jobs(seen, listed, now)

    def _update_jobs(
        self,
        seen: Sequence[ReportJob],
        requests: Iterable[ReportRequest],
        now: datetime,
        *,
        early: bool = False,
    ) -> Step[None]:
        found = {each.report_request_id: each for each in requests}
        polled = [(job, job.report_request_id) for job in seen]
        for job, report_request_id in polled:
            if job.phase is not JobStatus.OPEN or job.report_request_id != report_request_id:
                continue  # a notification came first
            if early:
                job.polled_early()
            else:
                job.polled(now)
            request = found.get(report_request_id or "")
            try:
                if request:
                    yield from self._update_job(job, request, now)
                else:
                    self._not_found(job, now)
            except SkipWindow as error:
                job.failed(error)
                self._seller.emit(JobEvent(JobEventType.GIVEN_UP, job, now, error.what))

    def _found(self, jobs: Sequence[ReportJob], now: datetime) -> Step[list[ReportRequest]]:
        ids = list(dict.fromkeys(job.report_request_id or "" for job in jobs))
        try:
            found: list[ReportRequest] = yield lambda: list(self._service.report_requests(ids=ids))
        except RequestRefused:
            # One id that Amazon does not know makes it refuse the whole call.
            found = yield from self._listed(jobs, now)
        return found

    def _listed(self, jobs: Sequence[ReportJob], now: datetime) -> Step[list[ReportRequest]]:
        types = sorted({job.spec.report_type for job in jobs})
        since = min(job.submitted or now for job in jobs) - UNKNOWN_REQUEST_GRACE
        listed: list[ReportRequest] = yield lambda: list(
            self._service.report_requests(report_types=types, requested_from=since)
        )
        return listed

    def _not_found(self, job: ReportJob, now: datetime) -> None:
        # Twice, since a refused call looks the same as a request that Amazon does not know.
        if now - (job.submitted or now) >= UNKNOWN_REQUEST_GRACE and job.missing() > 1:
            job.request_again()
            self._seller.emit(
                JobEvent(JobEventType.AGAIN, job, now, "Amazon no longer knows the request")
            )

    def _update_job(self, job: ReportJob, request: ReportRequest, now: datetime) -> Step[None]:
        status = request.processing_status
        job.found()
        if job.notification_state is NotificationState.EXPECTED and status.final:
            self.missed += now - (request.completed_date or now) >= LATE_NOTIFICATION
        if status is ProcessingStatus.DONE:
            seconds = self._record_latency(job, request, now)
            report_id = request.generated_report_id or (yield from self._report_id(request))
            self._ready(job, report_id, now, seconds)
        elif status is ProcessingStatus.DONE_NO_DATA:
            self._empty(job, now, self._record_latency(job, request, now))
        elif status is ProcessingStatus.FATAL and request.generated_report_id:
            # The document contains the reason.
            job.ready(request.generated_report_id)
        elif status.final:
            yield from self._handle_cancellation(job, status, now)
        elif job.timed_out:
            yield from self._handle_timeout(job, now)
        elif now - job.awaited > (longest := self._max_wait(job)):
            raise ReportStuck(
                f"The report request was still {status.value} after {longest}.",
                hint="The next run polls it before it makes new requests.",
            )

    def _max_wait(self, job: ReportJob) -> timedelta:
        """Return how long to wait for a report; other programs may have filled its queue."""
        queue = self._service.request_budgets.longest_queue(job.spec.report_type)
        return max(self._seller.policy.max_wait, queue)

    def _ready(self, job: ReportJob, report_id: str, now: datetime, seconds: float | None) -> None:
        job.ready(report_id)
        self._seller.emit(JobEvent(JobEventType.READY, job, now, seconds=seconds))

    def _empty(self, job: ReportJob, now: datetime, seconds: float | None) -> None:
        job.empty()
        self._seller.emit(JobEvent(JobEventType.EMPTY, job, now, seconds=seconds))

    def _record_latency(self, job: ReportJob, request: ReportRequest, now: datetime) -> float:
        """Record the latency of the report, and return it in seconds."""
        ended = request.completed_date or now
        seconds = (ended - request.submitted_date).total_seconds()
        self._seller.latencies.learn(job.spec.report_type, seconds)
        return seconds

    def _report_id(self, request: ReportRequest) -> Step[str]:
        # A finished request without its report id is looked up the other way round
        # (https://docs.developer.amazonservices.com/en_US/reports/Reports_Overview.html).
        ids = [request.report_request_id]
        reports: list[Report] = yield lambda: list(self._service.reports(request_ids=ids))
        for report in reports:
            return report.report_id
        raise ReportCancelled("Amazon calls the report request done but lists no document for it.")

    def _handle_timeout(self, job: ReportJob, now: datetime) -> Step[None]:
        """Request it again, unless a run whose state was lost has done so already.

        An earlier request is not used: if it had a good document, this one would not exist.
        """
        others = yield from self._others(job, now)
        later = [each for each in others if each.submitted_date > (job.submitted or now)]
        if other_job := cancellation.active_duplicate(job, later):
            self._adopt(job, other_job, now, "it was requested again")
            return
        # Inside the cooldown SP-API treats a second request as the same report.
        job.request_again(not_before=(job.submitted or now) + job.rule.cooldown)
        self._seller.emit(JobEvent(JobEventType.AGAIN, job, now, "it is still not ready"))

    def _adopt(self, job: ReportJob, other_job: ReportRequest, now: datetime, words: str) -> None:
        job.replaced(other_job.report_request_id, other_job.submitted_date, now)
        self._seller.emit(JobEvent(JobEventType.ADOPTED, job, now, words))

    def _handle_cancellation(
        self, job: ReportJob, status: ProcessingStatus, now: datetime
    ) -> Step[None]:
        """Adopt a duplicate, retry later, or give up, depending on the reason."""
        others = yield from self._others(job, now)
        why = cancellation.explain_cancellation(job, status, others, now)
        if why.duplicate is not None:
            self._adopt(job, why.duplicate, now, why.reason)
        elif job.attempts < self._seller.policy.retries:
            job.retry(not_before=why.retry_at)
            self._seller.emit(JobEvent(JobEventType.AGAIN, job, now, why.reason))
        else:
            hint = "The next run retries; other programs may be requesting the same reports."
            raise ReportCancelled(f"{why.reason}.", hint=hint)

    def _others(self, job: ReportJob, now: datetime) -> Step[list[ReportRequest]]:
        """Return the recent requests of the type, by any program, that no other job uses."""
        if not job.matchable:
            return []
        since = min(job.submitted or now, now - max_snapshot_age(job.rule))
        types = [job.spec.report_type]
        listed: list[ReportRequest] = yield lambda: list(
            self._service.report_requests(report_types=types, requested_from=since)
        )
        taken = {each.report_request_id for each in self._seller.jobs}
        taken |= failed_request_ids(job)
        return [each for each in listed if each.report_request_id not in taken]


class NotificationHandler:
    """Handles the notifications of a seller; none are expected before `expect_notices`.

    Args:
        jobs: the jobs of the seller.
        poller: updates the jobs, and polls what a notification does not contain.
    """

    def __init__(self, jobs: Sequence[ReportJob], poller: StatusPoller) -> None:
        self._jobs = jobs
        self._poller = poller
        self._known = {job.report_request_id for job in jobs}
        self._expects_notices = False

    @property
    def missed(self) -> int:
        """How many reports a poll found ready before their notification."""
        return self._poller.missed

    def expect_notices(self, *, expected: bool) -> None:
        """Poll only reports whose notifications are overdue, or all reports as they become due.

        Requests of earlier runs are polled in any case: their notification may be consumed already.
        """
        self._expects_notices = expected
        if not expected:
            for job in self._jobs:
                job.expect_no_notification()

    def requested(self, jobs: Sequence[ReportJob]) -> None:
        """Record a report request of these jobs; expect a notification of its end if enabled."""
        for job in jobs:
            self._known.add(job.report_request_id)
            if self._expects_notices:
                job.expect_notification()

    def handle(self, notice: ReportNotification, now: datetime) -> bool:
        """Handle a notification; return whether it is for a request of the seller."""
        jobs = [each for each in self._jobs if each.report_request_id == notice.report_request_id]
        for job in jobs:
            if job.phase is JobStatus.OPEN and job.notification_state is not NotificationState.CAME:
                self._poller.handle(job, notice, now)
        return bool(jobs) or notice.report_request_id in self._known
