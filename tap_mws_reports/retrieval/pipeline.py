"""The one loop over all sellers and streams: somebody moves, or all wait. Nothing else waits."""

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
from tap_mws_reports.retrieval.report_job import ReportJob
from tap_mws_reports.retrieval.seller_scheduler import SellerScheduler
from tap_mws_reports.retrieval.waiting import Unobserved, WaitObserver, sleep


class DueQueue:
    """Desks in the order of their next moves. Those that are due take turns.

    Args:
        schedulers: all; they are due at once.
        now: the present moment.
    """

    def __init__(self, schedulers: Iterable[SellerScheduler], now: datetime) -> None:
        self._turns = count()
        self._moves: list[tuple[datetime, int, SellerScheduler]] = []
        self._resting: dict[SellerScheduler, tuple[datetime, list[ThrottledCall]]] = {}
        for scheduler in schedulers:
            self.put(scheduler, now)

    @property
    def next_move(self) -> datetime | None:
        """When the next desk is due; None when none has anything left to do."""
        return self._moves[0][0] if self._moves else None

    def put(self, scheduler: SellerScheduler, moment: datetime) -> None:
        """Let a desk be due at a moment."""
        heappush(self._moves, (moment, next(self._turns), scheduler))

    def rest(self, scheduler: SellerScheduler, until: datetime, now: datetime) -> None:
        """Let a desk be due at a moment, and note what holds it up until then."""
        self._resting[scheduler] = (now, scheduler.held_up(now))
        self.put(scheduler, until)

    def wake(self, now: datetime) -> None:
        """Let all desks be due that have anything left to do."""
        self._moves = [
            (min(moment, now), turn, scheduler) for moment, turn, scheduler in self._moves
        ]
        heapify(self._moves)

    def due(self, now: datetime) -> list[SellerScheduler]:
        """Take the desks out that are due, whoever has waited longest first."""
        schedulers = []
        while self._moves and self._moves[0][0] <= now:
            schedulers.append(heappop(self._moves)[2])
        return schedulers

    def held_up(
        self, scheduler: SellerScheduler, now: datetime
    ) -> Iterable[tuple[ThrottledCall, float]]:
        """Return the calls that a quota held up while a desk rested, and for how many seconds."""
        since, calls = self._resting.pop(scheduler, (now, []))
        return [(call, (now - since).total_seconds()) for call in calls]


