"""Watching a run in a log: it is never silent for more than a minute while it waits."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.dates import by_the_clock
from tap_mws_reports.retrieval.events import ROUTINE, Event
from tap_mws_reports.retrieval.standing import Standing
from tap_mws_reports.retrieval.work import Phase

logger = logging.getLogger(__name__)

LONGEST_SILENCE = timedelta(minutes=1)


class Heartbeat:
    """A `Watcher` that writes a line when there would be none for too long."""

    interval = LONGEST_SILENCE.total_seconds()

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._spoken = clock.now()
        self._rows = 0
        self._standing: Callable[[], Standing] | None = None

    def begin(self, standing: Callable[[], Standing]) -> None:
        """Begin to say how the works stand."""
        self._standing = standing
        self._spoken = self._clock.now()

    def heard(self, event: Event) -> None:
        """Note whether the log has a line of it."""
        if event.happening not in ROUTINE:
            self._spoken = event.moment

    def read(self, rows: int) -> None:
        """Count rows."""
        self._rows += rows

    def waiting(self, seconds: float) -> None:
        """Log how the works stand if the silence would otherwise get too long."""
        if self._standing is not None and self._is_due(seconds):
            self._log_standing(self._standing(), seconds)

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
        due = now + timedelta(seconds=seconds) - self._spoken > LONGEST_SILENCE
        if due:
            self._spoken = now
        return due

    def _log_standing(self, standing: Standing, seconds: float) -> None:
        now = self._clock.now()
        facts = {
            "to_request": standing.phases.get(Phase.TO_REQUEST, 0),
            "at_amazon": standing.phases.get(Phase.OPEN, 0),
            "to_download": standing.phases.get(Phase.READY, 0),
            "ended": standing.ended,
            "rows": self._rows,
        }
        end = by_the_clock(now + standing.forecast.expected, now)
        logger.info(
            "Waiting: %d to request, %d at Amazon, %d to download, %d done, %d rows; "
            "finish about %s",
            *facts.values(),
            end,
            extra={"happening": "waiting", "seconds": seconds, **facts},
        )
