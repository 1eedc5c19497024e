"""The works of one seller, from request to document, by the service that answers for the seller.

Each move does the most valuable thing that a quota allows now: download before request before
look. A desk never waits; work that waits holds no slot, so one bad window delays no other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from tap_mws_reports.api.interface import Call, ReportService
from tap_mws_reports.errors import (
    DocumentDamaged,
    RequestRefused,
    Retry,
    SellerLost,
    SkipWindow,
    TapError,
    Throttled,
    UnreadableDocument,
)
from tap_mws_reports.retrieval import looks, order
from tap_mws_reports.retrieval.events import Event, Happening, Listener
from tap_mws_reports.retrieval.forecast import forecast
from tap_mws_reports.retrieval.hearing import Hearing
from tap_mws_reports.retrieval.latency import Latencies
from tap_mws_reports.retrieval.looking import Looking, is_listed
from tap_mws_reports.retrieval.mixture import Prospect, next_type
from tap_mws_reports.retrieval.pace import Pace
from tap_mws_reports.retrieval.policy import Policy
from tap_mws_reports.retrieval.standing import Standing, standing
from tap_mws_reports.retrieval.work import Phase, Work

DOWNLOADS = 4
"""Of one document: "discard the report and try the request up to three more times", says
https://docs.developer.amazonservices.com/en_US/dev_guide/DG_MD5.html"""


