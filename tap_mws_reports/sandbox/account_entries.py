"""The entries of an account: report requests, reports and schedules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from tap_mws_reports.sandbox.ids import number_of
from tap_mws_reports.sandbox.reports import Document

SUBMITTED = "_SUBMITTED_"
IN_PROGRESS = "_IN_PROGRESS_"
CANCELLED = "_CANCELLED_"
DONE = "_DONE_"
DONE_NO_DATA = "_DONE_NO_DATA_"


@dataclass(frozen=True, slots=True)
class SandboxReportSpec:
    """What a report is to contain: ``end`` is exclusive, marketplaces are never empty.

    ``report_type`` is the MWS name, ``sp_api_name`` the one in the request to SP-API, which has
    several for some types; empty for a request to MWS.
    """

    report_type: str
    start: datetime
    end: datetime
    marketplace_ids: tuple[str, ...]
    sp_api_name: str = ""


class Outcome(NamedTuple):
    """The outcome of a request: its final status, and what writes the document if there is one.

    ``failed`` is visible only in SP-API, as FATAL; MWS delivers an error text as the report, or
    cancels the request.
    """

    status: str
    write: Callable[[], Document] | None = None
    failed: bool = False


@dataclass(slots=True)
class MadeReport:
    """A report that can be downloaded; ``write`` gives its document, the same every time.

    ``start`` is the beginning of what it shows, ``available`` when it was ready. ``report_id`` is
    MWS's name of it, ``document_id`` SP-API's. ``gone`` says that it is listed but not there.
    """

    report_id: str
    document_id: str
    report_type: str
    request_id: str
    start: datetime
    available: datetime
    write: Callable[[], Document]
    acknowledged: datetime | None = None
    gone: bool = False

    @property
    def order(self) -> tuple[datetime, int]:
        """Return its place in lists, which go by availability."""
        return self.available, number_of(self.report_id)


@dataclass(slots=True)
class RequestEntry:
    """A report request from submission to the end of its retention.

    ``starts`` and ``ends`` are the times of its processing; ``ends`` is None for one that never
    finishes. ``outcome`` is set once it is final, ``failed`` then, too. ``predicted`` is the
    outcome if it is known from the beginning. ``requested`` says that the seller
    requested it by either service, ``announced`` that notifications of its end were sent.
    """

    request_id: str
    spec: SandboxReportSpec
    submitted: datetime
    starts: datetime
    ends: datetime | None
    schedule_id: str | None = None
    outcome: str | None = None
    failed: bool = False
    predicted: Outcome | None = None
    report: MadeReport | None = None
    requested: bool = False
    announced: bool = False

    @property
    def order(self) -> tuple[datetime, int]:
        """Return its place in lists, which go by submission."""
        return self.submitted, number_of(self.request_id)

    @property
    def scheduled(self) -> bool:
        """Whether a schedule made it."""
        return self.schedule_id is not None

    def status(self, now: datetime) -> str:
        """Return the processing status."""
        return self.outcome or (IN_PROGRESS if now >= self.starts else SUBMITTED)

    def due(self, now: datetime) -> bool:
        """Whether its processing has ended by ``now`` and has no outcome yet."""
        return self.outcome is None and self.ends is not None and now >= self.ends

    def delay(self, start: datetime) -> None:
        """Keep it in the queue until ``start``."""
        later = max(start - self.starts, timedelta(0))
        self.starts += later
        self.ends = None if self.ends is None else self.ends + later

    def cancel(self, now: datetime) -> None:
        """Cancel it; if processing had not started, its times stay unset."""
        self.outcome = CANCELLED
        self.ends = None if now < self.starts else now

    def processing_started(self, now: datetime) -> bool:
        """Whether processing had started by ``now``."""
        return now >= self.starts and not (self.outcome == CANCELLED and self.ends is None)


_LAG = timedelta(seconds=5)


@dataclass(slots=True)
class ScheduleEntry:
    """A schedule of a report type; ``next_run`` moves on by ``period`` with each run.

    ``word`` is the name of the period in the service that made it.
    """

    schedule_id: str
    report_type: str
    marketplace_ids: tuple[str, ...]
    word: str
    period: timedelta
    next_run: datetime
    sp_api_name: str = ""
    options: dict[str, str] = field(default_factory=dict)

    def due(self, now: datetime) -> Iterator[tuple[SandboxReportSpec, datetime]]:
        """Yield the reports that are due by ``now``, with the times of their requests."""
        while self.next_run + _LAG <= now:
            yield self._params(), self.next_run + _LAG
            self.next_run += self.period

    def _params(self) -> SandboxReportSpec:
        start, end = self.next_run - self.period, self.next_run
        return SandboxReportSpec(
            self.report_type, start, end, self.marketplace_ids, self.sp_api_name
        )

    def same_report_as(self, other: ScheduleEntry) -> bool:
        """Whether another schedule makes the same report."""
        same_places = set(self.marketplace_ids) == set(other.marketplace_ids)
        return self.report_type == other.report_type and same_places

    def period_name(self, words: Mapping[str, timedelta | None]) -> str | None:
        """Return a service's name of the period; None if it has no such schedules."""
        if self.word in words:
            return self.word
        return next((word for word, period in words.items() if period == self.period), None)
