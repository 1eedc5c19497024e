"""What happens to the works of a run, for whoever shows or counts it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import Enum, auto

from tap_mws_reports.api.interface import ReportDocument, ReportSpec
from tap_mws_reports.errors import SkipWindow
from tap_mws_reports.retrieval.intervals import Interval
from tap_mws_reports.retrieval.planning.windows import WindowRule
from tap_mws_reports.retrieval.state.bookmarks import (
    Bookmark,
    FailedWindow,
    FailureKey,
    OpenRequest,
)

_ALWAYS = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


class JobStatus(Enum):
    """Where a piece of work stands."""

    TO_REQUEST = "to request"
    OPEN = "open"
    READY = "ready"
    FETCHED = "fetched"
    EMPTY = "empty"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        """Whether nothing more has to be asked of Amazon."""
        return self in {JobStatus.FETCHED, JobStatus.EMPTY, JobStatus.FAILED}


class NotificationState(Enum):
    """Whether a notification tells that the report request of a work has ended."""

    NONE = auto()
    EXPECTED = auto()
    CAME = auto()
    """It has come, and what became of the request is still to be looked up."""


@dataclass(eq=False)
class ReportJob:
    """What is wanted, by which seller, and what has become of it so far.

    Its methods alone change it: each is a step on the way.
    """

    stream: str
    spec: ReportSpec
    bookmark: Bookmark
    rule: WindowRule
    interval: Interval | None = None
    """The window; None for a snapshot and for a document that Amazon made unasked."""
    phase: JobStatus = JobStatus.TO_REQUEST
    report_request_id: str | None = None
    submitted: datetime | None = None
    """When Amazon took the report request."""
    taken: datetime | None = None
    """The moment a snapshot shows, or the available date of a document made unasked."""
    origin: str | None = None
    """The id of the request behind a document made unasked."""
    adopted: bool = False
    """Whether the report request was made by another run or program, or for another stream."""
    report_id: str | None = None
    document: ReportDocument | None = None
    error: SkipWindow | None = None
    awaited: datetime = field(default=_ALWAYS, repr=False)
    """Since when this run waits for the report."""
    last_polled: datetime | None = field(default=None, repr=False)
    """When this run last looked at the report request."""
    not_before: datetime = field(default=_ALWAYS, repr=False)
    """The earliest moment at which it may be requested."""
    attempts: int = 0
    """How often its requests have come to nothing."""
    damaged: int = 0
    """How often its document arrived damaged."""
    timed_out: bool = False
    """Whether an earlier run has waited for it in vain: it gets one more look."""
    matchable: bool = True
    """Whether its requests can be told from others in Amazon's list, which shows no options, and
    with MWS no marketplaces."""
    notification_state: NotificationState = NotificationState.NONE
    delivered: bool = False
    """Whether its stream has it."""
    seller_id: str = ""

    @property
    def data_start(self) -> datetime | None:
        """The start of the time the rows speak of."""
        return self.interval.start if self.interval else self.taken

    @property
    def data_end(self) -> datetime | None:
        """The end of the time the rows speak of."""
        return self.interval.end if self.interval else self.taken

    @property
    def age_key(self) -> datetime:
        """What works are ordered by; the state of things now is the newest there is."""
        return self.interval.start if self.interval else _LAST

    def same_report_jobs(self, jobs: Iterable[ReportJob]) -> list[ReportJob]:
        """Return the works of other streams that wait to ask for the very same report.

        A report with several lists inside is read by a stream for each.
        """
        wanted = (self.spec, self.interval)
        return [
            other
            for other in jobs
            if other.phase is JobStatus.TO_REQUEST
            and other.stream != self.stream
            and (other.spec, other.interval) == wanted
        ]

    def describe(self) -> str:
        """Say which work this is, for logs and errors."""
        seller = f", seller {self.seller_id}" if self.seller_id else ""
        window = f", {self.interval}" if self.interval else ""
        request = f", report request {self.report_request_id}" if self.report_request_id else ""
        return f"{self.spec.report_type}{window}{seller}{request}"

    def opened(
        self, report_request_id: str, submitted: datetime, now: datetime, *, adopted: bool
    ) -> None:
        """Amazon has taken the report request; ``now`` this run begins to wait for it."""
        self.phase = JobStatus.OPEN
        self.report_request_id = report_request_id
        self.submitted = submitted
        self.awaited = now
        self.taken = self.taken or submitted
        self.last_polled = None
        self.notification_state = NotificationState.NONE
        self.adopted = adopted

    def resumed(self, request: OpenRequest, now: datetime, *, timed_out: bool) -> None:
        """An earlier run made the report request; ``timed_out`` if it has waited for it in vain."""
        self.opened(request.report_request_id, request.submitted, now, adopted=True)
        self.timed_out = timed_out

    def replaced(self, report_request_id: str, submitted: datetime, now: datetime) -> None:
        """Another report request, which Amazon has already, serves instead of the present one."""
        self.bookmark.forget_request(self.report_request_id)
        self.timed_out = False
        self.opened(report_request_id, submitted, now, adopted=True)

    def narrow(self, end: datetime) -> None:
        """The report request covers the window only up to ``end``; later runs ask for the rest."""
        if self.interval is not None:
            self.interval = Interval(self.interval.start, end)

    def split(self, end: datetime) -> ReportJob:
        """Cut the window at ``end``, and return a work for what is left of it."""
        if self.interval is None:
            raise ValueError("only a work with a window can be split")
        rest = replace(
            self, interval=Interval(end, self.interval.end), spec=replace(self.spec, start=end)
        )
        self.interval, self.spec = Interval(self.interval.start, end), replace(self.spec, end=end)
        return rest

    def polled(self, now: datetime) -> None:
        """Amazon was asked for the status of the report request."""
        self.last_polled = now

    def expect_notification(self) -> None:
        """A notification will tell when the report request ends."""
        self.notification_state = NotificationState.EXPECTED

    def expect_no_notification(self) -> None:
        """Notifications cannot be relied on; one that has come still counts."""
        if self.notification_state is NotificationState.EXPECTED:
            self.notification_state = NotificationState.NONE

    def notification_received(self) -> None:
        """A notification says that the report request ended, but not how: poll it at once."""
        self.notification_state = NotificationState.CAME
        self.last_polled = None

    def remember(self) -> None:
        """Write the report request into the state, so that a killed run does not ask twice."""
        if self.report_request_id and self.submitted:
            request = OpenRequest(self.report_request_id, self.interval, self.submitted)
            self.bookmark.note_request(request)

    def ready(self, report_id: str) -> None:
        """Amazon has a document."""
        self.phase = JobStatus.READY
        self.report_id = report_id

    def generated(self, report_id: str, available: datetime, origin: str | None) -> None:
        """Amazon has a document that it made unasked, by the report request ``origin``."""
        self.taken = available
        self.origin = origin
        self.ready(report_id)

    def empty(self) -> None:
        """Amazon has no data for the report."""
        self.phase = JobStatus.EMPTY

    def record_damaged_download(self) -> None:
        """The document has arrived damaged once more."""
        self.damaged += 1

    def fetched(self, document: ReportDocument) -> None:
        """The document is here."""
        self.phase = JobStatus.FETCHED
        self.document = document

    def ask_again(self, not_before: datetime = _ALWAYS) -> None:
        """What was requested has come to nothing; ask Amazon anew, but not before a moment."""
        self.bookmark.forget_request(self.report_request_id)
        self.phase = JobStatus.TO_REQUEST
        self.report_request_id = self.report_id = self.submitted = self.last_polled = None
        self.taken = None
        self.adopted = self.timed_out = False
        self.not_before = not_before

    def retry(self, not_before: datetime) -> None:
        """Ask Amazon anew, and count that a request has come to nothing."""
        self.attempts += 1
        self.ask_again(not_before)

    def put_off(self, until: datetime) -> None:
        """Do not request it before a moment."""
        self.not_before = max(self.not_before, until)

    def handed_over(self) -> None:
        """Its stream has it."""
        self.delivered = True

    def failed(self, error: SkipWindow) -> None:
        """Give the work up, for this run."""
        self.phase = JobStatus.FAILED
        error.where = error.where or self.describe()
        self.error = error

    def finish(self) -> None:
        """Move the bookmark: the rows are written, or there are none."""
        if self.interval is not None:
            self.bookmark.close(self.interval, self.report_request_id)
        elif self.report_request_id is None and self.report_id and self.taken:
            self.bookmark.close_document(self.report_id, self.taken, self.origin)
        elif self.taken:
            self.bookmark.close_snapshot(self.taken, self.report_request_id)

    @property
    def failure_key(self) -> FailureKey:
        """What has failed, if the work has: reports that Amazon made unasked have an id."""
        unasked = self.interval is None and self.report_request_id is None
        return self.interval, self.report_id if unasked else None

    def give_up(self, error: SkipWindow, today: date) -> None:
        """Record a failed window in the state, for later runs to try again.

        A request that may still live is kept in it: a later run looks at that first.
        """
        if not error.records_failure:
            return
        alive = self.submitted if self.phase is JobStatus.FAILED and error.may_still_come else None
        interval, report_id = self.failure_key
        request_id = self.origin if report_id else self.report_request_id
        self.bookmark.give_up(
            FailedWindow(interval, error.what, request_id, alive, report_id, today)
        )


class JobEventType(Enum):
    """What can happen to a work."""

    REQUESTED = "requested"
    ADOPTED = "taken over"
    READY = "ready"
    DOWNLOADED = "downloaded"
    EMPTY = "without data"
    AGAIN = "to be asked for again"
    GIVEN_UP = "given up"


ROUTINE = frozenset({JobEventType.REQUESTED, JobEventType.READY, JobEventType.DOWNLOADED})
"""What happens to every report on its way. The log has it for `DEBUG` alone, and one line once the
report has been read."""


@dataclass(frozen=True, slots=True)
class JobEvent:
    """Something that happened to a work, and words about it where there are some.

    ``seconds`` is how long Amazon took from the report request on, once it is done.
    """

    event_type: JobEventType
    job: ReportJob
    moment: datetime
    words: str = ""
    seconds: float | None = None


EventHandler = Callable[[JobEvent], None]
