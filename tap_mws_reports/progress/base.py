"""Watching a run: who watches, and a clock that reports the waits inside of calls to Amazon."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.retrieval.progress_snapshot import ProgressSnapshot
from tap_mws_reports.retrieval.report_job import JobEvent

T = TypeVar("T")


class ProgressReporter(Protocol):
    """Shows how a run gets on. A sleep is reported to it every ``interval`` seconds.

    The loop reports what happens and when it waits, and that is when figures are computed.
    """

    interval: float

    def begin(self, snapshot: Callable[[], ProgressSnapshot]) -> None:
        """Begin; the job list is made, and ``snapshot`` tells how it stands."""

    def heard(self, event: JobEvent) -> None:
        """Take in that something has happened to a job."""

    def read(self, rows: int) -> None:
        """Take in that so many more rows were read."""

    def waiting(self, seconds: float) -> None:
        """Take in that the loop has nothing to do for so many seconds."""

    def throttled(self, seconds: float) -> None:
        """Take in that a call to Amazon waits for so many seconds; computes no figures."""

    def close(self) -> None:
        """Leave the terminal as it was found."""


class ReportingClock:
    """A clock for calls to Amazon, whose sleeps are reported to a watcher piece by piece."""

    def __init__(self, clock: Clock, reporter: ProgressReporter) -> None:
        self._clock = clock
        self._reporter = reporter

    def now(self) -> datetime:
        """Return the current time, in UTC."""
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        """Let ``seconds`` pass."""
        left = seconds
        while left > 0:
            piece = min(left, self._reporter.interval)
            self._reporter.throttled(piece)
            self._clock.sleep(piece)
            left -= piece

    def listen(self, seconds: float, receive: Callable[[float], T]) -> T:
        """Let ``seconds`` pass, or fewer when ``receive`` has something before."""
        return self._clock.listen(seconds, receive)
