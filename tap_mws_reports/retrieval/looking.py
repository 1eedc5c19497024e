"""Looking at open report requests, and what each of their statuses leads to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from tap_mws_reports.api.interface import Notice, ProcessingStatus, ReportRequest, ReportService
from tap_mws_reports.errors import ReportCancelled, ReportStuck, RequestRefused, SkipWindow
from tap_mws_reports.retrieval import cancellation
from tap_mws_reports.retrieval.events import Event, Happening, Listener
from tap_mws_reports.retrieval.latency import Latencies
from tap_mws_reports.retrieval.policy import Policy
from tap_mws_reports.retrieval.windows import freshness
from tap_mws_reports.retrieval.work import Announcement, Phase, Work

GONE_AFTER = timedelta(minutes=10)
"""A report request that Amazon does not know may still appear this long after it was made
(https://github.com/amzn/selling-partner-api-models/issues/2419)."""

LATE = timedelta(minutes=1)
"""A notification that comes later than this after its report has missed its purpose."""

LISTED = timedelta(hours=1)
"""What was asked for in this time, 75 requests at most, fits on the first page of a list."""


def is_listed(work: Work, now: datetime) -> bool:
    """Whether one call that lists requests shows that of a work."""
    return work.submitted is not None and now - work.submitted <= LISTED


class Looking:
    """Takes statuses in. Arguments as of `Desk`.

    ``missed`` counts the reports that were found ready although no notification had told so.
    """

    def __init__(
        self,
        service: ReportService,
        works: Sequence[Work],
        latencies: Latencies,
        policy: Policy,
        tell: Listener,
    ) -> None:
        self._service = service
        self._works = works
        self._latencies = latencies
        self._policy = policy
        self._tell = tell
        self.missed = 0

    def hear(self, work: Work, notice: Notice, now: datetime) -> None:
        """Take in what a notification says of an open work; what it leaves open is looked up."""
        report_id = notice.report_id if self._service.notices_tell_ids else None
        if notice.processing_status is ProcessingStatus.DONE and report_id:
            self._ready(work, report_id, now, self._note_heard(work, now))
        elif notice.processing_status is ProcessingStatus.DONE_NO_DATA:
            self._empty(work, now, self._note_heard(work, now))
        else:
            work.notification_received()

    def _note_heard(self, work: Work, now: datetime) -> float | None:
        """Learn how long the report took, and return it in seconds, as far as that is known."""
        # What earlier runs asked for may have been ready long before it was heard of.
        if work.adopted or work.submitted is None:
            return None
        seconds = (now - work.submitted).total_seconds()
        self._latencies.note(work.spec.report_type, seconds)
        return seconds

    def look(self, works: Sequence[Work], now: datetime) -> None:
        """Ask for the statuses of as many requests as one look shows, and draw the consequences.

        A request may serve several works, which have it or have it not together.
        """
        every = dict.fromkeys(work.report_request_id for work in works)
        ids = list(every)[: self._service.ids_per_look]
        seen = [work for work in self._open() if work.report_request_id in ids]
        self._take_in(seen, self._found(seen, now), now)

    def list_all(self, works: Sequence[Work], now: datetime) -> None:
        """Look at all requests of the last hour by one list, which shows some types whole."""
        every = list(dict.fromkeys(work.spec.report_type for work in works))
        types = every[: self._service.types_per_list]
        seen = [
            work for work in self._open() if work.spec.report_type in types and is_listed(work, now)
        ]
        listed = self._listed(seen, now)
        shown = {each.report_request_id for each in listed}
        # A list may lack what is there: a type that may not be listed, a page that was lost.
        missing = dict.fromkeys(work.report_request_id or "" for work in seen)
        if ids := [each for each in missing if each not in shown]:
            listed += self._service.report_requests(ids=ids)
        self._take_in(seen, listed, now)

    def _open(self) -> Iterator[Work]:
        return (work for work in self._works if work.phase is Phase.OPEN)

    def _take_in(
        self, seen: Sequence[Work], requests: Iterable[ReportRequest], now: datetime
    ) -> None:
        found = {each.report_request_id: each for each in requests}
        for work in seen:
            work.polled(now)
            request = found.get(work.report_request_id or "")
            try:
                self._take(work, request, now) if request else self._not_found(work, now)
            except SkipWindow as error:
                work.failed(error)
                self._tell(Event(Happening.GIVEN_UP, work, now, error.what))

    def _found(self, works: Sequence[Work], now: datetime) -> list[ReportRequest]:
        ids = list(dict.fromkeys(work.report_request_id or "" for work in works))
        try:
            return list(self._service.report_requests(ids=ids))
        except RequestRefused:
            # One id that Amazon does not know makes it refuse the whole call.
            return self._listed(works, now)

    def _listed(self, works: Sequence[Work], now: datetime) -> list[ReportRequest]:
        types = sorted({work.spec.report_type for work in works})
        since = min(work.submitted or now for work in works) - GONE_AFTER
        return list(self._service.report_requests(report_types=types, requested_from=since))

    def _not_found(self, work: Work, now: datetime) -> None:
        if now - (work.submitted or now) >= GONE_AFTER:
            work.ask_again()
            self._tell(Event(Happening.AGAIN, work, now, "Amazon no longer knows the request"))

    def _take(self, work: Work, request: ReportRequest, now: datetime) -> None:
        status = request.processing_status
        if work.announcement is Announcement.EXPECTED and status.final:
            self.missed += now - (request.completed_date or now) >= LATE
        if status is ProcessingStatus.DONE:
            seconds = self._note(work, request, now)
            report_id = request.generated_report_id or self._report_id(request)
            self._ready(work, report_id, now, seconds)
        elif status is ProcessingStatus.DONE_NO_DATA:
            self._empty(work, now, self._note(work, request, now))
        elif status is ProcessingStatus.FATAL and request.generated_report_id:
            # What there is to download says why.
            work.ready(request.generated_report_id)
        elif status.final:
            self._cancelled(work, status, now)
        elif work.overdue:
            self._overdue(work, now)
        elif now - work.awaited > self._policy.max_wait:
            raise ReportStuck(
                f"The report request was still {status.value} after {self._policy.max_wait}.",
                hint="The next run looks at it before it asks for anything.",
            )

    def _ready(self, work: Work, report_id: str, now: datetime, seconds: float | None) -> None:
        work.ready(report_id)
        self._tell(Event(Happening.READY, work, now, seconds=seconds))

    def _empty(self, work: Work, now: datetime, seconds: float | None) -> None:
        work.empty()
        self._tell(Event(Happening.EMPTY, work, now, seconds=seconds))

    def _note(self, work: Work, request: ReportRequest, now: datetime) -> float:
        """Learn how long the report took, and return it in seconds."""
        ended = request.completed_date or now
        seconds = (ended - request.submitted_date).total_seconds()
        self._latencies.note(work.spec.report_type, seconds)
        return seconds

    def _report_id(self, request: ReportRequest) -> str:
        # A finished request without its report id is looked up the other way round
        # (https://docs.developer.amazonservices.com/en_US/reports/Reports_Overview.html).
        for report in self._service.reports(request_ids=[request.report_request_id]):
            return report.report_id
        raise ReportCancelled("Amazon calls the report request done but lists no document for it.")

    def _overdue(self, work: Work, now: datetime) -> None:
        """Ask again, unless a run whose state was lost has done so already."""
        if twin := cancellation.living_twin(work, self._others(work, now)):
            self._follow(work, twin, now, "it was asked for again")
            return
        # Inside the cooldown SP-API would make no other: it takes the two for the same report.
        work.ask_again(not_before=(work.submitted or now) + work.rule.cooldown)
        self._tell(Event(Happening.AGAIN, work, now, "it is still not ready"))

    def _follow(self, work: Work, twin: ReportRequest, now: datetime, words: str) -> None:
        work.replaced(twin.report_request_id, twin.submitted_date, now)
        self._tell(Event(Happening.ADOPTED, work, now, words))

    def _cancelled(self, work: Work, status: ProcessingStatus, now: datetime) -> None:
        """Find out why, and take over what there is, ask again later, or give up."""
        why = cancellation.explain(work, status, self._others(work, now), now)
        if why.twin is not None:
            self._follow(work, why.twin, now, why.reason)
        elif work.attempts < self._policy.retries:
            work.retry(not_before=why.again)
            self._tell(Event(Happening.AGAIN, work, now, why.reason))
        else:
            hint = "The next run asks again; other programs may be asking for the same reports."
            raise ReportCancelled(f"{why.reason}.", hint=hint)

    def _others(self, work: Work, now: datetime) -> list[ReportRequest]:
        """Return what was asked of the type lately, by whomever, and serves no other work."""
        if not work.recognisable:
            return []
        taken = {each.report_request_id for each in self._works}
        since = min(work.submitted or now, now - freshness(work.rule))
        listed = self._service.report_requests(
            report_types=[work.spec.report_type], requested_from=since
        )
        return [each for each in listed if each.report_request_id not in taken]
