"""Calls in threads, of which one at a time holds the lock."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from tap_mws_reports.api.call_executor import DeliveredCalls, Outcome
from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.transport import HttpRequest, HttpResponse, Transport

T = TypeVar("T")


class ThreadExecutor:
    """A `CallExecutor` that makes each call in a separate thread.

    The threads are daemons: a run that is stopped does not wait for an answer.

    Args:
        clock: reads the time and sleeps.
        connections: how many calls may occupy a connection at the same time.
    """

    concurrent = True

    def __init__(self, clock: Clock, connections: int) -> None:
        self._base = clock
        self.clock: Clock = _YieldingClock(self, clock)
        self.transport_clock = clock
        self._lock = threading.Lock()
        self._turn = threading.Condition(self._lock)
        self._holder: int | None = None
        """The thread that holds the lock."""
        self._calls = DeliveredCalls()
        self._free = connections
        self._waking = 0
        """How many calls have ended their sleep, and wait for a connection."""
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._events: queue.SimpleQueue[None] = queue.SimpleQueue()
        """An item for each call that has ended, and each connection that has become free."""
        self._threads: set[int] = set()
        self._idle = 0

    def guarded(self, transport: Transport) -> Transport:
        """See `CallExecutor.guarded`."""
        return _YieldingTransport(self, transport)

    @property
    def has_room(self) -> bool:
        """See `CallExecutor.has_room`."""
        return self._free > self._waking

    @property
    def in_flight(self) -> int:
        """See `CallExecutor.in_flight`."""
        return self._calls.in_flight

    @contextmanager
    def locked(self) -> Iterator[None]:
        """See `CallExecutor.locked`; the context may be entered again within it."""
        if self._holder == threading.get_ident():
            yield
            return
        # The lock itself: a signal may raise within `Condition.__enter__`, and leave it locked.
        with self._lock:
            self._holder = threading.get_ident()
            try:
                yield
            finally:
                self._holder = None

    @contextmanager
    def unlocked(self) -> Iterator[None]:
        """Release the lock while the context lasts."""
        if self._holder != threading.get_ident():
            yield
            return
        self._holder = None
        self._lock.release()
        try:
            yield
        finally:
            self._lock.acquire()
            self._holder = threading.get_ident()

    def submit(self, call: Callable[[], T], done: Callable[[Outcome[T]], None]) -> None:
        """See `CallExecutor.submit`."""

        def run() -> None:
            with self.locked():
                outcome = Outcome.of(call)
                self._calls.add(done, outcome)
                self._free += 1
                self._idle += 1
                self._notify()

        with self.locked():
            self._free -= 1
            self._calls.in_flight += 1
            self._work.put(run)
            if self._idle:
                self._idle -= 1
                return
        threading.Thread(target=self._serve, daemon=True, name="call to Amazon").start()

    def _serve(self) -> None:
        self._threads.add(threading.get_ident())
        while (run := self._work.get()) is not None:
            run()
        self._work.put(None)  # for the next thread

    def _notify(self) -> None:
        """Notify the loop, and the calls that wait for a connection."""
        self._events.put(None)
        self._turn.notify()

    def deliver(self) -> bool:
        """See `CallExecutor.deliver`."""
        with self.locked():
            return self._calls.deliver()

    def wait(self, seconds: float) -> None:
        """See `CallExecutor.wait`."""
        if not self._calls and seconds > 0:
            with self.unlocked():
                self._base.listen(seconds, self._await_event)

    def _await_event(self, seconds: float) -> None:
        # Not by a condition: a signal that comes while it takes its lock again leaves it without.
        with suppress(queue.Empty):
            self._events.get(timeout=seconds)
            while True:
                self._events.get_nowait()

    def sleep(self, seconds: float) -> None:
        """Sleep; a call that does occupies no connection meanwhile."""
        if self._holder != threading.get_ident() or threading.get_ident() not in self._threads:
            with self.unlocked():
                self._base.sleep(seconds)
            return
        self._free += 1
        self._notify()
        with self.unlocked():
            self._base.sleep(seconds)
        self._waking += 1
        while self._free <= 0:
            self._holder = None
            self._turn.wait()
            self._holder = threading.get_ident()
        self._waking -= 1
        self._free -= 1

    def close(self) -> None:
        """Give up the calls in flight: their threads end after the response, which is ignored."""
        self._work.put(None)


class _YieldingClock:
    """Releases the lock while it sleeps."""

    def __init__(self, executor: ThreadExecutor, clock: Clock) -> None:
        self._executor = executor
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        self._executor.sleep(seconds)

    def listen(self, seconds: float, receive: Callable[[float], T]) -> T:
        with self._executor.unlocked():
            return self._clock.listen(seconds, receive)


class _YieldingTransport:
    """Releases the lock while a connection is busy."""

    def __init__(self, executor: ThreadExecutor, transport: Transport) -> None:
        self._executor = executor
        self._transport = transport

    def send(self, request: HttpRequest) -> HttpResponse:
        with self._executor.unlocked():
            return self._transport.send(request)

    def stream(self, request: HttpRequest, path: Path) -> HttpResponse:
        with self._executor.unlocked():
            return self._transport.stream(request, path)
