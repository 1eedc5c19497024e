"""The only module that tells the time and the only one that sleeps."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the project knows of time; handed to everything that asks."""

    def now(self) -> datetime:
        """Return the present moment, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Let ``seconds`` pass."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present moment, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Let ``seconds`` pass."""
        time.sleep(max(0.0, seconds))


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
