"""Schedules of reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tap_mws_reports.sandbox.entries import Wanted

_LAG = timedelta(seconds=5)


@dataclass(slots=True)
class ScheduleEntry:
    """A schedule of a report type; ``next_run`` moves on by ``period`` with each run.

    ``word`` is how the service that made it calls the period.
    """

    schedule_id: str
    report_type: str
    marketplace_ids: tuple[str, ...]
    word: str
    period: timedelta
    next_run: datetime
    sp_api_name: str = ""
    options: dict[str, str] = field(default_factory=dict)

    def due(self, now: datetime) -> Iterator[tuple[Wanted, datetime]]:
        """Yield the reports that are due by ``now``, with the times of their requests."""
        while self.next_run + _LAG <= now:
            yield self._wanted(), self.next_run + _LAG
            self.next_run += self.period

    def _wanted(self) -> Wanted:
        start, end = self.next_run - self.period, self.next_run
        return Wanted(self.report_type, start, end, self.marketplace_ids, self.sp_api_name)

    def is_for_the_same(self, other: ScheduleEntry) -> bool:
        """Whether another schedule makes the same report."""
        same_places = set(self.marketplace_ids) == set(other.marketplace_ids)
        return self.report_type == other.report_type and same_places

    def word_among(self, words: Mapping[str, timedelta | None]) -> str | None:
        """Return how a service calls the period; None where it has no such schedules."""
        if self.word in words:
            return self.word
        return next((word for word, period in words.items() if period == self.period), None)
