"""The main loop over all sellers and streams: run what is due, or wait. Nothing else waits."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import count

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.interface import ThrottledCall
from tap_mws_reports.errors import TapError
from tap_mws_reports.retrieval.notification_consumer import NotificationConsumer
from tap_mws_reports.retrieval.progress_snapshot import ProgressSnapshot, combine_snapshots
from tap_mws_reports.retrieval.report_job import JobStatus, ReportJob
from tap_mws_reports.retrieval.scheduling.request_turns import RequestTurns, grant_moments
from tap_mws_reports.retrieval.seller_scheduler import SellerScheduler
from tap_mws_reports.retrieval.waiting import Unobserved, WaitObserver, sleep


class DueQueue:
    """Schedulers ordered by their due times. Those that are due take turns.

    Args:
        schedulers: all schedulers; they are due at once.
        now: the current time.
    """

    def __init__(self, schedulers: Iterable[SellerScheduler], now: datetime) -> None:
        self._turns = count()
        self._moves: list[tuple[datetime, int, SellerScheduler]] = []
        self._due: dict[SellerScheduler, tuple[datetime, int]] = {}
        """When each queued scheduler is due; other entries of the heap are outdated."""
        self._resting: dict[SellerScheduler, tuple[datetime, list[ThrottledCall]]] = {}
        for scheduler in schedulers:
            self.put(scheduler, now)

    @property
    def next_move(self) -> datetime | None:
        """When the next scheduler is due; None when none is queued."""
        self._drop_outdated()
        return self._moves[0][0] if self._moves else None

    def put(self, scheduler: SellerScheduler, moment: datetime) -> None:
        """Add a scheduler with its due time, which replaces an earlier one."""
        turn = next(self._turns)
        self._due[scheduler] = (moment, turn)
        heappush(self._moves, (moment, turn, scheduler))

    def advance(self, scheduler: SellerScheduler, moment: datetime) -> None:
        """Let a scheduler be due at ``moment`` at the latest."""
        known = self._due.get(scheduler)
        if known is None or known[0] > moment:
            self.put(scheduler, moment)

    def rest(self, scheduler: SellerScheduler, until: datetime, now: datetime) -> None:
        """Add a scheduler with its due time, and record which quotas delay it until then."""
        self._resting[scheduler] = (now, scheduler.held_up(now))
        self.put(scheduler, until)

    def wake(self, now: datetime) -> None:
        """Make all queued schedulers due now."""
        self._due = {
            scheduler: (min(moment, now), turn) for scheduler, (moment, turn) in self._due.items()
        }
        self._moves = [(moment, turn, each) for each, (moment, turn) in self._due.items()]
        heapify(self._moves)

    def due(self, now: datetime) -> list[SellerScheduler]:
        """Remove and return the schedulers that are due, the longest waiting first."""
        schedulers = []
        self._drop_outdated()
        while self._moves and self._moves[0][0] <= now:
            scheduler = heappop(self._moves)[2]
            del self._due[scheduler]
            schedulers.append(scheduler)
            self._drop_outdated()
        return schedulers

    def _drop_outdated(self) -> None:
        while self._moves and self._due.get(self._moves[0][2]) != self._moves[0][:2]:
            heappop(self._moves)

    def held_up(
        self, scheduler: SellerScheduler, now: datetime
    ) -> Iterable[tuple[ThrottledCall, float]]:
        """Return the calls that a quota delayed while a scheduler waited, with the seconds."""
        since, calls = self._resting.pop(scheduler, (now, []))
        return [(call, (now - since).total_seconds()) for call in calls]


class CompletedJobs:
    """The completed jobs of each stream, the oldest window first.

    Args:
        jobs: all jobs of the run, completed or not.
    """

    def __init__(self, jobs: Iterable[ReportJob]) -> None:
        jobs = list(jobs)
        self._awaited = Counter(job.stream for job in jobs)
        self._ended: defaultdict[str, list[tuple[datetime, int, ReportJob]]] = defaultdict(list)
        self._numbers = count()
        self.put([job for job in jobs if job.phase.ended])

    def put(self, jobs: Iterable[ReportJob]) -> None:
        """Add jobs that have just completed."""
        for job in jobs:
            heappush(self._ended[job.stream], (job.age_key, next(self._numbers), job))

    def expect_again(self, stream: str) -> None:
        """A job that was taken will complete once more."""
        self._awaited[stream] += 1

    def awaits(self, stream: str) -> bool:
        """Whether a stream has not yet received all of its jobs."""
        return self._awaited[stream] > 0

    def take(self, stream: str) -> ReportJob | None:
        """Return the oldest completed job of a stream, or None if there is none yet."""
        if not self._ended[stream]:
            return None
        self._awaited[stream] -= 1
        _, _, job = heappop(self._ended[stream])
        job.handed_over()
        return job


LONGEST_PAUSE = 60.0
"""Seconds."""

_SHORTEST_PAUSE = 0.01


class Pipeline:
    """Moves every job from request to document.

    A step costs only as much as the schedulers that are due: waiting sellers cost nothing.

    Args:
        schedulers: one per seller. Quotas are per seller, so no seller waits for another, except
            for the limits of report types, at which they take turns.
        clock: reads the time and sleeps.
        held_up: called after each wait for a quota, with the call and the seconds.
        lost: called with a seller whose call failed for good, and the error; returns all sellers
            that fail with it, or raises the error if it concerns all of them.
        before_pause: called before each wait.
        consumer: the consumer of notifications; a notification ends a pause.
        observer: receives a report of each wait; the consumer reports its own.
        turns: whose turn it is to request reports of limited types, as the schedulers have it.
    """

    def __init__(
        self,
        schedulers: Sequence[SellerScheduler],
        clock: Clock,
        held_up: Callable[[ThrottledCall, float], None],
        lost: Callable[[str, TapError], Collection[str]],
        before_pause: Callable[[], None],
        consumer: NotificationConsumer | None = None,
        observer: WaitObserver | None = None,
        turns: RequestTurns | None = None,
    ) -> None:
        self._schedulers = {scheduler.seller_id: scheduler for scheduler in schedulers}
        self._clock = clock
        self._on_quota_wait = held_up
        self._on_seller_lost = lost
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
        self._all_take_places()

    def snapshot(self) -> ProgressSnapshot:
        """Return the progress snapshot of all sellers."""
        now = self._clock.now()
        schedulers = [
            each for each in self._schedulers.values() if self._left[each.seller_id]
        ] or list(self._schedulers.values())[:1]
        deadlines = [scheduler.deadline for scheduler in schedulers if scheduler.deadline]
        moments = grant_moments(
            {each.seller_id: (each.limited, each.limits) for each in schedulers},
            now,
            min(deadlines, default=now),
        )
        finished = self._schedulers.keys() - {each.seller_id for each in schedulers}
        return combine_snapshots(
            [scheduler.snapshot(now, moments) for scheduler in schedulers],
            sum((self._phases(seller_id) for seller_id in finished), Counter()),
        )

    def _phases(self, seller_id: str) -> Counter[JobStatus]:
        """Return how the jobs of a seller that has finished ended."""
        if seller_id not in self._ended_phases:
            jobs = self._schedulers[seller_id].jobs
            self._ended_phases[seller_id] = Counter(job.phase for job in jobs)
        return self._ended_phases[seller_id]

    def ended(self, stream: str) -> Iterator[ReportJob]:
        """Yield the jobs of a stream as they end, the oldest window first among those ended."""
        while self._completed.awaits(stream):
            job = self._completed.take(stream)
            if job is None:
                self._step()
            else:
                yield job

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

    def _step(self) -> None:
        now = self._clock.now()
        due = self._due_queue.due(now)
        if self._consumer is not None and any(scheduler.is_about_to_poll(now) for scheduler in due):
            # A notification that has arrived meanwhile saves the poll.
            self._consumer.clear()
            self._due_queue.wake(now)
        for scheduler in due:
            self._move(scheduler)
        if self._consumer is not None:
            self._consumer.check_delivery()
        if not due:
            self._pause()

    def _move(self, scheduler: SellerScheduler) -> None:
        for call, seconds in self._due_queue.held_up(scheduler, self._clock.now()):
            self._on_quota_wait(call, seconds)
        try:
            moved = scheduler.move(self._clock.now())
        except TapError as error:
            self._close(self._on_seller_lost(scheduler.seller_id, error), error)
            return
        self._add_completed(scheduler)
        now = self._clock.now()
        self._wake_others(scheduler, now)
        if moved:
            self._due_queue.put(scheduler, now)
        elif (wait := scheduler.until_next_move(now)) is not None:
            self._due_queue.rest(
                scheduler, now + timedelta(seconds=max(wait, _SHORTEST_PAUSE)), now
            )

    def _wake_others(self, scheduler: SellerScheduler, now: datetime) -> None:
        """Wake the sellers whose turn it has become by a move of this one."""
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
        self._before_pause()
        next_move, now = self._due_queue.next_move, self._clock.now()
        wait = LONGEST_PAUSE if next_move is None else (next_move - now).total_seconds()
        if self._consumer is None:
            sleep(min(wait, LONGEST_PAUSE), self._clock, self._observer)
        else:
            self._consumer.wait(min(wait, LONGEST_PAUSE))
            # A notification may be for any scheduler.
            self._due_queue.wake(self._clock.now())
