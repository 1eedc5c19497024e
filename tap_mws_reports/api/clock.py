"""The only module that reads the time and the only one that sleeps."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
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


class ServerClock:
    """A server's time, by the ``Date`` of its answers.

    Source: https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1
    """

    def __init__(self) -> None:
        self._ahead: timedelta | None = None
        """How far the server's clock is ahead of the machine's; negative if it is behind."""

    def observe(self, headers: Mapping[str, str], now: datetime) -> None:
        """Take in an answer that arrived ``now``; names of headers are in lower case."""
        with suppress(ValueError, OverflowError):
            # In HTTP the zone is always GMT.
            date = parsedate_to_datetime(headers.get("date", "")).replace(tzinfo=UTC)
            # The longer an answer took, the older its date is: the latest one is the nearest.
            self._ahead = date - now if self._ahead is None else max(self._ahead, date - now)

    def at(self, moment: datetime) -> datetime:
        """Return the server's time at a moment of the machine's clock; the same if unknown.

        It may be too early by what the quickest answer took and a second, and never too late.
        """
        return moment if self._ahead is None else moment + self._ahead
