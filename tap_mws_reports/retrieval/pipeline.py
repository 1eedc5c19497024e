"""The one loop over all sellers and streams: somebody moves, or all wait. Nothing else waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.interface import Call, ReportDocument
from tap_mws_reports.retrieval.desk import Desk
from tap_mws_reports.retrieval.inbox import Inbox
from tap_mws_reports.retrieval.standing import Standing, of_all
from tap_mws_reports.retrieval.work import Work

LONGEST_PAUSE = 60.0
"""Seconds."""

_SHORTEST_PAUSE = 0.01


class Pipeline:
    """Moves every piece of work from request to document.

    Args:
        desks: the works, by seller. Quotas are each seller's own, so nobody waits for another.
        clock: tells the time and sleeps.
        held_up: told of each pause in which a quota held a call up: which, and the seconds.
        inbox: the notifications for the desks; a pause ends when one has come.
    """

    def __init__(
        self,
        desks: Sequence[Desk],
        clock: Clock,
        held_up: Callable[[Call, float], None],
        inbox: Inbox | None = None,
    ) -> None:
        self._desks = desks
        self._clock = clock
        self._held_up = held_up
        self._inbox = inbox

    @property
    def works(self) -> list[Work]:
        """All works of all desks."""
        return [work for desk in self._desks for work in desk.works]

    def standing(self) -> Standing:
        """Return where all works stand now."""
        now = self._clock.now()
        return of_all([desk.standing(now) for desk in self._desks])

    def ended(self, stream: str) -> Iterator[Work]:
        """Yield the works of a stream as they end, the oldest window first among those ended."""
        while waiting := [w for w in self.works if w.stream == stream and not w.delivered]:
            ended = [work for work in waiting if work.phase.ended]
            if not ended:
                self._step()
                continue
            oldest = min(ended, key=lambda work: work.age_key)
            oldest.delivered = True
            yield oldest

    def is_wanted(self, document: ReportDocument) -> bool:
        """Whether a stream has still to read a document."""
        return any(work.document is document and not work.delivered for work in self.works)

    def _step(self) -> None:
        now = self._clock.now()
        if self._inbox is not None and any(desk.is_about_to_look(now) for desk in self._desks):
            # What has come meanwhile saves the look.
            self._inbox.clear()
        moves = [desk.move(self._clock.now()) for desk in self._desks]
        if self._inbox is not None:
            self._inbox.doubt()
        if not any(moves):
            self._pause()

    def _pause(self) -> None:
        now = self._clock.now()
        waits = [desk.until_next_move(now) for desk in self._desks]
        shortest = min([LONGEST_PAUSE, *(wait for wait in waits if wait is not None)])
        held_up = [call for desk in self._desks for call in desk.held_up(now)]
        pause = self._clock.sleep if self._inbox is None else self._inbox.wait
        pause(max(shortest, _SHORTEST_PAUSE))
        # A notification may have ended the pause, so only what has passed is counted.
        passed = (self._clock.now() - now).total_seconds()
        for call in held_up:
            self._held_up(call, passed)
