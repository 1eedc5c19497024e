"""Run calls to Amazon at the same time, while only one thread at a time runs other code.

A call is a function that calls Amazon, with its waits for quotas, its retries and all pages of a
list. The loop submits it, and receives its outcome later. Nothing else runs at the same time: a
call holds the executor's lock, and releases it only while it uses a connection or sleeps. So
clients, quotas and jobs need no locks.

There are three executors. `InlineExecutor` makes one call after the other. `ThreadExecutor` uses
threads. `GreenletExecutor` does the same under a virtual clock: calls overlap in virtual time, and
the same run always takes the same course.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.transport import Transport

T = TypeVar("T")

LONGEST_WAIT = 60.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """The outcome of a call: its result, or the error that it raised."""

    value: T | None = None
    error: BaseException | None = None

    @classmethod
    def of(cls, call: Callable[[], T]) -> Outcome[T]:
        """Make a call."""
        try:
            return cls(call())
        except BaseException as error:  # noqa: BLE001 - the submitter decides
            return cls(error=error)

    def result(self) -> T:
        """Return the result.

        Raises:
            BaseException: the error of the call.
        """
        if self.error is not None:
            raise self.error
        return self.value  # type: ignore[return-value]


class CallExecutor(Protocol):
    """Makes calls. All methods are for the thread of the loop, which receives the outcomes."""

    @property
    def concurrent(self) -> bool:
        """Whether calls are made at the same time as anything else."""

    @property
    def clock(self) -> Clock:
        """The clock for calls, and for all that sleeps while calls are made.

        A call that sleeps occupies no connection.
        """

    @property
    def transport_clock(self) -> Clock:
        """The clock of simulated connections, which stay occupied while it sleeps."""

    def guarded(self, transport: Transport) -> Transport:
        """Return a transport for calls: it releases the lock while a connection is busy."""

    @property
    def has_room(self) -> bool:
        """Whether a connection is free for another call."""

    @property
    def in_flight(self) -> int:
        """The number of submitted calls whose outcomes were not delivered yet."""

    def locked(self) -> AbstractContextManager[None]:
        """Hold the lock: no call runs while the context lasts."""

    def submit(self, call: Callable[[], T], done: Callable[[Outcome[T]], None]) -> None:
        """Make a call when there `has_room`; ``done`` receives its outcome upon `deliver`."""

    def deliver(self) -> bool:
        """Pass on the outcomes of the calls that have ended; return whether there were any."""

    def wait(self, seconds: float) -> None:
        """Wait until a call ends or a connection becomes free, for ``seconds`` at most."""

    def close(self) -> None:
        """Give up the calls that are in flight."""


class DeliveredCalls:
    """The outcomes that are still to be delivered, in the order in which the calls ended."""

    def __init__(self) -> None:
        self._ended: deque[tuple[Callable[[Outcome[Any]], None], Outcome[Any]]] = deque()
        self.in_flight = 0

    def __len__(self) -> int:
        """Return how many calls have ended."""
        return len(self._ended)

    def add(self, done: Callable[[Outcome[Any]], None], outcome: Outcome[Any]) -> None:
        """A call has ended."""
        self._ended.append((done, outcome))

    def deliver(self) -> bool:
        """See `CallExecutor.deliver`."""
        found = bool(self._ended)
        while self._ended:
            done, outcome = self._ended.popleft()
            self.in_flight -= 1
            done(outcome)
        return found


def in_order(
    executor: CallExecutor, calls: Iterable[Callable[[], T]], ahead: int = 100
) -> Iterator[Outcome[T]]:
    """Make calls at the same time; yield their outcomes in the order of the calls.

    Args:
        executor: makes the calls.
        calls: the calls; each is taken when there is room for it.
        ahead: how many calls may have ended, or be in flight, before the first that has not.
    """
    left: Iterator[Callable[[], T]] | None = iter(calls)
    outcomes: deque[list[Outcome[T]]] = deque()
    while left is not None or outcomes:
        with executor.locked():
            while left is not None and executor.has_room and len(outcomes) < ahead:
                call = next(left, None)
                if call is None:
                    left = None
                    break
                outcome: list[Outcome[T]] = []
                outcomes.append(outcome)
                executor.submit(call, outcome.append)
            executor.deliver()
        while outcomes and outcomes[0]:
            yield outcomes.popleft()[0]
        if outcomes:
            executor.wait(LONGEST_WAIT)


class InlineExecutor:
    """A `CallExecutor` with one connection, at which everything else waits.

    Args:
        clock: lets the time of waits pass.
    """

    concurrent = False

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.transport_clock = clock
        self._calls = DeliveredCalls()

    def guarded(self, transport: Transport) -> Transport:
        """See `CallExecutor.guarded`."""
        return transport

    @property
    def has_room(self) -> bool:
        """Whether the outcome of the last call was delivered."""
        return not self._calls

    @property
    def in_flight(self) -> int:
        """See `CallExecutor.in_flight`."""
        return self._calls.in_flight

    def locked(self) -> AbstractContextManager[None]:
        """See `CallExecutor.locked`."""
        return nullcontext()

    def submit(self, call: Callable[[], T], done: Callable[[Outcome[T]], None]) -> None:
        """Make a call; see `CallExecutor.submit`."""
        self._calls.in_flight += 1
        self._calls.add(done, Outcome.of(call))

    def deliver(self) -> bool:
        """See `CallExecutor.deliver`."""
        return self._calls.deliver()

    def wait(self, seconds: float) -> None:
        """Wait for ``seconds``, unless an outcome is to be delivered."""
        if not self._calls:
            self.clock.sleep(seconds)

    def close(self) -> None:
        """Do nothing: no call is in flight."""
