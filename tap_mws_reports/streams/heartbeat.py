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
        """Say something now if the silence would otherwise get too long."""
        now = self._clock.now()
        if now + timedelta(seconds=seconds) - self._spoken > LONGEST_SILENCE:
            self._spoken = now
            self._beat(seconds)

    def close(self) -> None:
        """Nothing was changed."""

    def _beat(self, seconds: float) -> None:
        if self._standing is None:
            extra = {"happening": "waiting", "seconds": seconds}
            logger.info("Waiting for Amazon's quota", extra=extra)
            return
        standing, now = self._standing(), self._clock.now()
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
