"""When the state is written. A STATE message holds all of it, so not every change causes one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from tap_mws_reports.api.clock import Clock

LONGEST_DELAY = timedelta(seconds=1)
"""For how long a change that no request depends on may stay unwritten."""

PARTITIONS_PER_REQUEST = 100
"""The number of partitions per request id: a larger state is written after several of them."""


class StateFlushPolicy:
    """Decides when the state is written.

    A killed run repeats what it did not write. Rows that are written again replace the earlier
    ones, so finished documents can wait for a second. A request id is written at once; only a
    large state waits for some more of them, as a killed run finds them in Amazon's list. Those
    that this list does not identify are urgent.

    Args:
        write_state: writes the whole state.
        clock: reads the time.
        partitions: the number of partitions in the state.
    """

    def __init__(self, write_state: Callable[[], None], clock: Clock, partitions: int = 0) -> None:
        self._write_state = write_state
        self._clock = clock
        self._enough = max(1, partitions // PARTITIONS_PER_REQUEST)
        self._requests = 0
        self._changed_since: datetime | None = None
        self._due = clock.now()

    @property
    def due(self) -> datetime | None:
        """When the state is to be written at the latest; None if it has not changed."""
        return None if self._changed_since is None else max(self._due, self._changed_since)

    def changed(self, *, requests: int = 0, urgent: bool = False) -> None:
        """Record a change of the state, and write it if due.

        Args:
            requests: how many request ids it has more than before.
            urgent: whether it is to be written at once.
        """
        now = self._clock.now()
        self._changed_since = self._changed_since or now
        self._requests += requests
        if urgent or self._requests >= self._enough or now >= self._due:
            self.catch_up()

    def catch_up(self) -> None:
        """Write the state if it has changed since the last time."""
        if self._changed_since is None:
            return
        self._changed_since, self._requests = None, 0
        self._due = self._clock.now() + LONGEST_DELAY
        self._write_state()
