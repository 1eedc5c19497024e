"""One piece of work: a window of a report type, on its way from request to rows.

The way, forward only except where a request has come to nothing and is made once more:

    TO_REQUEST -> OPEN -> READY -> FETCHED
                  OPEN -> EMPTY
                  any  -> FAILED
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum, auto

from tap_mws_reports.api.interface import ReportDocument, ReportSpec
from tap_mws_reports.errors import SkipWindow
from tap_mws_reports.retrieval.bookmarks import Bookmark, Hole, OpenRequest
from tap_mws_reports.retrieval.entries import FailureKey
from tap_mws_reports.retrieval.intervals import Span
from tap_mws_reports.retrieval.windows import WindowRule

_ALWAYS = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


class Phase(Enum):
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
        return self in {Phase.FETCHED, Phase.EMPTY, Phase.FAILED}


class Announcement(Enum):
    """Whether a notification tells that the report request of a work has ended."""

    NONE = auto()
    EXPECTED = auto()
    CAME = auto()
    """It has come, and what became of the request is still to be looked up."""


@dataclass(eq=False)
class Work:
    """What is wanted, by which seller, and what has become of it so far.

    ``taken`` is the moment a snapshot shows, or the available date of a document Amazon made
    unasked, whose ``origin`` is the id of the request behind it. ``adopted`` says that the report
    request was not made by this run, which waits for the report since ``awaited`` and last looked
    at it ``looked``. It is not to be requested before ``not_before``, and has come to nothing
    ``attempts`` times; its document arrived ``damaged`` so often. ``overdue`` says that an earlier
    run has waited for it in vain: it gets one more look. ``recognisable`` says that its requests
    can be told from others in Amazon's list, which shows no options, and with MWS no marketplaces.
    """

    stream: str
    spec: ReportSpec
    bookmark: Bookmark
    rule: WindowRule
    span: Span | None = None
    phase: Phase = Phase.TO_REQUEST
    report_request_id: str | None = None
    submitted: datetime | None = None
    taken: datetime | None = None
    origin: str | None = None
    adopted: bool = False
    report_id: str | None = None
    document: ReportDocument | None = None
    error: SkipWindow | None = None
    awaited: datetime = field(default=_ALWAYS, repr=False)
    looked: datetime | None = field(default=None, repr=False)
    not_before: datetime = field(default=_ALWAYS, repr=False)
    attempts: int = 0
    damaged: int = 0
    overdue: bool = False
    recognisable: bool = True
    announcement: Announcement = Announcement.NONE
    delivered: bool = False
    seller_id: str = ""

    @property
    def data_start(self) -> datetime | None:
        """The start of the time the rows speak of."""
        return self.span.start if self.span else self.taken

    @property
    def data_end(self) -> datetime | None:
        """The end of the time the rows speak of."""
        return self.span.end if self.span else self.taken

    @property
    def age_key(self) -> datetime:
        """What works are ordered by; the state of things now is the newest there is."""
        return self.span.start if self.span else _LAST

    def twins(self, works: Iterable[Work]) -> list[Work]:
        """Return the works of other streams that wait to ask for the very same report.

        A report with several lists inside is read by a stream for each.
        """
        wanted = (self.spec, self.span)
        return [
            other
            for other in works
            if other.phase is Phase.TO_REQUEST
            and other.stream != self.stream
            and (other.spec, other.span) == wanted
        ]

    def describe(self) -> str:
        """Say which work this is, for logs and errors."""
        seller = f", seller {self.seller_id}" if self.seller_id else ""
        window = f", {self.span}" if self.span else ""
        request = f", report request {self.report_request_id}" if self.report_request_id else ""
        return f"{self.spec.report_type}{window}{seller}{request}"

    def opened(
        self, report_request_id: str, submitted: datetime, now: datetime, *, adopted: bool
    ) -> None:
        """Amazon has taken the report request; ``now`` this run begins to wait for it."""
        self.phase = Phase.OPEN
        self.report_request_id = report_request_id
        self.submitted = submitted
        self.awaited = now
        self.taken = self.taken or submitted
        self.looked = None
        self.announcement = Announcement.NONE
        self.adopted = adopted

    def remember(self) -> None:
        """Write the report request into the state, so that a killed run does not ask twice."""
        if self.report_request_id and self.submitted:
            request = OpenRequest(self.report_request_id, self.span, self.submitted)
            self.bookmark.note_request(request)

    def ready(self, report_id: str) -> None:
        """Amazon has a document."""
        self.phase = Phase.READY
        self.report_id = report_id

    def fetched(self, document: ReportDocument) -> None:
        """The document is here."""
        self.phase = Phase.FETCHED
        self.document = document

    def ask_again(self, not_before: datetime = _ALWAYS) -> None:
        """What was requested has come to nothing; ask Amazon anew, but not before a moment."""
        self.bookmark.forget_request(self.report_request_id)
        self.phase = Phase.TO_REQUEST
        self.report_request_id = self.report_id = self.submitted = self.looked = None
        self.taken = None
        self.adopted = self.overdue = False
        self.not_before = not_before

    def failed(self, error: SkipWindow) -> None:
        """Give the work up, for this run."""
        self.phase = Phase.FAILED
        error.where = error.where or self.describe()
        self.error = error

    def finish(self) -> None:
        """Move the bookmark: the rows are written, or there are none."""
        if self.span is not None:
            self.bookmark.close(self.span, self.report_request_id)
        elif self.report_request_id is None and self.report_id and self.taken:
            self.bookmark.close_document(self.report_id, self.taken, self.origin)
        elif self.taken:
            self.bookmark.close_snapshot(self.taken, self.report_request_id)

    @property
    def failure_key(self) -> FailureKey:
        """What has failed, if the work has: reports that Amazon made unasked have an id."""
        unasked = self.span is None and self.report_request_id is None
        return self.span, self.report_id if unasked else None

    def give_up(self, error: SkipWindow, today: date) -> None:
        """Leave a hole in the state, for later runs to try again.

        A request that may still live is kept in it: a later run looks at that first.
        """
        if not error.leaves_hole:
            return
        alive = self.submitted if self.phase is Phase.FAILED and error.may_still_come else None
        span, report_id = self.failure_key
        request_id = self.origin if report_id else self.report_request_id
        self.bookmark.give_up(Hole(span, error.what, request_id, alive, report_id, today))
