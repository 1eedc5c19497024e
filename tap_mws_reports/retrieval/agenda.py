"""When the desk of each seller is to move next, so that those who wait cost nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from heapq import heapify, heappop, heappush
from itertools import count

from tap_mws_reports.api.interface import Call
from tap_mws_reports.retrieval.desk import Desk


class Agenda:
    """Desks in the order of their next moves. Those that are due take turns.

    Args:
        desks: all; they are due at once.
        now: the present moment.
    """

    def __init__(self, desks: Iterable[Desk], now: datetime) -> None:
        self._turns = count()
        self._moves: list[tuple[datetime, int, Desk]] = []
        self._resting: dict[Desk, tuple[datetime, list[Call]]] = {}
        for desk in desks:
            self.put(desk, now)

    @property
    def next_move(self) -> datetime | None:
        """When the next desk is due; None when none has anything left to do."""
        return self._moves[0][0] if self._moves else None

    def put(self, desk: Desk, moment: datetime) -> None:
        """Let a desk be due at a moment."""
        heappush(self._moves, (moment, next(self._turns), desk))

    def rest(self, desk: Desk, until: datetime, now: datetime) -> None:
        """Let a desk be due at a moment, and note what holds it up until then."""
        self._resting[desk] = (now, desk.held_up(now))
        self.put(desk, until)

    def wake(self, now: datetime) -> None:
        """Let all desks be due that have anything left to do."""
        self._moves = [(min(moment, now), turn, desk) for moment, turn, desk in self._moves]
        heapify(self._moves)

    def due(self, now: datetime) -> list[Desk]:
        """Take the desks out that are due, whoever has waited longest first."""
        desks = []
        while self._moves and self._moves[0][0] <= now:
            desks.append(heappop(self._moves)[2])
        return desks

    def held_up(self, desk: Desk, now: datetime) -> Iterable[tuple[Call, float]]:
        """Return the calls that a quota held up while a desk rested, and for how many seconds."""
        since, calls = self._resting.pop(desk, (now, []))
        return [(call, (now - since).total_seconds()) for call in calls]