class CompletedJobs:
    """Hands each stream its ended works, of those that are there the oldest window first.

    Args:
        jobs: all that are to come, and those that have ended already.
    """

    def __init__(self, jobs: Iterable[ReportJob]) -> None:
        jobs = list(jobs)
        self._awaited = Counter(job.stream for job in jobs)
        self._ended: defaultdict[str, list[tuple[datetime, int, ReportJob]]] = defaultdict(list)
        self._numbers = count()
        self.put([job for job in jobs if job.phase.ended])

    def put(self, jobs: Iterable[ReportJob]) -> None:
        """Take in works that have just ended."""
        for job in jobs:
            heappush(self._ended[job.stream], (job.age_key, next(self._numbers), job))

    def awaits(self, stream: str) -> bool:
        """Whether a stream has not been handed all of its works."""
        return self._awaited[stream] > 0

    def take(self, stream: str) -> ReportJob | None:
        """Return the oldest work of a stream that is there, or None when there is none yet."""
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
    """Moves every piece of work from request to document.

    A step costs what the desks that are due cost, so thousands of sellers that wait cost nothing.

    Args:
        schedulers: the works, by seller. Quotas are each seller's own, so nobody waits for another.
        clock: tells the time and sleeps.
        held_up: told of each rest of a desk that a quota held up: the call, and the seconds.
        lost: told of a seller for whom a call has failed for good, and why; returns all who share
            that fate, or raises the error when it is everybody's.
        before_pause: called when everybody is about to wait.
        inbox: the notifications for the desks; a pause ends when one has come.
        observer: the waits are reported to it; those of the inbox it reports itself.
    """

    def __init__(
        self,
        schedulers: Sequence[SellerScheduler],
        clock: Clock,
        held_up: Callable[[ThrottledCall, float], None],
        lost: Callable[[str, TapError], Collection[str]],
        before_pause: Callable[[], None],
        inbox: NotificationConsumer | None = None,
        observer: WaitObserver | None = None,
    ) -> None:
        self._schedulers = {scheduler.seller_id: scheduler for scheduler in schedulers}
        self._clock = clock
        self._held_up = held_up
        self._lost = lost
        self._before_pause = before_pause
        self._due_queue = DueQueue(schedulers, clock.now())
        self._completed = CompletedJobs(job for scheduler in schedulers for job in scheduler.jobs)
        self._left = {
            scheduler.seller_id: [job for job in scheduler.jobs if not job.phase.ended]
            for scheduler in schedulers
        }
        self._inbox = inbox
        self._observer = observer or Unobserved()

    def snapshot(self) -> ProgressSnapshot:
        """Return where all works stand now."""
        now = self._clock.now()
        return combine_snapshots(
            [scheduler.snapshot(now) for scheduler in self._schedulers.values()]
        )

    def ended(self, stream: str) -> Iterator[ReportJob]:
        """Yield the works of a stream as they end, the oldest window first among those ended."""
        while self._completed.awaits(stream):
            job = self._completed.take(stream)
            if job is None:
                self._step()
            else:
                yield job

    def is_wanted(self, job: ReportJob) -> bool:
        """Whether another stream has still to read the document of a work."""
        return any(
            other.document is job.document and not other.delivered
            for other in self._schedulers[job.seller_id].jobs
        )

    def _step(self) -> None:
        now = self._clock.now()
        due = self._due_queue.due(now)
        if self._inbox is not None and any(scheduler.is_about_to_look(now) for scheduler in due):
            # What has come meanwhile saves the look.
            self._inbox.clear()
            self._due_queue.wake(now)
        for scheduler in due:
            self._move(scheduler)
        if self._inbox is not None:
            self._inbox.doubt()
        if not due:
            self._pause()

    def _move(self, scheduler: SellerScheduler) -> None:
        for call, seconds in self._due_queue.held_up(scheduler, self._clock.now()):
            self._held_up(call, seconds)
        try:
            moved = scheduler.move(self._clock.now())
        except TapError as error:
            self._close(self._lost(scheduler.seller_id, error), error)
            return
        self._put_on_shelf(scheduler)
        now = self._clock.now()
        if moved:
            self._due_queue.put(scheduler, now)
        elif (wait := scheduler.until_next_move(now)) is not None:
            self._due_queue.rest(
                scheduler, now + timedelta(seconds=max(wait, _SHORTEST_PAUSE)), now
            )

    def _close(self, seller_ids: Collection[str], error: TapError) -> None:
        for scheduler in [
            self._schedulers[each] for each in seller_ids if each in self._schedulers
        ]:
            scheduler.close(error, self._clock.now())
            self._put_on_shelf(scheduler)

    def _put_on_shelf(self, scheduler: SellerScheduler) -> None:
        left = self._left[scheduler.seller_id]
        if ended := [job for job in left if job.phase.ended]:
            self._left[scheduler.seller_id] = [job for job in left if not job.phase.ended]
            self._completed.put(ended)

    def _pause(self) -> None:
        self._before_pause()
        next_move, now = self._due_queue.next_move, self._clock.now()
        wait = LONGEST_PAUSE if next_move is None else (next_move - now).total_seconds()
        if self._inbox is None:
            sleep(min(wait, LONGEST_PAUSE), self._clock, self._observer)
        else:
            self._inbox.wait(min(wait, LONGEST_PAUSE))
            # A notification may be for any desk.
            self._due_queue.wake(self._clock.now())
