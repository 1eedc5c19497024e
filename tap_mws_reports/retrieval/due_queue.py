"""When the scheduler of each seller is due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from heapq import heapify, heappop, heappush
from itertools import count

from tap_mws_reports.api.interface import ThrottledCall
from tap_mws_reports.retrieval.seller_scheduler import SellerScheduler


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
        self._delayed: dict[SellerScheduler, tuple[datetime, list[ThrottledCall]]] = {}
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

    def delay(self, scheduler: SellerScheduler, until: datetime, now: datetime) -> None:
        """Add a scheduler with its due time, and record which quotas delay it until then."""
        self._delayed[scheduler] = (now, scheduler.quota_limited(now))
        self.put(scheduler, until)

    def wake(self, now: datetime) -> None:
        """Make all queued schedulers due now."""
        self._due = {
            scheduler: (min(moment, now), turn) for scheduler, (moment, turn) in self._due.items()
        }
        self._moves = [(moment, turn, each) for each, (moment, turn) in self._due.items()]
        heapify(self._moves)

    def next_turn(self) -> int:
        """Return the number of the next turn: those that are put from now on have later ones."""
        return next(self._turns)

    def next_due(self, now: datetime, before: int) -> SellerScheduler | None:
        """Remove and return the scheduler that has been due longest, or None if none is due.

        ``before`` is a turn: those that were put later are left for the next time.
        """
        self._drop_outdated()
        if not self._moves or self._moves[0][0] > now or self._moves[0][1] > before:
            return None
        scheduler = heappop(self._moves)[2]
        del self._due[scheduler]
        return scheduler

    def _drop_outdated(self) -> None:
        while self._moves and self._due.get(self._moves[0][2]) != self._moves[0][:2]:
            heappop(self._moves)

    def quota_waits(
        self, scheduler: SellerScheduler, now: datetime
    ) -> Iterable[tuple[ThrottledCall, float]]:
        """Return the calls that a quota delayed since `delay`, with the seconds; each once."""
        since, calls = self._delayed.pop(scheduler, (now, []))
        return [(call, (now - since).total_seconds()) for call in calls]