class Desk:
    """Moves the works of a seller.

    Args:
        seller_id: whose desk it is.
        service: the reports of the seller.
        works: what is wanted.
        latencies: what is known of how long reports take; what is seen is added.
        policy: what the user decided.
        directory: where documents are put; the caller removes them once read.
        tell: told of everything that happens.

    ``hearing`` takes in what notifications tell of the requests.
    """

    def __init__(
        self,
        seller_id: str,
        service: ReportService,
        works: Sequence[Work],
        latencies: Latencies,
        policy: Policy,
        directory: Path,
        tell: Listener,
    ) -> None:
        self.seller_id = seller_id
        self.works = works
        self._service = service
        self._latencies = latencies
        self._policy = policy
        self._directory = directory
        self._tell = tell
        self._looking = Looking(service, works, latencies, policy, tell)
        self.hearing = Hearing(works, self._looking)

    def move(self, now: datetime) -> bool:
        """Do the most valuable thing that may be done now; return whether there was one."""
        return self._download(now) or self._request(now) or self._look(now)

    def close(self, error: TapError, now: datetime) -> None:
        """Give up all that has not ended: the seller cannot be asked any more."""
        for work in [work for work in self.works if not work.phase.ended]:
            self._give_up(work, now, SellerLost(error.what, hint=error.hint))

    def is_about_to_look(self, now: datetime) -> bool:
        """Whether `move` would look at report requests if there were nothing else to do."""
        return bool(self._due_looks(now))

    def until_next_move(self, now: datetime) -> float | None:
        """Return the seconds until something may be done, or None when all works have ended."""
        waits = []
        if self._in(Phase.READY):
            waits.append(self._service.ready_in(Call.DOWNLOAD))
        elif due := self._looks():
            moment = max(due[0][0], now)
            quota = self._service.ready_in(self._call_to_look(moment))
            waits.append(max((moment - now).total_seconds(), quota))
        if (waiting := self._in(Phase.TO_REQUEST)) and self._has_room():
            allowed = min(work.not_before for work in waiting)
            waits.append(max(_seconds(allowed, now), self._service.ready_in(Call.REQUEST)))
        return max(0.0, min(waits)) if waits else None

    def held_up(self, now: datetime) -> list[Call]:
        """Return the calls that would be made now if their quotas allowed it."""
        calls = [Call.DOWNLOAD] if self._in(Phase.READY) else []
        if self._has_room() and any(w.not_before <= now for w in self._in(Phase.TO_REQUEST)):
            calls.append(Call.REQUEST)
        return [call for call in calls if self._service.ready_in(call) > 0]

    def standing(self, now: datetime) -> Standing:
        """Return where the works stand, and when they are likely to have ended."""
        end = forecast(self.works, self._latencies, self._service, self._policy, now)
        return standing(self.works, self._service, end)

    def _in(self, phase: Phase) -> list[Work]:
        return [work for work in self.works if work.phase is phase]

    def _has_room(self) -> bool:
        most = self._policy.most_open
        return most is None or len(self._in(Phase.OPEN)) < most

    def _download(self, now: datetime) -> bool:
        ready = self._in(Phase.READY)
        if not ready or self._service.ready_in(Call.DOWNLOAD) > 0:
            return False
        # One that arrived damaged lets the others go first.
        self._guarded(min(ready, key=lambda work: work.damaged), now, self._fetch)
        return True

    def _fetch(self, work: Work, now: datetime) -> None:
        report_id = work.report_id or ""
        path = self._directory / f"{report_id}.report"
        try:
            document = self._service.download(report_id, path)
        except DocumentDamaged as error:
            work.record_damaged_download()
            if work.damaged < DOWNLOADS:
                self._tell(Event(Happening.AGAIN, work, now, error.what))
                return
            raise
        for each in self._in(Phase.READY):
            if each.report_id == report_id:
                each.fetched(document)
        self._tell(Event(Happening.DOWNLOADED, work, now, f"{document.size} bytes"))

    def _request(self, now: datetime) -> bool:
        waiting = [work for work in self._in(Phase.TO_REQUEST) if work.not_before <= now]
        if not waiting or not self._has_room() or self._service.ready_in(Call.REQUEST) > 0:
            return False
        work = self._chosen(waiting, now)
        try:
            self._guarded(work, now, self._ask)
        except Throttled as error:
            self._put_off(work, now, error)
        return True

    def _chosen(self, waiting: Sequence[Work], now: datetime) -> Work:
        if self._policy.order == "newest":
            return order.newest_first(waiting)
        open_works = self._in(Phase.OPEN)
        guess = order.Guess(self._latencies, open_works, now)
        rests = order.rests(waiting, guess)
        arrivals = [guess.ready_in(work) for work in open_works]
        arrivals += [0.0 for _ in self._in(Phase.READY)]
        asked = {w.spec.report_type for w in self.works if w.phase is not Phase.TO_REQUEST}
        prospect = self._prospect(len(waiting), arrivals)
        return order.oldest(waiting, next_type(rests, asked, prospect))

    def _prospect(self, waiting: int, arrivals: Sequence[float]) -> Prospect:
        requests = Pace.of(self._service, Call.REQUEST, waiting)
        downloads = Pace.of(self._service, Call.DOWNLOAD, waiting + len(arrivals))
        return Prospect(requests(0.0), requests, downloads, arrivals)

    def _ask(self, work: Work, now: datetime) -> None:
        twins = work.twins(self.works)
        request = self._service.request_report(work.spec)
        work.opened(request.report_request_id, request.submitted_date, now, adopted=False)
        self._tell(Event(Happening.REQUESTED, work, now))
        for twin in twins:
            twin.opened(request.report_request_id, request.submitted_date, now, adopted=True)
            self._tell(Event(Happening.ADOPTED, twin, now))
        self.hearing.asked([work, *twins])

    def _put_off(self, work: Work, now: datetime, error: Throttled) -> None:
        """Leave a type alone whose own quota is used up; the others go on."""
        until = now + timedelta(seconds=error.retry_after or 0.0)
        for each in self._in(Phase.TO_REQUEST):
            if each.spec.report_type == work.spec.report_type:
                each.put_off(until)
        self._tell(Event(Happening.AGAIN, work, now, error.what))

    def _look(self, now: datetime) -> bool:
        works = self._due_looks(now)
        if works and self._call_to_look(now) is Call.LIST:
            self._looking.list_all(works, now)
        elif works:
            self._looking.look(works, now)
        return bool(works)

    def _due_looks(self, now: datetime) -> list[Work]:
        """Return all open works, the most urgent first, if one of them is worth a look now."""
        # What is ready already is all that the downloader can take.
        if self._in(Phase.READY):
            return []
        due = self._looks()
        if not due or due[0][0] > now or self._service.ready_in(self._call_to_look(now)) > 0:
            return []
        return [work for _, work in due]

    def _call_to_look(self, now: datetime) -> Call:
        """Return by which call to look: by a list if more is due soon than one look by ids shows.

        Then a list is also worth a wait for its quota.
        """
        soon = now + looks.IN_A_MOMENT
        due = [work for moment, work in self._looks() if moment <= soon and is_listed(work, now)]
        ids = {work.report_request_id for work in due}
        return Call.LIST if len(ids) > self._service.ids_per_look else Call.LOOK

    def _looks(self) -> list[tuple[datetime, Work]]:
        """Return the open works with the moments of their next looks, the soonest first."""
        return looks.soonest(self._in(Phase.OPEN), self._latencies)

    def _guarded(self, work: Work, now: datetime, step: Callable[[Work, datetime], None]) -> None:
        try:
            step(work, now)
        except SkipWindow as error:
            if work.adopted and isinstance(error, RequestRefused):
                work.ask_again()
                self._tell(Event(Happening.AGAIN, work, now, error.what))
            else:
                self._give_up(work, now, error)
        except Retry as error:
            self._give_up(work, now, UnreadableDocument(error.what, hint=error.hint))

    def _give_up(self, work: Work, now: datetime, error: SkipWindow) -> None:
        work.failed(error)
        self._tell(Event(Happening.GIVEN_UP, work, now, error.what))


def _seconds(moment: datetime, now: datetime) -> float:
    # The earliest moment there is lies too far away to be subtracted from.
    return (moment - now).total_seconds() if moment > now else 0.0
