"""Schedule the jobs of one seller, from request to document.

Each step makes the most valuable call that a quota allows now: download before request before poll.
A scheduler never waits, and a waiting job holds no slot, so one bad window delays no other. Of each
kind of call one is made at a time: so the quotas are as the last one left them.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tap_mws_reports.api.interface import (
    ReportDocument,
    ReportRequest,
    ReportService,
    ThrottledCall,
)
from tap_mws_reports.errors import (
    DocumentDamaged,
    ReportTypeRefused,
    RequestRefused,
    Retry,
    SellerLost,
    SkipWindow,
    TapError,
    Throttled,
    UnreadableDocument,
)
from tap_mws_reports.retrieval.limited_types import LimitedTypes
from tap_mws_reports.retrieval.policy import RetrievalPolicy
from tap_mws_reports.retrieval.progress_snapshot import (
    ProgressSnapshot,
    awaited_reports,
    progress_snapshot,
)
from tap_mws_reports.retrieval.report_job import (
    EventHandler,
    JobEvent,
    JobEventType,
    JobStatus,
    ReportJob,
)
from tap_mws_reports.retrieval.scheduling import poll_schedule, request_order
from tap_mws_reports.retrieval.scheduling.forecast import GrantMoments, forecast
from tap_mws_reports.retrieval.scheduling.latency import Latencies
from tap_mws_reports.retrieval.scheduling.quota_timeline import QuotaTimeline
from tap_mws_reports.retrieval.scheduling.request_order import QuotaOutlook, next_report_type
from tap_mws_reports.retrieval.scheduling.request_turns import RequestTurns
from tap_mws_reports.retrieval.state.bookmarks import Bookmark
from tap_mws_reports.retrieval.status_poller import (
    NotificationHandler,
    StatusPoller,
    is_on_first_page,
)
from tap_mws_reports.retrieval.steps import Step

_EVER = datetime.min.replace(tzinfo=UTC)

MAX_DOWNLOADS = 4
"""Per document: "discard the report and try the request up to three more times", says
https://docs.developer.amazonservices.com/en_US/dev_guide/DG_MD5.html"""


