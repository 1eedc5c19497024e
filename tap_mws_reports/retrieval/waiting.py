"""Waits of the loop, reported before they begin."""

from __future__ import annotations

from typing import Protocol

from tap_mws_reports.api.clock import Clock


class WaitObserver(Protocol):
    """Takes in that the loop is about to wait. A long sleep is reported piece by piece."""

    interval: float
    """The longest piece of a sleep, in seconds."""

    def waiting(self, seconds: float) -> None:
        """Take in that the loop has nothing to do for so many seconds."""


class Unobserved:
    """A `WaitObserver` that ignores all waits."""

    interval = float("inf")

    def waiting(self, seconds: float) -> None:
        """Ignore a wait."""


def sleep(seconds: float, clock: Clock, observer: WaitObserver) -> None:
    """Let ``seconds`` pass, and report each piece of the wait before it begins."""
    left = seconds
    while left > 0:
        piece = min(left, observer.interval)
        observer.waiting(piece)
        clock.sleep(piece)
        left -= piece
