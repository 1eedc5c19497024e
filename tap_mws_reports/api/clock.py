"""The only module that reads the time and the only one that sleeps."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

T = TypeVar("T")


class Clock(Protocol):
    """The time and the only way to wait; passed to everything that needs either."""

    def now(self) -> datetime:
        """Return the current time in UTC; it never goes back."""

    def sleep(self, seconds: float) -> None:
        """Let ``seconds`` pass."""

    def listen(self, seconds: float, receive: Callable[[float], T]) -> T:
        """Wait for ``seconds``, or until ``receive`` returns.

        Args:
            seconds: how long to wait at most.
            receive: blocks until something arrives, for at most the seconds it is given.
        """


def system_time() -> datetime:
    """Return the time of the machine's clock, in UTC."""
    return datetime.now(UTC)


def monotonic_seconds() -> float:
    """Return monotonic seconds, which setting the machine's clock does not change.

    Where the platform allows, they include the time that the machine is suspended.
    """
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class SystemClock:
    """The machine's time at the start of the run, and monotonic from then on.

    Setting the machine's clock during a run neither lengthens a wait nor restores a quota.

    Args:
        wall: reads the machine's clock.
        seconds: reads its monotonic one.
    """

    def __init__(
        self,
        wall: Callable[[], datetime] = system_time,
        seconds: Callable[[], float] = monotonic_seconds,
    ) -> None:
        self._began = wall()
        self._seconds = seconds
        self._reading = seconds()

    def now(self) -> datetime:
        """Return the current time in UTC."""
        return self._began + timedelta(seconds=self._seconds() - self._reading)

    def sleep(self, seconds: float) -> None:
        """Let ``seconds`` pass."""
        time.sleep(max(0.0, seconds))

    def listen(self, seconds: float, receive: Callable[[float], T]) -> T:
        """Block in ``receive``; real time passes."""
        return receive(seconds)


class VirtualClock:
    """A clock that advances only by `sleep`, for tests and simulations."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """Return the current virtual time, in UTC."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Advance the clock by ``seconds``."""
        self._now += timedelta(seconds=max(0.0, seconds))

    def listen(self, seconds: float, receive: Callable[[float], T]) -> T:
        """Advance by ``seconds``, then take what has arrived."""
        self.sleep(seconds)
        return receive(0.0)
