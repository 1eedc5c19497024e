"""Progress in the log: at least one line a minute while the run waits."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.timestamps import format_local_time
from tap_mws_reports.retrieval.progress_snapshot import ProgressSnapshot
from tap_mws_reports.retrieval.report_job import ROUTINE, JobEvent, JobStatus

logger = logging.getLogger(__name__)

LOG_INTERVAL = timedelta(minutes=1)


class LogReporter:
    """A `ProgressReporter` that logs a line if the interval since the last one gets too long."""

    interval = LOG_INTERVAL.total_seconds()

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last_logged = clock.now()
        self._rows = 0
        self._snapshot: Callable[[], ProgressSnapshot] | None = None

    def begin(self, snapshot: Callable[[], ProgressSnapshot]) -> None:
        """Start to log progress."""
        self._snapshot = snapshot
        self._last_logged = self._clock.now()

    def record(self, event: JobEvent) -> None:
        """Record whether the event was logged."""
        if event.event_type not in ROUTINE:
            self._last_logged = event.moment

    def read(self, rows: int) -> None:
        """Count rows."""
        self._rows += rows

    def waiting(self, seconds: float) -> None:
        """Log the progress if the last line is too old and the level is enabled."""
        is_read = logger.isEnabledFor(logging.INFO)
        if self._snapshot is not None and is_read and self._is_due(seconds):
            self._log_progress(self._snapshot(), seconds)

    def throttled(self, seconds: float) -> None:
        """Log that a call waits if the last line is too old."""
        if self._is_due(seconds):
            extra = {"report_event": "waiting", "seconds": seconds}
            logger.info("Waiting for Amazon's quota", extra=extra)

    def close(self) -> None:
        """Do nothing."""

    def _is_due(self, seconds: float) -> bool:
        """Whether a line is due before a wait; if so, record it as the last one."""
        now = self._clock.now()
        due = now + timedelta(seconds=seconds) - self._last_logged > LOG_INTERVAL
        if due:
            self._last_logged = now
        return due

    def _log_progress(self, snapshot: ProgressSnapshot, seconds: float) -> None:
        now = self._clock.now()
        facts = {
            "to_request": snapshot.phases.get(JobStatus.TO_REQUEST, 0),
            "at_amazon": snapshot.phases.get(JobStatus.OPEN, 0),
            "to_download": snapshot.phases.get(JobStatus.READY, 0),
            "ended": snapshot.ended,
            "rows": self._rows,
        }
        end = format_local_time(now + snapshot.forecast.expected, now)
        logger.info(
            "Waiting: %d to request, %d at Amazon, %d to download, %d done, %d rows; "
            "finish about %s",
            *facts.values(),
            end,
            extra={"report_event": "waiting", "seconds": seconds, **facts},
        )
