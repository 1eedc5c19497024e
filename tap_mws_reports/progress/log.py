"""Watching a run in a log: it is never silent for more than a minute while it waits."""

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
    """A `ProgressReporter` that writes a line when there would be none for too long."""

    interval = LOG_INTERVAL.total_seconds()

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._spoken = clock.now()
        self._rows = 0
        self._snapshot: Callable[[], ProgressSnapshot] | None = None

    def begin(self, snapshot: Callable[[], ProgressSnapshot]) -> None:
        """Begin to say how the jobs stand."""
        self._snapshot = snapshot
        self._spoken = self._clock.now()

    def heard(self, event: JobEvent) -> None:
        """Note whether the log has a line of it."""
        if event.event_type not in ROUTINE:
            self._spoken = event.moment

    def read(self, rows: int) -> None:
        """Count rows."""
        self._rows += rows

    def waiting(self, seconds: float) -> None:
        """Log how the jobs stand if the silence would otherwise get too long."""
        if self._snapshot is not None and self._is_due(seconds):
            self._log_standing(self._snapshot(), seconds)

    def throttled(self, seconds: float) -> None:
        """Log that a call waits if the silence would otherwise get too long."""
        if self._is_due(seconds):
            extra = {"happening": "waiting", "seconds": seconds}
            logger.info("Waiting for Amazon's quota", extra=extra)

    def close(self) -> None:
        """Nothing was changed."""

    def _is_due(self, seconds: float) -> bool:
        """Whether there has to be a line before a wait; then that line is the last one."""
        now = self._clock.now()
        due = now + timedelta(seconds=seconds) - self._spoken > LOG_INTERVAL
        if due:
            self._spoken = now
        return due

    def _log_standing(self, snapshot: ProgressSnapshot, seconds: float) -> None:
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
            extra={"happening": "waiting", "seconds": seconds, **facts},
        )
