"""The progress reporter interface, and a clock that reports the waits within calls to Amazon."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.retrieval.progress_snapshot import ProgressSnapshot
from tap_mws_reports.retrieval.report_job import JobEvent

T = TypeVar("T")


class ProgressReporter(Protocol):
    """Reports the progress of a run. Sleeps are reported every ``interval`` seconds.

    The loop reports events and waits; progress snapshots are computed then.
    """

    interval: float

    def begin(self, snapshot: Callable[[], ProgressSnapshot]) -> None:
        """Start after planning; ``snapshot`` returns the current progress snapshot."""

    def record(self, event: JobEvent) -> None:
        """Handle a job event."""

    def read(self, rows: int) -> None:
        """Count rows that were read."""

    def waiting(self, seconds: float) -> None:
        """The loop is about to wait for ``seconds``."""

    def throttled(self, seconds: float) -> None:
        """A call to Amazon is about to wait for ``seconds``; computes no snapshot."""

    def close(self) -> None:
        """Restore the terminal."""


class ReportingClock:
    """A clock for calls to Amazon that reports its sleeps in parts."""

    def __init__(self, clock: Clock, reporter: ProgressReporter) -> None:
        self._clock = clock
        self._reporter = reporter

    def now(self) -> datetime:
        """Return the current time in UTC."""
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        """Sleep for ``seconds``."""
        left = seconds
        while left > 0:
            piece = min(left, self._reporter.interval)
            self._reporter.throttled(piece)
            self._clock.sleep(piece)
            left -= piece

    def listen(self, seconds: float, receive: Callable[[float], T]) -> T:
        """Wait ``seconds``, or less if ``receive`` returns something earlier."""
        return self._clock.listen(seconds, receive)
