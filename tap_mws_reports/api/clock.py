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
        """Return the present moment, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Let ``seconds`` pass."""

    def listen(self, seconds: float, receive: Callable[[float], T]) -> T:
        """Let ``seconds`` pass, or fewer when ``receive`` has something before.

        Args:
            seconds: how long to wait at most.
            receive: waits for what others send, for the seconds it is given and no longer.
        """


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present moment, in UTC."""
        return datetime.now(UTC)

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
