"""The one loop over all sellers and streams: somebody moves, or all wait. Nothing else waits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import timedelta

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.interface import Call
from tap_mws_reports.errors import TapError
from tap_mws_reports.retrieval.agenda import Agenda
from tap_mws_reports.retrieval.desk import Desk
from tap_mws_reports.retrieval.inbox import Inbox
from tap_mws_reports.retrieval.shelf import Shelf
from tap_mws_reports.retrieval.standing import Standing, of_all
from tap_mws_reports.retrieval.waiting import Unobserved, WaitObserver, sleep
from tap_mws_reports.retrieval.work import Work

LONGEST_PAUSE = 60.0
"""Seconds."""

_SHORTEST_PAUSE = 0.01


class Pipeline:
    """Moves every piece of work from request to document.

    A step costs what the desks that are due cost, so thousands of sellers that wait cost nothing.

    Args:
        desks: the works, by seller. Quotas are each seller's own, so nobody waits for another.
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
        desks: Sequence[Desk],
        clock: Clock,
        held_up: Callable[[Call, float], None],
        lost: Callable[[str, TapError], Collection[str]],
        before_pause: Callable[[], None],
        inbox: Inbox | None = None,
        observer: WaitObserver | None = None,
    ) -> None:
        self._desks = {desk.seller_id: desk for desk in desks}
        self._clock = clock
        self._held_up = held_up
        self._lost = lost
        self._before_pause = before_pause
        self._agenda = Agenda(desks, clock.now())
        self._shelf = Shelf(work for desk in desks for work in desk.works)
        self._left = {
            desk.seller_id: [work for work in desk.works if not work.phase.ended] for desk in desks
        }
        self._inbox = inbox
        self._observer = observer or Unobserved()

    def standing(self) -> Standing:
        """Return where all works stand now."""
        now = self._clock.now()
        return of_all([desk.standing(now) for desk in self._desks.values()])

    def ended(self, stream: str) -> Iterator[Work]:
        """Yield the works of a stream as they end, the oldest window first among those ended."""
        while self._shelf.awaits(stream):
            work = self._shelf.take(stream)
            if work is None:
                self._step()
            else:
                yield work

    def is_wanted(self, work: Work) -> bool:
        """Whether another stream has still to read the document of a work."""
        return any(
            other.document is work.document and not other.delivered
            for other in self._desks[work.seller_id].works
        )

    def _step(self) -> None:
        now = self._clock.now()
        due = self._agenda.due(now)
        if self._inbox is not None and any(desk.is_about_to_look(now) for desk in due):
            # What has come meanwhile saves the look.
            self._inbox.clear()
            self._agenda.wake(now)
        for desk in due:
            self._move(desk)
        if self._inbox is not None:
            self._inbox.doubt()
        if not due:
            self._pause()

    def _move(self, desk: Desk) -> None:
        for call, seconds in self._agenda.held_up(desk, self._clock.now()):
            self._held_up(call, seconds)
        try:
            moved = desk.move(self._clock.now())
        except TapError as error:
            self._close(self._lost(desk.seller_id, error), error)
            return
        self._put_on_shelf(desk)
        now = self._clock.now()
        if moved:
            self._agenda.put(desk, now)
        elif (wait := desk.until_next_move(now)) is not None:
            self._agenda.rest(desk, now + timedelta(seconds=max(wait, _SHORTEST_PAUSE)), now)

    def _close(self, seller_ids: Collection[str], error: TapError) -> None:
        for desk in [self._desks[each] for each in seller_ids if each in self._desks]:
            desk.close(error, self._clock.now())
            self._put_on_shelf(desk)

    def _put_on_shelf(self, desk: Desk) -> None:
        left = self._left[desk.seller_id]
        if ended := [work for work in left if work.phase.ended]:
            self._left[desk.seller_id] = [work for work in left if not work.phase.ended]
            self._shelf.put(ended)

    def _pause(self) -> None:
        self._before_pause()
        next_move, now = self._agenda.next_move, self._clock.now()
        wait = LONGEST_PAUSE if next_move is None else (next_move - now).total_seconds()
        if self._inbox is None:
            sleep(min(wait, LONGEST_PAUSE), self._clock, self._observer)
        else:
            self._inbox.wait(min(wait, LONGEST_PAUSE))
            # A notification may be for any desk.
            self._agenda.wake(self._clock.now())
