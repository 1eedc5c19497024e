"""Report jobs: what is requested, the status of each, and the events of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import Enum, auto

from tap_mws_reports.api import marketplaces
from tap_mws_reports.api.interface import ReportDocument, ReportSpec
from tap_mws_reports.errors import SkipWindow
from tap_mws_reports.retrieval.intervals import Interval
from tap_mws_reports.retrieval.planning.windows import WindowRule
from tap_mws_reports.retrieval.state.bookmark_entries import FailedWindow, FailureKey, OpenRequest
from tap_mws_reports.retrieval.state.bookmarks import Bookmark

_ALWAYS = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


class JobStatus(Enum):
    """The status of a report job."""

    TO_REQUEST = "to request"
    OPEN = "open"
    READY = "ready"
    FETCHED = "fetched"
    EMPTY = "empty"
    FAILED = "failed"
    LEFT = "left"
    """Left for the next run, because of a limit; not a failure."""

    @property
    def ended(self) -> bool:
        """Whether the job needs no further call to Amazon in this run."""
        # Not by a set: each job is checked after each step, and hashing a member is slow.
        return (
            self is JobStatus.FETCHED
            or self is JobStatus.EMPTY
            or self is JobStatus.FAILED
            or self is JobStatus.LEFT
        )


class NotificationState(Enum):
    """Whether a notification of the end of a report request is expected or has arrived."""

    NONE = auto()
    EXPECTED = auto()
    CAME = auto()
    """It has arrived; the outcome of the request is still to be polled."""


@dataclass(eq=False)
class ReportJob:
    """One report of a seller: what is requested, and its status.

    Only its methods change it; each is a transition.
    """

    stream: str
    spec: ReportSpec
    bookmark: Bookmark
    rule: WindowRule
    interval: Interval | None = None
    """The window; None for a snapshot and for a generated document."""
    phase: JobStatus = JobStatus.TO_REQUEST
    report_request_id: str | None = None
    submitted: datetime | None = None
    """When Amazon accepted the report request."""
    taken: datetime | None = None
    """The time of a snapshot, or the available date of a generated document."""
    origin: str | None = None
    """The id of the request behind a generated document."""
    adopted: bool = False
    """Whether the report request was made by another run or program, or for another stream."""
    report_id: str | None = None
    document: ReportDocument | None = None
    error: SkipWindow | None = None
    left_because: str = ""
    """Why it was left for the next run."""
    awaited: datetime = field(default=_ALWAYS, repr=False)
    """Since when this run has waited for the report."""
    last_polled: datetime | None = field(default=None, repr=False)
    """When this run last polled the report request."""
    times_missing: int = field(default=0, repr=False)
    """How many polls in a row did not find the report request."""
    early_polls: int = field(default=0, repr=False)
    """How many polls came before that, which do not count for when it is polled next."""
    not_before: datetime = field(default=_ALWAYS, repr=False)
    """The earliest time at which it may be requested."""
    attempts: int = 0
    """How many of its requests have failed."""
    damaged: int = 0
    """How many downloads of its document were damaged."""
    refused: int = 0
    """How many downloads of its document Amazon refused."""
    timed_out: bool = False
    """Whether it timed out in an earlier run: it is polled once more."""
    matchable: bool = True
    """Whether its requests can be identified in Amazon's list.

    The list has no options, and with MWS no marketplaces."""
    notification_state: NotificationState = NotificationState.NONE
    delivered: bool = False
    """Whether it was passed to its stream."""
    seller_id: str = ""
    recounted: bool = False
    """Whether it was requested again because of an unusual number of rows."""

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
        """The sort key of jobs by age; a snapshot is the newest."""
        return self.interval.start if self.interval else _LAST

    def same_report_jobs(self, jobs: Iterable[ReportJob]) -> list[ReportJob]:
        """Return the jobs of other streams that are to request the same report.

        A report that contains several lists is read by one stream per list.
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
        """Describe the job for logs and errors."""
        parts = (
            self.spec.spelling or self.spec.report_type,
            str(self.interval or ""),
            f"seller {self.seller_id}" if self.seller_id else "",
            marketplaces.describe(self.spec.marketplace_ids),
            f"report request {self.report_request_id}" if self.report_request_id else "",
        )
        return ", ".join(filter(None, parts))

    def opened(
        self, report_request_id: str, submitted: datetime, now: datetime, *, adopted: bool
    ) -> None:
        """Amazon accepted the report request; this run waits for it from ``now`` on."""
        self.phase = JobStatus.OPEN
        self.report_request_id = report_request_id
        self.submitted = submitted
        self.awaited = now
        self.taken = self.taken or submitted
        self.last_polled = None
        self.early_polls = self.times_missing = 0
        self.notification_state = NotificationState.NONE
        self.adopted = adopted

    def resumed(self, request: OpenRequest, now: datetime, *, timed_out: bool) -> None:
        """An earlier run made the report request; ``timed_out`` if that run stopped waiting."""
        self.opened(request.report_request_id, request.submitted, now, adopted=True)
        self.timed_out = timed_out

    def replaced(self, report_request_id: str, submitted: datetime, now: datetime) -> None:
        """Another report request that Amazon already has replaces the current one."""
        self.bookmark.remove_request(self.report_request_id)
        self.timed_out = False
        self.opened(report_request_id, submitted, now, adopted=True)

    def narrow(self, end: datetime) -> None:
        """The report request covers the window only up to ``end``; later runs request the rest."""
        if self.interval is not None:
            self.interval = Interval(self.interval.start, end)

    def split(self, end: datetime) -> ReportJob:
        """Split the window at ``end``, and return a job for the remainder."""
        if self.interval is None:
            raise ValueError("only a job with a window can be split")
        rest = replace(
            self, interval=Interval(end, self.interval.end), spec=replace(self.spec, start=end)
        )
        self.interval, self.spec = Interval(self.interval.start, end), replace(self.spec, end=end)
        return rest

    def polled(self, now: datetime) -> None:
        """The status of the report request was polled."""
        self.last_polled = now

    def missing(self) -> int:
        """A poll did not find the report request; return how many in a row did not."""
        self.times_missing += 1
        return self.times_missing

    def found(self) -> None:
        """A poll found the report request."""
        self.times_missing = 0

    def polled_early(self) -> None:
        """The status was polled before the schedule of polls began."""
        self.early_polls += 1

    def expect_notification(self) -> None:
        """A notification is expected when the report request ends."""
        self.notification_state = NotificationState.EXPECTED

    def expect_no_notification(self) -> None:
        """Notifications are unreliable; one that has arrived still counts."""
        if self.notification_state is NotificationState.EXPECTED:
            self.notification_state = NotificationState.NONE

    def notification_received(self) -> None:
        """A notification says that the report request ended, but not how: poll it at once."""
        self.notification_state = NotificationState.CAME
        self.last_polled = None

    def remember(self) -> None:
        """Write the report request into the state, so that a killed run does not repeat it."""
        if self.report_request_id and self.submitted:
            request = OpenRequest(self.report_request_id, self.interval, self.submitted)
            self.bookmark.record_request(request)

    def ready(self, report_id: str) -> None:
        """The document is available."""
        self.phase = JobStatus.READY
        self.report_id = report_id

    def generated(self, report_id: str, available: datetime, origin: str | None) -> None:
        """A generated document is available, made by the report request ``origin``."""
        self.taken = available
        self.origin = origin
        self.ready(report_id)

    def empty(self) -> None:
        """Amazon has no data for the report."""
        self.phase = JobStatus.EMPTY

    def record_damaged_download(self) -> None:
        """A download of the document was damaged."""
        self.damaged += 1

    def record_refused_download(self) -> None:
        """Amazon refused a download of the document."""
        self.refused += 1

    def fetched(self, document: ReportDocument) -> None:
        """The document was downloaded."""
        self.phase = JobStatus.FETCHED
        self.document = document

    def request_again(self, not_before: datetime = _ALWAYS) -> None:
        """The request failed; repeat it, but not before ``not_before``."""
        self.bookmark.remove_request(self.report_request_id)
        self.phase = JobStatus.TO_REQUEST
        self.report_request_id = self.report_id = self.submitted = self.last_polled = None
        self.taken = None
        self.damaged = self.refused = 0
        self.adopted = self.timed_out = False
        self.not_before = not_before

    def recount(self, not_before: datetime) -> None:
        """Request a delivered report once more; its document is not used."""
        self.request_again(not_before)
        self.document = None
        self.delivered = False
        self.recounted = True

    def retry(self, not_before: datetime) -> None:
        """Repeat the request, and count the failed attempt."""
        self.attempts += 1
        self.request_again(not_before)

    def postpone(self, until: datetime) -> None:
        """Do not request it before ``until``."""
        self.not_before = max(self.not_before, until)

    def leave(self, reason: str) -> None:
        """Leave the job for the next run, which plans its window again."""
        self.phase = JobStatus.LEFT
        self.left_because = reason

    def mark_delivered(self) -> None:
        """The job was passed to its stream."""
        self.delivered = True

    def failed(self, error: SkipWindow) -> None:
        """Give up the job for this run."""
        self.phase = JobStatus.FAILED
        error.where = error.where or self.describe()
        self.error = error

    def finish(self) -> None:
        """Move the bookmark: the rows are written, or there are none."""
        if self.interval is not None:
            self.bookmark.complete_window(self.interval, self.report_request_id)
        elif self.report_request_id is None and self.report_id and self.taken:
            self.bookmark.complete_document(self.report_id, self.taken, self.origin)
        elif self.taken:
            self.bookmark.complete_snapshot(self.taken, self.report_request_id)

    @property
    def failure_key(self) -> FailureKey:
        """The key of a failure of this job; that of a generated report has its id."""
        generated = self.interval is None and self.report_request_id is None
        return self.interval, self.report_id if generated else None

    def give_up(self, error: SkipWindow, today: date) -> None:
        """Record a failed window in the state, so that later runs retry it.

        A request that may still complete is kept in it: a later run polls it first.
        """
        if not error.records_failure:
            return
        submitted = (
            self.submitted if self.phase is JobStatus.FAILED and error.may_still_come else None
        )
        interval, report_id = self.failure_key
        request_id = self.origin if report_id else self.report_request_id
        self.bookmark.give_up(
            FailedWindow(interval, error.what, request_id, submitted, report_id, today)
        )


class JobEventType(Enum):
    """The types of job events."""

    REQUESTED = "requested"
    ADOPTED = "adopted"
    READY = "ready"
    DOWNLOADED = "downloaded"
    EMPTY = "without data"
    AGAIN = "to be requested again"
    GIVEN_UP = "given up"
    LEFT = "left for the next run"


ROUTINE = frozenset(
    {JobEventType.REQUESTED, JobEventType.READY, JobEventType.DOWNLOADED, JobEventType.LEFT}
)
"""Events that are logged at `DEBUG` only. Of a report one line is logged once it has been read, of
those that are left for the next run one line for each type."""


@dataclass(frozen=True, slots=True)
class JobEvent:
    """An event of a job."""

    event_type: JobEventType
    job: ReportJob
    moment: datetime
    words: str = ""
    """Details, if any."""
    seconds: float | None = None
    """How long Amazon took from the report request on, once the report is done."""
    follows: bool = False
    """Whether the cause was logged with another job or seller."""


EventHandler = Callable[[JobEvent], None]
