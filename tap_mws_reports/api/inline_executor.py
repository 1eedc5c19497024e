"""Calls one after the other, in the thread of the loop."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

from tap_mws_reports.api.call_executor import DeliveredCalls, Outcome
from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.transport import Transport

T = TypeVar("T")


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
