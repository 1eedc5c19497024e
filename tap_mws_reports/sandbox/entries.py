"""What an account remembers: report requests, the reports made from them, schedules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tap_mws_reports.sandbox.ids import number_of
from tap_mws_reports.sandbox.reports import Document

SUBMITTED = "_SUBMITTED_"
IN_PROGRESS = "_IN_PROGRESS_"
CANCELLED = "_CANCELLED_"
DONE = "_DONE_"
DONE_NO_DATA = "_DONE_NO_DATA_"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a report is asked to show: ``end`` is exclusive, marketplaces are never empty."""

    report_type: str
    start: datetime
    end: datetime
    marketplace_ids: tuple[str, ...]


@dataclass(slots=True)
class MadeReport:
    """A report that can be downloaded; ``write`` gives its document, the same every time.

    ``start`` is the beginning of what it shows, ``available`` when it was ready.
    """

    report_id: str
    report_type: str
    request_id: str
    start: datetime
    available: datetime
    write: Callable[[], Document]
    acknowledged: datetime | None = None

    @property
    def order(self) -> tuple[datetime, int]:
        """Return its place in lists, which go by availability."""
        return self.available, number_of(self.report_id)


@dataclass(slots=True)
class RequestEntry:
    """A report request from submission to the end of its retention.

    ``starts`` and ``ends`` are when it will be worked on; ``ends`` is None for one that never
    finishes. ``outcome`` is set once it is final. ``asked`` says that the seller asked for it by
    RequestReport, ``announced`` that notifications have told its end.
    """

    request_id: str
    wanted: Wanted
    scheduled: bool
    submitted: datetime
    starts: datetime
    ends: datetime | None
    outcome: str | None = None
    report: MadeReport | None = None
    asked: bool = False
    announced: bool = False

    @property
    def order(self) -> tuple[datetime, int]:
        """Return its place in lists, which go by submission."""
        return self.submitted, number_of(self.request_id)

    def status(self, now: datetime) -> str:
        """Return the processing status."""
        return self.outcome or (IN_PROGRESS if now >= self.starts else SUBMITTED)

    def due(self, now: datetime) -> bool:
        """Whether the work on it is over, and its outcome not yet known."""
        return self.outcome is None and self.ends is not None and now >= self.ends

    def cancel(self, now: datetime) -> None:
        """Give it up; where work had not begun, the times of it stay untold."""
        self.outcome = CANCELLED
        self.ends = None if now < self.starts else now

    def worked_on(self, now: datetime) -> bool:
        """Whether there was work on it by ``now``."""
        return now >= self.starts and not (self.outcome == CANCELLED and self.ends is None)


@dataclass(slots=True)
class ScheduleEntry:
    """A standing order for a report type; ``next_run`` moves on by ``period`` with each run."""

    report_type: str
    schedule: str
    period: timedelta
    next_run: datetime
