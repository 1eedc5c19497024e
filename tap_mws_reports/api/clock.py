"""The only module that tells the time and the only one that sleeps."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

T = TypeVar("T")


class Clock(Protocol):
    """What the project knows of time; handed to everything that asks."""

    def now(self) -> datetime:
        """Return the present moment, in UTC; never one before the last."""

    def sleep(self, seconds: float) -> None:
        """Let ``seconds`` pass."""

    def listen(self, seconds: float, receive: Callable[[float], T]) -> T:
        """Let ``seconds`` pass, or fewer when ``receive`` has something before.

        Args:
            seconds: how long to wait at most.
            receive: waits for what others send, for the seconds it is given and no longer.
        """


def by_the_machine() -> datetime:
    """Return what the machine's clock says, in UTC."""
    return datetime.now(UTC)


def steady() -> float:
    """Return seconds that go on evenly whatever is done to the machine's clock.

    Where the machine tells it, they go on while it is suspended, too: Amazon's time does.
    """
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class SystemClock:
    """The time by the machine's clock when this one was made, and steady from then on.

    When the machine's clock is set in the middle of a run, no wait gets longer by that and no quota
    seems to have come back.

    Args:
        wall: reads the machine's clock.
        seconds: reads its steady one.
    """

    def __init__(
        self,
        wall: Callable[[], datetime] = by_the_machine,
        seconds: Callable[[], float] = steady,
    ) -> None:
        self._began = wall()
        self._seconds = seconds
        self._reading = seconds()

    def now(self) -> datetime:
        """Return the present moment, in UTC."""
        return self._began + timedelta(seconds=self._seconds() - self._reading)

    def sleep(self, seconds: float) -> None:
        """Let ``seconds`` pass."""
        time.sleep(max(0.0, seconds))

    def listen(self, seconds: float, receive: Callable[[float], T]) -> T:
        """Let ``receive`` wait: the others live by the same time."""
        return receive(seconds)


class VirtualClock:
    """A clock that moves only when somebody sleeps, so that hours pass in no time."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """Return the moment the clock stands at."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Move the clock on by ``seconds``."""
        self._now += timedelta(seconds=max(0.0, seconds))

    def listen(self, seconds: float, receive: Callable[[float], T]) -> T:
        """Move on by ``seconds``, then take what is there: nobody sends while the clock stands."""
        self.sleep(seconds)
        return receive(0.0)
