"""The one work list over all row streams: request, look, download, and nothing else waits.

Each step does the most valuable thing that a quota allows now: download before request before
look. When nothing may go, it sleeps until something may. Work that waits holds no slot, so one
bad window delays no other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.interface import (
    Call,
    ProcessingStatus,
    ReportDocument,
    ReportRequest,
    ReportService,
)
from tap_mws_reports.errors import (
    ReportCancelled,
    ReportStuck,
    RequestRefused,
    Retry,
    SkipWindow,
    UnreadableDocument,
)
from tap_mws_reports.retrieval.work import Phase, Work

logger = logging.getLogger(__name__)

IDS_PER_LOOK = 100
"""GetReportRequestList takes at most 100 ids a call."""

LONGEST_PAUSE = timedelta(seconds=60)
"""Between two looks at one report request; also the longest silence in the log."""

_MOST_DOUBLINGS = 6

GONE_AFTER = timedelta(minutes=10)
"""A report request that Amazon does not know may still appear this long after it was made
(https://github.com/amzn/selling-partner-api-models/issues/2419)."""

MAX_WAIT = timedelta(hours=6)
"""A report request that is not finished by then is left to a later run."""


class Pipeline:
    """Moves every piece of work from request to document.

    Args:
        service: Amazon.
        clock: tells the time and sleeps.
        works: what is wanted, in the order in which it is to be asked for.
        directory: where documents are put; the caller removes them once read.
        requested: called as soon as Amazon has taken a report request.
    """

    def __init__(
        self,
        service: ReportService,
        clock: Clock,
        works: Sequence[Work],
        directory: Path,
        requested: Callable[[Work], None],
    ) -> None:
        self._service = service
        self._clock = clock
        self._works = works
        self._directory = directory
        self._requested = requested
        for work in works:
            if work.phase is Phase.OPEN:
                work.next_look = clock.now()

    def ended(self, stream: str) -> Iterator[Work]:
        """Yield the works of a stream as they end, the oldest window first among those ended."""
        while waiting := [w for w in self._works if w.stream == stream and not w.delivered]:
            ended = next((work for work in waiting if work.phase.ended), None)
            if ended is None:
                self._step()
            else:
                ended.delivered = True
                yield ended

    def is_wanted(self, document: ReportDocument) -> bool:
        """Whether a stream has still to read a document."""
        return any(work.document is document and not work.delivered for work in self._works)

    def _step(self) -> None:
        moves = (
            (Call.DOWNLOAD, self._first(Phase.READY), self._download),
            (Call.REQUEST, self._first(Phase.TO_REQUEST), self._request),
        )
        for call, work, move in moves:
            if work is not None and self._service.ready_in(call) <= 0:
                return self._guarded(work, move)
        due = [work for work in self._open() if _due(work) <= self._clock.now()]
        if due and self._service.ready_in(Call.LOOK) <= 0:
            return self._look(due[:IDS_PER_LOOK])
        return self._pause()

    def _first(self, phase: Phase) -> Work | None:
        return next((work for work in self._works if work.phase is phase), None)

    def _open(self) -> list[Work]:
        return [work for work in self._works if work.phase is Phase.OPEN]

    def _guarded(self, work: Work, move: Callable[[Work], None]) -> None:
        try:
            move(work)
        except SkipWindow as error:
            if work.adopted and isinstance(error, RequestRefused | ReportCancelled):
                logger.info("%s is gone, asking again (%s)", work.describe(), error.what)
                work.ask_again()
            else:
                work.failed(error)
        except Retry as error:
            work.failed(UnreadableDocument(error.what, where=error.where, hint=error.hint))

    def _request(self, work: Work) -> None:
        request = self._service.request_report(work.spec)
        for each in (work, *work.twins(self._works)):
            each.opened(request.report_request_id, request.submitted_date, adopted=False)
            self._look_later(each)
            self._requested(each)
        logger.info("Requested %s", work.describe())

    def _download(self, work: Work) -> None:
        report_id = work.report_id or ""
        document = self._service.download(report_id, self._directory / f"{report_id}.report")
        for each in self._works:
            if each.phase is Phase.READY and each.report_id == report_id:
                each.fetched(document)
        logger.info("Downloaded %s, %d bytes", work.describe(), document.size)

    def _look(self, due: list[Work]) -> None:
        ids = list(dict.fromkeys(work.report_request_id or "" for work in due))
        found = {each.report_request_id: each for each in self._found(ids, due)}
        for work in due:
            request = found.get(work.report_request_id or "")
            if request is None:
                self._not_found(work)
            else:
                self._guarded(work, lambda each, seen=request: self._take(each, seen))  # type: ignore[misc]

    def _found(self, ids: list[str], due: list[Work]) -> list[ReportRequest]:
        try:
            return list(self._service.report_requests(ids=ids))
        except RequestRefused as error:
            # One id that Amazon does not know makes it refuse the whole call.
            logger.warning("Amazon refused to look up %d report requests: %s", len(ids), error.what)
            types = sorted({work.spec.report_type for work in due})
            oldest = min(work.submitted or self._clock.now() for work in due)
            since = oldest - GONE_AFTER
            return list(self._service.report_requests(report_types=types, requested_from=since))

    def _not_found(self, work: Work) -> None:
        if self._clock.now() - (work.submitted or self._clock.now()) < GONE_AFTER:
            return self._look_later(work)
        logger.warning("Amazon no longer knows %s, asking again", work.describe())
        work.bookmark.forget_request(work.report_request_id)
        return work.ask_again()

    def _take(self, work: Work, request: ReportRequest) -> None:
        status = request.processing_status
        if status is ProcessingStatus.DONE:
            work.ready(request.generated_report_id or self._report_id(request))
        elif status is ProcessingStatus.DONE_NO_DATA:
            work.phase = Phase.EMPTY
        elif status.final:
            raise ReportCancelled(
                f"Amazon ended the report request as {status.value}.",
                hint="Amazon cancels what is asked for too often or twice; "
                "the next run asks again.",
            )
        elif self._clock.now() - request.submitted_date > MAX_WAIT:
            what = f"The report request was still {status.value} after {MAX_WAIT}."
            raise ReportStuck(what, hint="The next run asks again.")
        else:
            self._look_later(work)

    def _report_id(self, request: ReportRequest) -> str:
        # A finished request without its report id is looked up the other way round
        # (https://docs.developer.amazonservices.com/en_US/reports/Reports_Overview.html).
        for report in self._service.reports(request_ids=[request.report_request_id]):
            return report.report_id
        raise ReportCancelled("Amazon calls the report request done but lists no document for it.")

    def _look_later(self, work: Work) -> None:
        pause = min(timedelta(seconds=2 ** min(work.looks, _MOST_DOUBLINGS)), LONGEST_PAUSE)
        work.looks += 1
        work.next_look = self._clock.now() + pause

    def _pause(self) -> None:
        seconds = min(self._until_next(), LONGEST_PAUSE.total_seconds())
        if seconds >= LONGEST_PAUSE.total_seconds() / 2:
            self._report_progress(seconds)
        self._clock.sleep(max(seconds, 0.01))

    def _until_next(self) -> float:
        waits = []
        if self._first(Phase.READY):
            waits.append(self._service.ready_in(Call.DOWNLOAD))
        if self._first(Phase.TO_REQUEST):
            waits.append(self._service.ready_in(Call.REQUEST))
        if looks := [_due(work) for work in self._open()]:
            until = (min(looks) - self._clock.now()).total_seconds()
            waits.append(max(until, self._service.ready_in(Call.LOOK)))
        return min(waits)

    def _report_progress(self, seconds: float) -> None:
        counts = {
            phase.value: sum(work.phase is phase for work in self._works)
            for phase in Phase
            if any(work.phase is phase for work in self._works)
        }
        state = ", ".join(f"{count} {name}" for name, count in counts.items())
        logger.info("Waiting for Amazon: %s; next step in %.0f s", state, seconds)


def _due(work: Work) -> datetime:
    if work.next_look is None:
        message = f"{work.describe()} is open but has no time to be looked at"
        raise ValueError(message)
    return work.next_look
