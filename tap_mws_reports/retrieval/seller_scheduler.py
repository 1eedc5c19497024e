"""Schedule the jobs of one seller, from request to document.

Each step makes the most valuable call that a quota allows now: download before request before poll.
A scheduler never waits, and a waiting job holds no slot, so one bad window delays no other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tap_mws_reports.api.interface import ReportService, ThrottledCall
from tap_mws_reports.api.timestamps import format_duration
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
from tap_mws_reports.retrieval.policy import RetrievalPolicy
from tap_mws_reports.retrieval.progress_snapshot import ProgressSnapshot, progress_snapshot
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
from tap_mws_reports.retrieval.scheduling.request_turns import LimitedJobs, RequestTurns
from tap_mws_reports.retrieval.state.bookmarks import Bookmark
from tap_mws_reports.retrieval.status_poller import (
    NotificationHandler,
    StatusPoller,
    is_on_first_page,
)

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
        self.limited = LimitedJobs(jobs)
        self.limits = service.request_budgets
        self.turns = RequestTurns() if turns is None else turns
        self._order = self.turns.order_of(seller_id)
        self._deadline = None if started is None else started + policy.horizon
        self._places: set[str] = set()
        """The limited types for which the seller is in line."""
        self._service = service
        self._latencies = latencies
        self._policy = policy
        self._directory = directory
        self._emit = emit
        self._poller = StatusPoller(service, jobs, latencies, policy, emit)
        self.notifications = NotificationHandler(jobs, self._poller)

    def move(self, now: datetime) -> bool:
        """Make the most valuable call that is allowed now; return whether there was one."""
        self.take_places(now)
        return self._download(now) or self._request(now) or self._poll(now)

    def take_places(self, now: datetime) -> None:
        """Get in line for the limited types, and leave what they do not allow in this run."""
        if self._deadline is None:
            self._deadline = now + self._policy.horizon
        waiting = self.limited.waiting(self.limits)
        for name in self._places.difference(waiting):
            self.turns.drop(self.limits.turn_key(name), self.seller_id)
        self._places = set(waiting)
        for name, jobs in waiting.items():
            if reason := self._beyond(name, jobs, now):
                self._leave(name, jobs, reason, now)
            elif self._has_room():
                job = self.limited.next_job(jobs, now)
                ready = max(now, job.not_before)
                if (quota := self._service.seconds_until_allowed(ThrottledCall.REQUEST)) > 0:
                    ready = max(ready, now + timedelta(seconds=quota))
                claim = self.limited.claim(job, self._order)
                self.turns.claim(self.limits.turn_key(name), self.seller_id, claim, ready)
            else:
                self.turns.drop(self.limits.turn_key(name), self.seller_id)

    def _beyond(self, report_type: str, jobs: Sequence[ReportJob], now: datetime) -> str:
        """Return why a limited type cannot be requested in this run; empty if it can."""
        assert self._deadline is not None  # noqa: S101 - the caller sets it
        limits = self.limits.describe(report_type, now)
        if self.limits.allowed_at(report_type, now) >= self._deadline:
            horizon = format_duration(self._policy.horizon)
            return f"Amazon allows no more within {horizon} of the run's start: {limits}"
        if self.limits.is_unavailable(report_type, now) and not any(
            job.bookmark.done or job.bookmark.snapshot_taken for job in jobs
        ):
            return (
                f"Amazon refuses all requests ({limits}): these marketplaces may not have the "
                "type, or other programs use up its limit"
            )
        return ""

    def _leave(
        self, report_type: str, jobs: Sequence[ReportJob], reason: str, now: datetime
    ) -> None:
        key = self.limits.turn_key(report_type)
        self.turns.drop(key, self.seller_id)
        self._places.discard(report_type)
        for job in jobs:
            job.leave(reason)
            self._emit(JobEvent(JobEventType.LEFT, job, now, reason))
        # What this seller is told holds for all who share the limit.
        self.turns.wake_all(key)

    def close(self, error: TapError, now: datetime) -> None:
        """Give up all jobs that have not completed: the seller's connection failed."""
        for name in self._places:
            self.turns.drop(self.limits.turn_key(name), self.seller_id)
        self._places = set()
        lost = SellerLost(error.what, where=f"seller {self.seller_id}", hint=error.hint)
        for job in [job for job in self.jobs if not job.phase.ended]:
            self._give_up(job, now, lost, follows=True)

    def is_about_to_poll(self, now: datetime) -> bool:
        """Whether `move` would poll report requests if there were nothing else to do."""
        return bool(self._due_polls(now))

    def until_next_move(self, now: datetime) -> float | None:
        """Return the seconds until the next step.

        None when all jobs have completed, and when others have their turns first: then
        `RequestTurns.to_wake` says when it is this seller's.
        """
        waits = []
        if self._in(JobStatus.READY):
            waits.append(self._service.seconds_until_allowed(ThrottledCall.DOWNLOAD))
        elif due := self._poll_schedule():
            moment = max(due[0][0], now)
            quota = self._service.seconds_until_allowed(self._poll_call(moment))
            waits.append(max((moment - now).total_seconds(), quota))
        if self._has_room():
            quota = self._service.seconds_until_allowed(ThrottledCall.REQUEST)
            if waiting := self._unlimited():
                allowed = min(job.not_before for job in waiting)
                waits.append(max(_seconds(allowed, now), quota))
            for name, jobs in self.limited.waiting(self.limits).items():
                allowed = min(job.not_before for job in jobs)
                wait = max(_seconds(allowed, now), quota)
                if wait > 0 or self._has_turn(name, now):
                    allowed = self.limits.allowed_at(name, now)
                    waits.append(max(_seconds(allowed, now), wait))
        return max(0.0, min(waits)) if waits else None

    def _unlimited(self) -> list[ReportJob]:
        """Return the waiting jobs of types without a limit."""
        limited = self.limited.waiting(self.limits)
        waiting = self._in(JobStatus.TO_REQUEST)
        return [job for job in waiting if job.spec.report_type not in limited]

    def _has_turn(self, report_type: str, now: datetime) -> bool:
        return self.turns.holder(self.limits.turn_key(report_type), now) == self.seller_id

    def held_up(self, now: datetime) -> list[ThrottledCall]:
        """Return the calls that only their quotas prevent now."""
        calls = [ThrottledCall.DOWNLOAD] if self._in(JobStatus.READY) else []
        if self._has_room() and any(job.not_before <= now for job in self._unlimited()):
            calls.append(ThrottledCall.REQUEST)
        return [call for call in calls if self._service.seconds_until_allowed(call) > 0]

    @property
    def deadline(self) -> datetime | None:
        """Until when reports of limited types are requested; None before the first move."""
        return self._deadline

    def snapshot(self, now: datetime, moments: GrantMoments) -> ProgressSnapshot:
        """Return the progress snapshot of the seller.

        Args:
            now: the current time.
            moments: when the jobs of limited types can be requested.
        """
        end = forecast(self.jobs, self._latencies, self._service, self._policy, now, moments)
        return progress_snapshot(self.jobs, self._service, end)

    def _in(self, phase: JobStatus) -> list[ReportJob]:
        return [job for job in self.jobs if job.phase is phase]

    def _has_room(self) -> bool:
        most = self._policy.most_open
        return most is None or len(self._in(JobStatus.OPEN)) < most

    def _download(self, now: datetime) -> bool:
        ready = self._in(JobStatus.READY)
        if not ready or self._service.seconds_until_allowed(ThrottledCall.DOWNLOAD) > 0:
            return False
        self._attempt(_next_download(ready), now, self._fetch)
        return True

    def _fetch(self, job: ReportJob, now: datetime) -> None:
        report_id = job.report_id or ""
        path = self._directory / f"{report_id}.report"
        try:
            document = self._service.download(report_id, path)
        except DocumentDamaged as error:
            job.record_damaged_download()
            if job.damaged < MAX_DOWNLOADS:
                self._emit(JobEvent(JobEventType.AGAIN, job, now, error.what))
                return
            raise
        for each in self._in(JobStatus.READY):
            if each.report_id == report_id:
                each.fetched(document)
        self._emit(JobEvent(JobEventType.DOWNLOADED, job, now, f"{document.size} bytes"))

    def _request(self, now: datetime) -> bool:
        if (
            not self._has_room()
            or self._service.seconds_until_allowed(ThrottledCall.REQUEST) > 0
            or (job := self._limited_job(now) or self._next_job(now)) is None
        ):
            return False
        was_limited = self.limits.is_limited(job.spec.report_type)
        try:
            self._attempt(job, now, self._request_report)
        except Throttled as error:
            self._postpone_type(job, now, error, learned=not was_limited)
        return True

    def _limited_job(self, now: datetime) -> ReportJob | None:
        """Return a job of a limited type whose turn it is: others wait for it."""
        for name, jobs in self.limited.waiting(self.limits).items():
            job = self.limited.next_job(jobs, now)
            if (
                job.not_before <= now
                and self.limits.allowed_at(name, now) <= now
                and self._has_turn(name, now)
            ):
                return job
        return None

    def _next_job(self, now: datetime) -> ReportJob | None:
        waiting = [job for job in self._unlimited() if job.not_before <= now]
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

    def _request_report(self, job: ReportJob, now: datetime) -> None:
        same_report_jobs = job.same_report_jobs(self.jobs)
        request = self._service.request_report(job.spec)
        job.opened(request.report_request_id, request.submitted_date, now, adopted=False)
        self._took_turn([job, *same_report_jobs], now, granted=True)
        self._emit(JobEvent(JobEventType.REQUESTED, job, now))
        for other_job in same_report_jobs:
            other_job.opened(request.report_request_id, request.submitted_date, now, adopted=True)
            self._emit(JobEvent(JobEventType.ADOPTED, other_job, now))
        self.notifications.asked([job, *same_report_jobs])

    def _took_turn(self, jobs: Sequence[ReportJob], now: datetime, *, granted: bool) -> None:
        """Record a request that jobs of one type share."""
        if self.limits.is_limited(jobs[0].spec.report_type):
            self.limited.took_turn(jobs[0].spec.report_type, now)
            for job in jobs if granted else ():
                job.bookmark.note_granted(now)

    def _postpone_type(
        self, job: ReportJob, now: datetime, error: Throttled, *, learned: bool
    ) -> None:
        """Postpone a type whose own limit is used up; the others continue."""
        report_type = job.spec.report_type
        self._took_turn([job], now, granted=False)
        if self.limits.is_limited(report_type):
            if learned:
                self.turns.learned()
        else:
            until = now + timedelta(seconds=error.retry_after or 0.0)
            for each in self._in(JobStatus.TO_REQUEST):
                if each.spec.report_type == report_type:
                    each.put_off(until)
        self._emit(JobEvent(JobEventType.AGAIN, job, now, error.what))

    def _poll(self, now: datetime) -> bool:
        jobs = self._due_polls(now)
        if jobs and self._poll_call(now) is ThrottledCall.LIST:
            self._poller.list_all(jobs, now)
        elif jobs:
            self._poller.poll(jobs, now)
        return bool(jobs)

    def _due_polls(self, now: datetime) -> list[ReportJob]:
        """Return all open jobs, the most urgent first, if one of them is due."""
        # The next download takes precedence over polling.
        if self._in(JobStatus.READY):
            return []
        due = self._poll_schedule()
        if (
            not due
            or due[0][0] > now
            or self._service.seconds_until_allowed(self._poll_call(now)) > 0
        ):
            return []
        return [job for _, job in due]

    def _poll_call(self, now: datetime) -> ThrottledCall:
        """Return the call to poll with: a list if more is due soon than one call by ids shows.

        Then it is worth waiting for the quota of the list.
        """
        soon = now + poll_schedule.COALESCE_WITHIN
        due = [
            job
            for moment, job in self._poll_schedule()
            if moment <= soon and is_on_first_page(job, now)
        ]
        ids = {job.report_request_id for job in due}
        return ThrottledCall.LIST if len(ids) > self._service.ids_per_poll else ThrottledCall.POLL

    def _poll_schedule(self) -> list[tuple[datetime, ReportJob]]:
        """Return the open jobs with the times of their next polls, the soonest first."""
        return poll_schedule.by_next_poll(self._in(JobStatus.OPEN), self._latencies)

    def _attempt(
        self, job: ReportJob, now: datetime, step: Callable[[ReportJob, datetime], None]
    ) -> None:
        try:
            step(job, now)
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