class SellerScheduler:
    """Moves the jobs of a seller.

    Args:
        seller_id: the seller.
        service: the report service of the seller.
        jobs: the jobs of the seller.
        latencies: the known report latencies; new ones are added.
        policy: the user's settings.
        directory: where documents are saved; the caller removes them once read.
        emit: receives every job event.
        turns: whose turn it is, for the limits that this seller shares with others.
        started: when the run began; its horizon counts from then, and from the first move if it is
            left out.

    ``notifications`` handles notifications of the requests.
    """

    def __init__(
        self,
        seller_id: str,
        service: ReportService,
        jobs: Sequence[ReportJob],
        latencies: Latencies,
        policy: RetrievalPolicy,
        directory: Path,
        emit: EventHandler,
        turns: RequestTurns | None = None,
        started: datetime | None = None,
    ) -> None:
        self.seller_id = seller_id
        self.jobs = jobs
        self.limited = LimitedTypes(seller_id, service, jobs, policy, emit, turns, started)
        self._service = service
        self._latencies = latencies
        self._policy = policy
        self._directory = directory
        self._emit = emit
        self._poller = StatusPoller(service, jobs, latencies, policy, emit)
        self.notifications = NotificationHandler(jobs, self._poller)
        self._asking: set[ThrottledCall] = set()
        """The kinds of the calls in flight."""
        self._downloading: str | None = None
        """The report that is being downloaded."""
        self.is_closed = False
        """Whether the seller's connection has failed."""

    def next_step(self, now: datetime) -> Step[None] | None:
        """Return the most valuable step that is allowed now, to be begun at once.

        There may be another one while its call is in flight.
        """
        self.take_places(now)
        return self._download(now) or self._request(now) or self._poll_early(now) or self._poll(now)

    def _occupied(self, call: ThrottledCall, step: Step[None]) -> Step[None]:
        self._asking.add(call)
        try:
            yield from step
        finally:
            self._asking.discard(call)

    @property
    def is_requesting(self) -> bool:
        """Whether a report request is in flight."""
        return ThrottledCall.REQUEST in self._asking

    def take_places(self, now: datetime) -> None:
        """Get in line for the limited types, and leave what they do not allow in this run."""
        # While a request is in flight, the seller keeps its place until the answer.
        if not self.is_requesting:
            self.limited.take_places(now, has_room=self._has_room())

    def close(self, error: TapError, now: datetime) -> None:
        """Give up all jobs that have not completed: the seller's connection failed."""
        self.is_closed = True
        self.limited.drop_places()
        lost = SellerLost(error.what, where=f"seller {self.seller_id}", hint=error.hint)
        for job in [job for job in self.jobs if not job.phase.ended]:
            self._give_up(job, now, lost, follows=True)

    def is_about_to_poll(self, now: datetime) -> bool:
        """Whether `next_step` would poll if there were nothing else to do."""
        return bool(self._due_polls(now)[0])

    def until_next_move(self, now: datetime) -> float | None:
        """Return the seconds until the next step.

        None when all jobs have completed, when there is none before the end of a call in flight,
        and when others have their turns first: then `RequestTurns.to_wake` says when it is this
        seller's.
        """
        waits = []
        if self._to_download():
            if ThrottledCall.DOWNLOAD not in self._asking:
                waits.append(self._service.seconds_until_allowed(ThrottledCall.DOWNLOAD))
        elif ThrottledCall.POLL not in self._asking and (due := self._poll_schedule()):
            moment = max(due[0][0], now)
            quota = self._service.seconds_until_allowed(self._poll_call(moment, due))
            waits.append(max((moment - now).total_seconds(), quota))
            if early := self._early_polls(now):
                quota = self._service.seconds_until_allowed(ThrottledCall.POLL)
                waits.append(max(_seconds(early[0][0], now), quota))
        if ThrottledCall.REQUEST not in self._asking and self._has_room():
            quota = self._service.seconds_until_allowed(ThrottledCall.REQUEST)
            limited = self.limited.waiting()
            if waiting := self._unlimited(limited):
                allowed = min(job.not_before for job in waiting)
                waits.append(max(_seconds(allowed, now), quota))
            for name, jobs in limited.items():
                allowed = min(job.not_before for job in jobs)
                wait = max(_seconds(allowed, now), quota)
                if wait > 0 or self.limited.has_turn(name, now):
                    allowed = self.limited.limits.allowed_at(name, now)
                    waits.append(max(_seconds(allowed, now), wait))
        return max(0.0, min(waits)) if waits else None

    def _unlimited(self, limited: Container[str]) -> list[ReportJob]:
        """Return the waiting jobs of types without a limit."""
        waiting = self._in(JobStatus.TO_REQUEST)
        return [job for job in waiting if job.spec.report_type not in limited]

    def held_up(self, now: datetime) -> list[ThrottledCall]:
        """Return the calls that only their quotas prevent now."""
        calls = [
            call
            for call in (ThrottledCall.DOWNLOAD, ThrottledCall.REQUEST)
            if call not in self._asking and self._service.seconds_until_allowed(call) > 0
        ]
        return [call for call in calls if self._wants(call, now)]

    def _wants(self, call: ThrottledCall, now: datetime) -> bool:
        """Whether there is a job for a download or a request."""
        if call is ThrottledCall.DOWNLOAD:
            return bool(self._to_download())
        unlimited = self._unlimited(self.limited.waiting())
        return self._has_room() and any(job.not_before <= now for job in unlimited)

    def snapshot(self, now: datetime, moments: GrantMoments) -> ProgressSnapshot:
        """Return the progress snapshot of the seller.

        Args:
            now: the current time.
            moments: when the jobs of limited types can be requested.
        """
        end = forecast(self.jobs, self._latencies, self._service, self._policy, now, moments)
        awaited = awaited_reports(self.jobs, self._latencies, now)
        return progress_snapshot(self.jobs, self._service, end, awaited, self._next_poll(now))

    def _next_poll(self, now: datetime) -> datetime | None:
        """Return when the next poll is due and allowed, or None if there is nothing to poll."""
        due = [*self._poll_schedule()[:1], *self._early_polls(now)[:1]]
        quota = timedelta(seconds=self._service.seconds_until_allowed(ThrottledCall.POLL))
        return max(min(moment for moment, _ in due), now + quota) if due else None

    def _in(self, phase: JobStatus) -> list[ReportJob]:
        return [job for job in self.jobs if job.phase is phase]

    def _has_room(self) -> bool:
        most = self._policy.most_open
        return most is None or len(self._in(JobStatus.OPEN)) < most

    def _to_download(self) -> list[ReportJob]:
        """Return the jobs whose documents are ready, not being downloaded, and not held back.

        A document is held back while an older request of an earlier run is open for its partition:
        of a row in both, the version that is older would be read later, and replace the newer one.
        """
        ready = [job for job in self._in(JobStatus.READY) if job.report_id != self._downloading]
        if not ready:
            return []
        oldest: dict[Bookmark, datetime] = {}
        for job in self._in(JobStatus.OPEN):
            if job.adopted and job.submitted:
                oldest[job.bookmark] = min(oldest.get(job.bookmark, job.submitted), job.submitted)
        return [
            job
            for job in ready
            if (job.submitted or _EVER) <= oldest.get(job.bookmark, job.submitted or _EVER)
        ]

    def _download(self, now: datetime) -> Step[None] | None:
        ready = [] if ThrottledCall.DOWNLOAD in self._asking else self._to_download()
        if not ready or self._service.seconds_until_allowed(ThrottledCall.DOWNLOAD) > 0:
            return None
        job = _next_download(ready)
        return self._occupied(
            ThrottledCall.DOWNLOAD, self._attempt(job, now, self._fetch(job, now))
        )

    def _fetch(self, job: ReportJob, now: datetime) -> Step[None]:
        report_id = job.report_id or ""
        path = self._directory / f"{report_id}.report"
        self._downloading = report_id
        try:
            document: ReportDocument = yield lambda: self._service.download(report_id, path)
        except DocumentDamaged as error:
            job.record_damaged_download()
            if job.damaged < MAX_DOWNLOADS:
                self._emit(JobEvent(JobEventType.AGAIN, job, now, error.what))
                return
            raise
        finally:
            self._downloading = None
        for each in self._in(JobStatus.READY):
            if each.report_id == report_id:
                each.fetched(document)
        self._emit(JobEvent(JobEventType.DOWNLOADED, job, now, f"{document.size} bytes"))

    def _request(self, now: datetime) -> Step[None] | None:
        call = ThrottledCall.REQUEST
        if call in self._asking or self._service.seconds_until_allowed(call) > 0:
            return None
        if not self._has_room():
            return None
        limited = self.limited.waiting()
        job = self.limited.next_job(limited, now) or self._next_job(self._unlimited(limited), now)
        return None if job is None else self._occupied(call, self._ask_for(job, now))

    def _ask_for(self, job: ReportJob, now: datetime) -> Step[None]:
        was_limited = self.limited.limits.is_limited(job.spec.report_type)
        try:
            yield from self._attempt(job, now, self._request_report(job, now))
        except Throttled as error:
            self._postpone_type(job, now, error, learned=not was_limited)

    def _next_job(self, unlimited: Sequence[ReportJob], now: datetime) -> ReportJob | None:
        waiting = [job for job in unlimited if job.not_before <= now]
        if not waiting:
            return None
        if self._policy.order == "newest":
            return request_order.newest_job(waiting)
        open_jobs = self._in(JobStatus.OPEN)
        estimate = request_order.LatencyEstimate(self._latencies, open_jobs, now)
        backlogs = request_order.backlogs(waiting, estimate)
        arrivals = [estimate.seconds_until_allowed(job) for job in open_jobs]
        arrivals += [0.0 for _ in self._in(JobStatus.READY)]
        requested = {w.spec.report_type for w in self.jobs if w.phase is not JobStatus.TO_REQUEST}
        outlook = self._outlook(len(waiting), arrivals)
        return request_order.oldest_job(waiting, next_report_type(backlogs, requested, outlook))

    def _outlook(self, waiting: int, arrivals: Sequence[float]) -> QuotaOutlook:
        requests = QuotaTimeline.of(self._service, ThrottledCall.REQUEST, waiting)
        downloads = QuotaTimeline.of(self._service, ThrottledCall.DOWNLOAD, waiting + len(arrivals))
        return QuotaOutlook(requests(0.0), requests, downloads, arrivals)

    def _request_report(self, job: ReportJob, now: datetime) -> Step[None]:
        same_report_jobs = job.same_report_jobs(self.jobs)
        request: ReportRequest = yield lambda: self._service.request_report(job.spec)
        job.opened(request.report_request_id, request.submitted_date, now, adopted=False)
        self.limited.took_turn([job, *same_report_jobs], now, granted=True)
        self._emit(JobEvent(JobEventType.REQUESTED, job, now))
        for other_job in same_report_jobs:
            other_job.opened(request.report_request_id, request.submitted_date, now, adopted=True)
            self._emit(JobEvent(JobEventType.ADOPTED, other_job, now))
        self.notifications.asked([job, *same_report_jobs])

    def _postpone_type(
        self, job: ReportJob, now: datetime, error: Throttled, *, learned: bool
    ) -> None:
        """Postpone a type whose own limit is used up; the others continue."""
        report_type = job.spec.report_type
        self.limited.took_turn([job], now, granted=False)
        if self.limited.limits.is_limited(report_type):
            if learned:
                self.limited.turns.learned()
        else:
            until = now + timedelta(seconds=error.retry_after or 0.0)
            for each in self._in(JobStatus.TO_REQUEST):
                if each.spec.report_type == report_type:
                    each.put_off(until)
        self._emit(JobEvent(JobEventType.AGAIN, job, now, error.what))

    def _poll_early(self, now: datetime) -> Step[None] | None:
        """Poll the oldest requests while they are young, whatever the schedule of the others."""
        call = ThrottledCall.POLL
        if call in self._asking or self._service.seconds_until_allowed(call) > 0:
            return None
        early = [job for moment, job in self._early_polls(now) if moment <= now]
        return self._occupied(call, self._poller.poll(early, now, early=True)) if early else None

    def _poll(self, now: datetime) -> Step[None] | None:
        jobs, call = self._due_polls(now)
        if not jobs:
            return None
        by_list = call is ThrottledCall.LIST
        step = self._poller.list_all(jobs, now) if by_list else self._poller.poll(jobs, now)
        return self._occupied(ThrottledCall.POLL, step)

    def _due_polls(self, now: datetime) -> tuple[list[ReportJob], ThrottledCall]:
        """Return all open jobs, the most urgent first, if one of them is due; and by which call."""
        # The next download takes precedence over polling.
        if ThrottledCall.POLL in self._asking or self._to_download():
            return [], ThrottledCall.POLL
        due = self._poll_schedule()
        if not due or due[0][0] > now:
            return [], ThrottledCall.POLL
        call = self._poll_call(now, due)
        if self._service.seconds_until_allowed(call) > 0:
            return [], call
        return [job for _, job in due], call

    def _poll_call(
        self, now: datetime, schedule: Sequence[tuple[datetime, ReportJob]]
    ) -> ThrottledCall:
        """Return the call to poll with: a list if more is due soon than one call by ids shows.

        Then it is worth waiting for the quota of the list.
        """
        soon = now + poll_schedule.COALESCE_WITHIN
        due = [job for moment, job in schedule if moment <= soon and is_on_first_page(job, now)]
        ids = {job.report_request_id for job in due}
        return ThrottledCall.LIST if len(ids) > self._service.ids_per_poll else ThrottledCall.POLL

    def _early_polls(self, now: datetime) -> list[tuple[datetime, ReportJob]]:
        """Return the young jobs that are polled early, with the times, the soonest first."""
        return poll_schedule.early_polls(
            self._in(JobStatus.OPEN), self._latencies, now, self._service.ids_per_poll
        )

    def _poll_schedule(self) -> list[tuple[datetime, ReportJob]]:
        """Return the open jobs with the times of their next polls, the soonest first."""
        return poll_schedule.by_next_poll(self._in(JobStatus.OPEN), self._latencies)

    def _attempt(self, job: ReportJob, now: datetime, step: Step[None]) -> Step[None]:
        try:
            yield from step
        except SkipWindow as error:
            if job.adopted and isinstance(error, RequestRefused):
                job.ask_again()
                self._emit(JobEvent(JobEventType.AGAIN, job, now, error.what))
            else:
                self._give_up(job, now, error)
                if isinstance(error, ReportTypeRefused):
                    self._give_up_type(job, now, error)
        except Retry as error:
            self._give_up(job, now, UnreadableDocument(error.what, hint=error.hint))

    def _give_up(
        self, job: ReportJob, now: datetime, error: SkipWindow, *, follows: bool = False
    ) -> None:
        job.failed(error)
        self._emit(JobEvent(JobEventType.GIVEN_UP, job, now, error.what, follows=follows))

    def _give_up_type(self, refused: ReportJob, now: datetime, error: ReportTypeRefused) -> None:
        """Give up the jobs that Amazon would refuse as well, without asking for each."""
        spec = refused.spec
        for job in self._in(JobStatus.TO_REQUEST):
            alike = (job.spec.report_type, job.spec.marketplace_ids)
            if alike == (spec.report_type, spec.marketplace_ids):
                self._give_up(job, now, error, follows=True)


def _seconds(moment: datetime, now: datetime) -> float:
    # The minimum datetime cannot be subtracted from.
    return (moment - now).total_seconds() if moment > now else 0.0


def _next_download(ready: Sequence[ReportJob]) -> ReportJob:
    """Return the job whose document is downloaded next.

    Damaged documents are downloaded last, but none after one of its partition that was requested
    later: of a row that is in both, the older version would replace the newer one.
    """
    first: dict[Bookmark, ReportJob] = {}
    for job in ready:
        earliest = first.setdefault(job.bookmark, job)
        if (job.submitted or _EVER) < (earliest.submitted or _EVER):
            first[job.bookmark] = job
    return min(first.values(), key=lambda job: job.damaged)
