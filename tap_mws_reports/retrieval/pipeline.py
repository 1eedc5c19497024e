"""The main loop over all sellers and streams: begin what is due, or wait. Nothing else waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from tap_mws_reports.api.call_executor import CallExecutor, InlineExecutor
from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.interface import ThrottledCall
from tap_mws_reports.errors import TapError
from tap_mws_reports.retrieval.completed_jobs import CompletedJobs
from tap_mws_reports.retrieval.due_queue import DueQueue
from tap_mws_reports.retrieval.notification_consumer import NotificationConsumer
from tap_mws_reports.retrieval.progress_snapshot import ProgressSnapshot, combine_snapshots
from tap_mws_reports.retrieval.report_job import JobStatus, ReportJob
from tap_mws_reports.retrieval.scheduling.latency import SharedLatencies
from tap_mws_reports.retrieval.scheduling.request_turns import RequestTurns, grant_moments
from tap_mws_reports.retrieval.seller_scheduler import SellerScheduler
from tap_mws_reports.retrieval.steps_in_flight import StepsInFlight
from tap_mws_reports.retrieval.waiting import Unobserved, WaitObserver

LONGEST_PAUSE = 60.0
"""Seconds."""

_SHORTEST_PAUSE = 0.01
_NEVER = datetime.min.replace(tzinfo=UTC)

RECEIVE_INTERVAL = 5.0
"""How often notifications are received while calls are in flight, in seconds."""

FORECASTS = 20
"""How many sellers have their forecast updated for a snapshot: those that are likely to end last,
and as many whose forecast is the oldest. The loop is blocked meanwhile, a few milliseconds for
each seller."""


class Pipeline:
    """Moves every job from request to document.

    A step costs only as much as the schedulers that are due: waiting sellers cost nothing.

    Args:
        schedulers: one per seller. Quotas are per seller, so no seller waits for another, except
            for the limits of report types, at which they take turns.
        clock: reads the time and sleeps.
        on_quota_wait: called after each wait for a quota, with the call and the seconds.
        on_seller_lost: called with a seller whose call failed for good, and the error; returns all
            sellers that fail with it, or raises the error if it concerns all of them.
        before_pause: called before each wait.
        consumer: the consumer of notifications; a notification ends a pause.
        observer: receives a report of each wait; the consumer reports its own.
        turns: whose turn it is to request reports of limited types, as the schedulers have it.
        executor: makes the calls; one after the other if it is left out.
        state_due: returns when the state is to be written at the latest, by ``before_pause``.
        latencies: what the sellers learn in this run, as the schedulers have it.
    """

    def __init__(
        self,
        schedulers: Sequence[SellerScheduler],
        clock: Clock,
        on_quota_wait: Callable[[ThrottledCall, float], None],
        on_seller_lost: Callable[[str, TapError], Collection[str]],
        before_pause: Callable[[], None],
        consumer: NotificationConsumer | None = None,
        observer: WaitObserver | None = None,
        turns: RequestTurns | None = None,
        executor: CallExecutor | None = None,
        state_due: Callable[[], datetime | None] = lambda: None,
        latencies: SharedLatencies | None = None,
    ) -> None:
        self._executor = executor or InlineExecutor(clock)
        self._state_due = state_due
        self._steps = StepsInFlight(self._executor, self._step_ended, self._step_failed)
        self._error: Exception | None = None
        self._received_at = clock.now()
        self._schedulers = {scheduler.seller_id: scheduler for scheduler in schedulers}
        self._clock = clock
        self._on_quota_wait = on_quota_wait
        self._on_seller_lost = on_seller_lost
        self._before_pause = before_pause
        self._due_queue = DueQueue(schedulers, clock.now())
        self._completed = CompletedJobs(job for scheduler in schedulers for job in scheduler.jobs)
        self._left = {
            scheduler.seller_id: [job for job in scheduler.jobs if not job.phase.ended]
            for scheduler in schedulers
        }
        self._ended_phases: dict[str, Counter[JobStatus]] = {}
        self._consumer = consumer
        self._observer = observer or Unobserved()
        self._turns = turns or RequestTurns()
        self._latencies = latencies or SharedLatencies()
        self._all_take_places()

    def snapshot(self) -> ProgressSnapshot:
        """Return the progress snapshot of all sellers."""
        with self._executor.locked():
            return self._snapshot(self._clock.now())

    def _snapshot(self, now: datetime) -> ProgressSnapshot:
        schedulers = [
            each for each in self._schedulers.values() if self._left[each.seller_id]
        ] or list(self._schedulers.values())[:1]
        limited = {each.seller_id: each.limited for each in schedulers}
        deadlines = [each.deadline for each in limited.values() if each.deadline]
        moments = grant_moments(
            {seller_id: (each.jobs, each.limits) for seller_id, each in limited.items()},
            now,
            min(deadlines, default=now),
        )
        finished = self._schedulers.keys() - {each.seller_id for each in schedulers}
        for scheduler in _to_forecast(schedulers):
            scheduler.update_forecast(now, moments)
        return combine_snapshots(
            [scheduler.snapshot(now) for scheduler in schedulers],
            sum((self._phases(seller_id) for seller_id in finished), Counter()),
        )

    def _phases(self, seller_id: str) -> Counter[JobStatus]:
        """Return how the jobs of a seller that has finished ended."""
        if seller_id not in self._ended_phases:
            jobs = self._schedulers[seller_id].jobs
            self._ended_phases[seller_id] = Counter(job.phase for job in jobs)
        return self._ended_phases[seller_id]

    def ended(self, *streams: str) -> Iterator[ReportJob]:
        """Yield the jobs of streams as they end, the oldest window of a stream first among those.

        No stream waits for another. `CompletedJobs.take` says which of several jobs is next.
        """
        return (job for job in self.steps(*streams) if job is not None)

    def steps(self, *streams: str) -> Iterator[ReportJob | None]:
        """Yield the jobs of `ended`, and None after each step, or wait, that ended none."""
        while self._completed.awaits(*streams):
            job = self._completed.take(*streams)
            if job is None:
                self._step()
            yield job

    def awaits(self, stream: str) -> bool:
        """Whether a stream has not yet received all of its jobs."""
        return self._completed.awaits(stream)

    def is_wanted(self, job: ReportJob) -> bool:
        """Whether another stream has still to read the document of a job."""
        return any(
            other.document is job.document and not other.delivered
            for other in self._schedulers[job.seller_id].jobs
        )

    def recount(self, job: ReportJob) -> datetime:
        """Request a delivered report once more, after its cooldown; return when."""
        # Amazon counts the cooldown from the end of the report, which is not long ago.
        not_before = self._clock.now() + job.rule.cooldown
        job.recount(not_before)
        self._left[job.seller_id].append(job)
        self._completed.expect_again(job.stream)
        self._due_queue.advance(self._schedulers[job.seller_id], self._clock.now())
        return not_before

    def go_on(self) -> None:
        """Begin what is due while a document is read, and take what has arrived; do not wait."""
        if self._executor.concurrent and self._error is None:
            try:
                self._proceed()
            except Exception as error:  # noqa: BLE001 - it is raised by the next step
                # The error does not concern the document, which is read to its end.
                self._error = error

    def settle(self, seconds: float, *, stop: bool) -> None:
        """Take the answers to report requests in flight that arrive within ``seconds``.

        Their ids are in the state then, so that the next run does not repeat the requests.
        ``stop`` ends all else: no further call is made.
        """
        if stop:
            self._steps.stop()
        until = self._clock.now() + timedelta(seconds=seconds)
        while (left := (until - self._clock.now()).total_seconds()) > 0 and self._steps.has_request:
            self._executor.wait(left)
            with self._executor.locked():
                self._executor.deliver()

    def _step(self) -> None:
        if self._error is not None:
            raise self._error
        if not self._proceed():
            self._pause()

    def _proceed(self) -> bool:
        """Take the answers that have arrived, and begin what is due; return whether it did."""
        with self._executor.locked():
            delivered = self._executor.deliver()
            begun = self._begin_steps()
            if self._consumer is not None and self._consumer.check_delivery():
                self._due_queue.wake(self._clock.now())
            return delivered or begun

    def _begin_steps(self) -> bool:
        turn, now, begun, received = self._due_queue.next_turn(), self._clock.now(), False, False
        self._steps.go_on()
        while self._executor.has_room and (scheduler := self._due_queue.next_due(now, turn)):
            if not received and scheduler.is_about_to_poll(now):
                # A notification that has arrived meanwhile saves the poll.
                received = True
                self._receive_notifications()
            self._begin(scheduler)
            begun = True
            if not self._executor.concurrent:
                self._executor.deliver()
        return begun

    def _receive_notifications(self) -> None:
        if self._consumer is not None:
            self._received_at = self._clock.now()
            if self._consumer.clear():
                self._due_queue.wake(self._clock.now())

    def _begin(self, scheduler: SellerScheduler) -> None:
        """Begin a seller's next step, if one is allowed."""
        now = self._clock.now()
        for call, seconds in self._due_queue.quota_waits(scheduler, now):
            self._on_quota_wait(call, seconds)
        step = scheduler.next_step(now)
        self._add_completed(scheduler)
        self._wake_others(scheduler, now)
        if step is not None:
            if self._executor.concurrent:
                self._due_queue.put(scheduler, now)  # there may be another one
            self._steps.begin(scheduler, step)
        elif (wait := scheduler.until_next_move(now)) is not None:
            self._due_queue.delay(
                scheduler, now + timedelta(seconds=max(wait, _SHORTEST_PAUSE)), now
            )

    def _step_ended(self, scheduler: SellerScheduler) -> None:
        now = self._clock.now()
        self._add_completed(scheduler)
        self._wake_others(scheduler, now)
        if self._executor.concurrent:
            self._due_queue.advance(scheduler, now)
        else:
            self._due_queue.put(scheduler, now)

    def _step_failed(self, scheduler: SellerScheduler, error: TapError) -> None:
        self._close(self._on_seller_lost(scheduler.seller_id, error), error)

    def _wake_others(self, scheduler: SellerScheduler, now: datetime) -> None:
        """Wake the sellers whose turn or poll a move of this one has made earlier."""
        if self._latencies.take_lower():
            self._due_queue.wake(now)
        if self._turns.take_learned():
            self._all_take_places()
        for seller_id in self._turns.to_wake(now):
            if seller_id != scheduler.seller_id:
                self._due_queue.advance(self._schedulers[seller_id], now)

    def _all_take_places(self) -> None:
        now = self._clock.now()
        for scheduler in self._schedulers.values():
            scheduler.take_places(now)
            self._add_completed(scheduler)

    def _close(self, seller_ids: Collection[str], error: TapError) -> None:
        for scheduler in [
            self._schedulers[each] for each in seller_ids if each in self._schedulers
        ]:
            scheduler.close(error, self._clock.now())
            self._add_completed(scheduler)
            self._wake_others(scheduler, self._clock.now())

    def _add_completed(self, scheduler: SellerScheduler) -> None:
        left = self._left[scheduler.seller_id]
        if ended := [job for job in left if job.phase.ended]:
            self._left[scheduler.seller_id] = [job for job in left if not job.phase.ended]
            self._completed.put(ended)

    def _pause(self) -> None:
        now, is_idle = self._clock.now(), not self._executor.in_flight
        state_due = self._state_due()
        if is_idle or (state_due is not None and state_due <= now):
            self._before_pause()
            state_due = None
        moments = [each for each in (self._next_move(), state_due) if each is not None]
        wait = min((each - now).total_seconds() for each in moments) if moments else LONGEST_PAUSE
        if self._consumer is not None and is_idle:
            if self._consumer.wait(min(wait, LONGEST_PAUSE)):
                # A notification may be for any scheduler.
                self._due_queue.wake(self._clock.now())
            return
        wait = min(wait, LONGEST_PAUSE, self._observer.interval)
        if self._consumer is not None:
            wait = min(wait, RECEIVE_INTERVAL)
        # While calls are in flight, a wait may end at once.
        self._observer.waiting(wait if is_idle else 0.0)
        self._executor.wait(wait)
        if (self._clock.now() - self._received_at).total_seconds() >= RECEIVE_INTERVAL:
            with self._executor.locked():
                self._receive_notifications()

    def _next_move(self) -> datetime | None:
        """Return when the next step is due; None if only a free connection allows one."""
        return self._due_queue.next_move if self._executor.has_room else None


def _to_forecast(schedulers: Sequence[SellerScheduler]) -> list[SellerScheduler]:
    """Return those whose forecast is updated; the first time that is all of them."""
    without = [each for each in schedulers if each.forecast_at is None]
    known = [each for each in schedulers if each.forecast_at is not None]
    last = sorted(known, key=lambda each: each.expected_end or _NEVER, reverse=True)[:FORECASTS]
    oldest = sorted(known, key=lambda each: each.forecast_at or _NEVER)[:FORECASTS]
    return list(dict.fromkeys([*without, *last, *oldest]))
