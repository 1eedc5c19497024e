"""The client of MWS Reports 2009-01-01."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from tap_mws_reports import errors
from tap_mws_reports.api.client_settings import ClientSettings
from tap_mws_reports.api.document_integrity import atomic_path, confirm, verified_document
from tap_mws_reports.api.interface import (
    Report,
    ReportDocument,
    ReportRequest,
    ReportSchedule,
    ReportSpec,
    ThrottledCall,
)
from tap_mws_reports.api.lost_answers import find_created
from tap_mws_reports.api.mws import converters
from tap_mws_reports.api.mws.caller import Caller
from tap_mws_reports.api.mws.codec import Response, decode_response
from tap_mws_reports.api.mws.endpoint import Endpoint
from tap_mws_reports.api.mws.operations import (
    ACKNOWLEDGE_BATCH_SIZE,
    OPERATIONS,
    PAGE_SIZE,
    RETENTION,
    Operation,
)
from tap_mws_reports.api.mws.signing import Credentials
from tap_mws_reports.api.pagination import iterate_pages
from tap_mws_reports.api.quota_mixin import QuotaMixin
from tap_mws_reports.api.transport import HttpResponse, SavedBody

Item = dict[str, object]
CallOperation = Callable[[str, Mapping[str, object]], Response]


def iterate_items(call: CallOperation, name: str, values: Mapping[str, object]) -> Iterator[Item]:
    """Yield every item of a list operation once; as `iterate_pages`."""
    operation = OPERATIONS[name]
    shape = operation.result.item
    return iterate_pages(
        pages=lambda: _pages(call, operation, values),
        key=lambda item: str(item[shape.key]) if shape is not None else None,
        is_lost=lambda error: error.amazon_code == "NextTokenCorrupted",
    )


def _pages(
    call: CallOperation, operation: Operation, values: Mapping[str, object]
) -> Iterator[Sequence[Item]]:
    answer = call(operation.name, values)
    yield answer.items
    while answer.has_next and operation.next_token is not None:
        answer = call(operation.next_token, {"next_token": answer.next_token})
        yield answer.items


def download(caller: Caller, report_id: str, path: Path) -> ReportDocument:
    """Download a document; ``path`` exists only if it is complete.

    Raises:
        DocumentDamaged: it is incomplete.
    """

    def fetch(arriving: Path) -> ReportDocument:
        saved, answer = caller.exchange(
            "GetReport",
            {"report_id": report_id},
            send=lambda request: caller.transport.stream(request, arriving),
            read=lambda answer: _no_page(answer, report_id),
        )
        return verified_document(answer, saved, report_id, arriving, path)

    with atomic_path(path) as arriving:
        document = fetch(arriving)
        confirm(document, arriving, fetch)
    return document


def _no_page(answer: HttpResponse, report_id: str) -> tuple[SavedBody, HttpResponse]:
    if answer.saved is None or answer.headers.get("content-type", "").startswith("text/html"):
        what = f"GetReport: a web page came in place of document {report_id}"
        raise errors.ConnectionBroken(what)
    return answer.saved, answer


__all__ = ["Credentials", "MwsReportService"]

_OPERATION_NAMES = {
    ThrottledCall.REQUEST: "RequestReport",
    ThrottledCall.POLL: "GetReportRequestList",
    ThrottledCall.LIST: "GetReportRequestList",
    ThrottledCall.DOWNLOAD: "GetReport",
}

QUOTAS = {
    call: quota for call, name in _OPERATION_NAMES.items() if (quota := OPERATIONS[name].quota)
}
"""The quotas of each seller for the calls that the scheduler makes."""


class MwsReportService(QuotaMixin):
    """`ReportService` and `ReportAdministration` by MWS.

    Not thread-safe: waits for quotas block. Beyond the errors of the interface, every method may
    raise `ServiceUnavailable` when Amazon failed at every attempt.

    Args:
        settings: the seller, the endpoint and how it is reached.
        marketplace_ids: the marketplaces of a report whose spec names none.
    """

    quotas = QUOTAS
    ids_per_poll = PAGE_SIZE
    # The manual states no limit; the number is that of SP-API.
    types_per_list = 10
    acknowledge_batch_size = ACKNOWLEDGE_BATCH_SIZE
    retention = RETENTION
    notifications_have_report_ids = True
    lists_have_marketplaces = False

    def __init__(
        self,
        settings: ClientSettings[Credentials, Endpoint],
        marketplace_ids: Sequence[str] = (),
    ) -> None:
        self._caller = Caller(settings)
        super().__init__(self._caller.budgets, _OPERATION_NAMES)
        self._call = self._caller.call
        self._clock = settings.clock
        self._made: set[str] = set()
        self._marketplace_ids = tuple(marketplace_ids)

    @property
    def refused_types(self) -> Mapping[str, errors.RequestRefused]:
        """Empty: MWS lists every report type."""
        return {}

    def request_report(self, spec: ReportSpec) -> ReportRequest:
        """Ask Amazon to make a report. Not idempotent: every call makes a new request.

        After a lost response the request is searched in the list, and repeated if it is not there.
        """
        since = self._clock.now()
        marketplace_ids = spec.marketplace_ids or self._marketplace_ids
        request = self._caller.exchange(
            "RequestReport",
            {
                "report_type": spec.report_type,
                "start_date": spec.start,
                "end_date": spec.end,
                "report_options": _options(spec.options),
                "marketplace_ids": marketplace_ids,
            },
            send=self._caller.transport.send,
            read=_requested,
            recover=lambda: find_created(
                self.report_requests, spec, marketplace_ids, since, self._made
            ),
        )
        self._made.add(request.report_request_id)
        return request

    def report_requests(
        self,
        *,
        ids: Sequence[str] = (),
        report_types: Sequence[str] = (),
        requested_from: datetime | None = None,
    ) -> Iterator[ReportRequest]:
        """List report requests; ``ids``, a hundred in each call, override the other filters."""
        for start in range(0, max(1, len(ids)), PAGE_SIZE):
            values = {
                "report_request_ids": ids[start : start + PAGE_SIZE],
                "report_types": report_types,
                "requested_from_date": requested_from,
                "max_count": PAGE_SIZE,
            }
            listed = iterate_items(self._call, "GetReportRequestList", values)
            yield from map(converters.report_request, listed)

    def count_report_requests(self, *, report_types: Sequence[str] = ()) -> int:
        """Count the report requests of the last 90 days."""
        return self._count("GetReportRequestCount", report_types=report_types)

    def cancel_report_requests(self, ids: Sequence[str]) -> list[ReportRequest]:
        """Cancel requests that have not started yet; the others come back unchanged."""
        if not ids:  # to Amazon, no ids mean all requests
            return []
        answer = self._call("CancelReportRequests", {"report_request_ids": ids})
        return [converters.report_request(item) for item in answer.items]

    def reports(
        self,
        *,
        report_types: Sequence[str] = (),
        request_ids: Sequence[str] = (),
        acknowledged: bool | None = None,
        available_from: datetime | None = None,
    ) -> Iterator[Report]:
        """List finished reports, requested or generated by Amazon."""
        values = {
            "report_types": report_types,
            "report_request_ids": request_ids,
            "acknowledged": acknowledged,
            "available_from_date": available_from,
            "max_count": PAGE_SIZE,
        }
        return map(converters.report, iterate_items(self._call, "GetReportList", values))

    def count_reports(
        self, *, report_types: Sequence[str] = (), acknowledged: bool | None = None
    ) -> int:
        """Count the finished documents of the last 90 days."""
        return self._count("GetReportCount", report_types=report_types, acknowledged=acknowledged)

    def download(self, report_id: str, path: Path) -> ReportDocument:
        """Stream a document to ``path`` and check it; ``md5`` is in hexadecimal digits.

        Raises:
            DocumentDamaged: it is incomplete; another try may succeed.
        """
        return download(self._caller, report_id, path)

    def report_schedules(self, *, report_types: Sequence[str] = ()) -> list[ReportSchedule]:
        """List the schedules."""
        values = {"report_types": report_types}
        listed = iterate_items(self._call, "GetReportScheduleList", values)
        return [converters.report_schedule(item) for item in listed]

    def report_schedule(self, schedule_id: str) -> ReportSchedule:
        """Refuse: schedules of MWS have no ids."""
        what = f"MWS has no schedule {schedule_id}: its schedules have no ids"
        raise errors.RequestRefused(what, hint="list the schedules by report type")

    def count_report_schedules(self, *, report_types: Sequence[str] = ()) -> int:
        """Count the schedules."""
        return self._count("GetReportScheduleCount", report_types=report_types)

    def manage_schedule(
        self, report_type: str, schedule: str, first_run: datetime | None = None
    ) -> list[ReportSchedule]:
        """Create, change or, with ``_NEVER_``, delete the schedule of a report type."""
        values = {"report_type": report_type, "schedule": schedule, "schedule_date": first_run}
        answer = self._call("ManageReportSchedule", values)
        return [converters.report_schedule(item) for item in answer.items]

    def acknowledge(self, report_ids: Sequence[str], *, acknowledged: bool = True) -> list[Report]:
        """Mark at most 100 documents as fetched, or as not fetched."""
        if not report_ids:
            return []
        values = {"report_ids": report_ids, "acknowledged": acknowledged}
        answer = self._call("UpdateReportAcknowledgements", values)
        return [converters.report(item) for item in answer.items]

    def _count(self, name: str, **values: object) -> int:
        return self._call(name, values).count or 0


def _requested(answer: HttpResponse) -> ReportRequest:
    response = decode_response(OPERATIONS["RequestReport"], answer.body)
    return converters.report_request(response.items[0])


def _options(options: Sequence[tuple[str, str]]) -> str | None:
    """Join options as RequestReport takes them; one without a value is a bare keyword."""
    return ";".join(f"{name}={value}" if value else name for name, value in options) or None
