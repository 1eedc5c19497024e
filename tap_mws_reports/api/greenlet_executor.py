"""Calls that overlap in virtual time: a simulation, event by event.

Each call is a greenlet, which runs until it sleeps. The time of its wake-up is an event; the loop's
own waits run the events until then. Events of the same moment happen in the order in which they
were made, so a run takes the same course whenever it is repeated.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import TypeVar

from greenlet import GreenletExit, getcurrent, greenlet

from tap_mws_reports.api.call_executor import DeliveredCalls, Outcome
from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.api.transport import Transport

T = TypeVar("T")


class GreenletExecutor:
    """A `CallExecutor` under a virtual clock.

    Args:
        clock: the clock; only this executor lets its time pass.
        connections: how many calls may occupy a connection at the same time.
    """

    concurrent = True

    def __init__(self, clock: VirtualClock, connections: int) -> None:
        self._base = clock
        self.clock = _SimulatedClock(self, clock, occupied=False)
        self.transport_clock = _SimulatedClock(self, clock, occupied=True)
        self._calls = DeliveredCalls()
        self._free = connections
        self._numbers = count()
        self._events: list[tuple[datetime, int, greenlet, bool]] = []
        """When which call wakes up, and whether it needs a connection then."""
        self._waking: deque[greenlet] = deque()
        """Calls whose sleep is over, and that wait for a connection."""
        self._running: dict[greenlet, greenlet] = {}
        """The calls in flight, each with the greenlet to resume when it sleeps."""

    def guarded(self, transport: Transport) -> Transport:
        """See `CallExecutor.guarded`."""
        return transport

    @property
    def has_room(self) -> bool:
        """See `CallExecutor.has_room`."""
        return self._free > len(self._waking)

    @property
    def in_flight(self) -> int:
        """See `CallExecutor.in_flight`."""
        return self._calls.in_flight

    def locked(self) -> AbstractContextManager[None]:
        """See `CallExecutor.locked`: calls run only while the loop waits."""
        return nullcontext()

    def submit(self, call: Callable[[], T], done: Callable[[Outcome[T]], None]) -> None:
        """Begin a call, up to its first sleep; see `CallExecutor.submit`."""

        def run() -> None:
            outcome = Outcome.of(call)
            del self._running[getcurrent()]
            if not isinstance(outcome.error, GreenletExit):
                self._calls.add(done, outcome)
            self._free += 1

        self._free -= 1
        self._calls.in_flight += 1
        self._resume(greenlet(run))

    def _resume(self, call: greenlet) -> None:
        self._running[call] = getcurrent()
        call.parent = getcurrent()
        call.switch()

    def deliver(self) -> bool:
        """See `CallExecutor.deliver`."""
        return self._calls.deliver()

    def wait(self, seconds: float) -> None:
        """See `CallExecutor.wait`."""
        had_room = self.has_room
        self._run_until(
            self._base.now() + timedelta(seconds=max(0.0, seconds)),
            lambda: bool(self._calls) or (self.has_room and not had_room),
        )

    def _run_until(self, moment: datetime, is_enough: Callable[[], bool]) -> None:
        """Advance the clock and run calls until a moment, or until ``is_enough``."""
        while not is_enough():
            if self._waking and self._free > 0:
                self._free -= 1
                self._resume(self._waking.popleft())
            elif self._events and self._events[0][0] <= moment:
                wakes, _, call, needs_connection = heappop(self._events)
                self._pass_until(wakes)
                if needs_connection:
                    self._waking.append(call)
                else:
                    self._resume(call)
            else:
                self._pass_until(moment)
                return

    def _pass_until(self, moment: datetime) -> None:
        self._base.sleep((moment - self._base.now()).total_seconds())

    def sleep(self, seconds: float, *, occupied: bool) -> None:
        """Let a call, or the loop, sleep while the others run."""
        moment = self._base.now() + timedelta(seconds=max(0.0, seconds))
        call = getcurrent()
        if call not in self._running:
            self._run_until(moment, lambda: False)
            return
        if not seconds:
            return
        self._free += not occupied
        heappush(self._events, (moment, next(self._numbers), call, not occupied))
        self._running[call].switch()

    def close(self) -> None:
        """Give up the calls that are in flight."""
        for call in list(self._running):
            call.throw(GreenletExit)
        self._events.clear()
        self._waking.clear()


class _SimulatedClock:
    """Runs other calls while a call sleeps."""

    def __init__(self, executor: GreenletExecutor, clock: VirtualClock, *, occupied: bool) -> None:
        self._executor = executor
        self._clock = clock
        self._occupied = occupied

    def now(self) -> datetime:
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        self._executor.sleep(seconds, occupied=self._occupied)

    def listen(self, seconds: float, receive: Callable[[float], T]) -> T:
        self.sleep(seconds)
        return receive(0.0)
