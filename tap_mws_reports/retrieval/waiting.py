"""Waits of the loop, reported before they begin."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from tap_mws_reports.api.clock import Clock


class WaitObserver(Protocol):
    """Receives a report of each wait of the loop. Long sleeps are reported in parts."""

    interval: float
    """The longest part of a sleep, in seconds."""

    def waiting(self, seconds: float) -> None:
        """The loop is about to wait for ``seconds``."""


class Unobserved:
    """A `WaitObserver` that ignores all waits."""

    interval = float("inf")

    def waiting(self, seconds: float) -> None:
        """Ignore a wait."""


def sleep(seconds: float, clock: Clock, observer: WaitObserver) -> None:
    """Sleep for ``seconds``, and report each part of the wait before it begins."""
    left = seconds
    while left > 0:
        piece = min(left, observer.interval)
        observer.waiting(piece)
        clock.sleep(piece)
        left -= piece


def seconds_until(moment: datetime, now: datetime) -> float:
    """Return the seconds until a moment, which may be the minimum datetime; 0.0 if it is past."""
    # The minimum datetime cannot be subtracted from.
    return (moment - now).total_seconds() if moment > now else 0.0
