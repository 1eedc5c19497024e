"""MWS Reports 2009-01-01 behind `ReportService`."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.interface import (
    Call,
    Report,
    ReportDocument,
    ReportRequest,
    ReportSchedule,
    ReportSpec,
)
from tap_mws_reports.api.mws import entries, paging
from tap_mws_reports.api.mws.caller import Caller
from tap_mws_reports.api.mws.download import download
from tap_mws_reports.api.mws.endpoint import Endpoint
from tap_mws_reports.api.mws.operations import OPERATIONS
from tap_mws_reports.api.mws.signing import Credentials
from tap_mws_reports.api.pacing import Paced
from tap_mws_reports.api.patience import QuotaWait, untold
from tap_mws_reports.api.transport import Transport

__all__ = ["Credentials", "MwsReportService"]

_PAGE = 100
_PACED = {
    Call.REQUEST: "RequestReport",
    Call.LOOK: "GetReportRequestList",
    Call.LIST: "GetReportRequestList",
    Call.DOWNLOAD: "GetReport",
}

QUOTAS = {call: quota for call, name in _PACED.items() if (quota := OPERATIONS[name].quota)}
"""What Amazon allows each seller of the calls that the work list paces."""


class MwsReportService(Paced):
    """`ReportService` by MWS. Serves one thread, which all quota waits hold up.

    Beyond the errors the interface names, every method may raise `ServiceUnavailable` when Amazon
    failed at every try: this call is lost, the next may go well.

    Args:
        credentials: who asks, and for which seller.
        endpoint_url: scheme and host, such as ``https://mws-eu.amazonservices.com``.
        transport: the way to the host.
        clock: tells the time and sleeps.
        rng: the chances of the pauses between tries.
        marketplace_ids: the marketplaces of a report whose spec names none.
        quota_wait: told of each wait for a quota: of which operation, and the seconds.
    """

    ids_per_look = _PAGE
    notices_tell_ids = True
    lists_tell_marketplaces = False

    def __init__(
        self,
        credentials: Credentials,
        endpoint_url: str,
        transport: Transport,
        clock: Clock,
        rng: random.Random,
        marketplace_ids: Sequence[str] = (),
        quota_wait: QuotaWait = untold,
    ) -> None:
        endpoint = Endpoint.at(endpoint_url)
        self._caller = Caller(credentials, endpoint, transport, clock, rng, quota_wait=quota_wait)
        super().__init__(self._caller.budgets, _PACED)
        self._call = self._caller.call
        self._marketplace_ids = tuple(marketplace_ids)

    def request_report(self, spec: ReportSpec) -> ReportRequest:
        """Ask Amazon to make a report. Not idempotent: every call makes a new request.

        An answer lost on the way is asked for again, so a request nobody waits for may remain.
        """
        answer = self._call(
            "RequestReport",
            {
                "report_type": spec.report_type,
                "start_date": spec.start,
                "end_date": spec.end,
                "report_options": _options(spec.options),
                "marketplace_ids": spec.marketplace_ids or self._marketplace_ids,
            },
        )
        return entries.report_request(answer.items[0])

    def report_requests(
        self,
        *,
        ids: Sequence[str] = (),
        report_types: Sequence[str] = (),
        requested_from: datetime | None = None,
    ) -> Iterator[ReportRequest]:
        """List report requests; ``ids``, a hundred in each call, override the other filters."""
        for start in range(0, max(1, len(ids)), _PAGE):
            values = {
                "report_request_ids": ids[start : start + _PAGE],
                "report_types": report_types,
                "requested_from_date": requested_from,
                "max_count": _PAGE,
            }
            listed = paging.items(self._call, "GetReportRequestList", values)
            yield from map(entries.report_request, listed)

    def count_report_requests(self, *, report_types: Sequence[str] = ()) -> int:
        """Count the report requests of the last 90 days."""
        return self._count("GetReportRequestCount", report_types=report_types)

    def cancel_report_requests(self, ids: Sequence[str]) -> list[ReportRequest]:
        """Cancel requests that have not started yet; the others come back unchanged."""
        if not ids:  # to Amazon, no ids mean all requests there are
            return []
        answer = self._call("CancelReportRequests", {"report_request_ids": ids})
        return [entries.report_request(item) for item in answer.items]

    def reports(
        self,
        *,
        report_types: Sequence[str] = (),
        request_ids: Sequence[str] = (),
        acknowledged: bool | None = None,
        available_from: datetime | None = None,
    ) -> Iterator[Report]:
        """List finished documents, made on request or by Amazon alone."""
        values = {
            "report_types": report_types,
            "report_request_ids": request_ids,
            "acknowledged": acknowledged,
            "available_from_date": available_from,
            "max_count": _PAGE,
        }
        return map(entries.report, paging.items(self._call, "GetReportList", values))

    def count_reports(
        self, *, report_types: Sequence[str] = (), acknowledged: bool | None = None
    ) -> int:
        """Count the finished documents of the last 90 days."""
        return self._count("GetReportCount", report_types=report_types, acknowledged=acknowledged)

    def download(self, report_id: str, path: Path) -> ReportDocument:
        """Stream a document to ``path`` and check it; ``md5`` is in hexadecimal digits.

        Raises:
            DocumentDamaged: it is not the one that Amazon sent; another try may be.
        """
        return download(self._caller, report_id, path)

    def report_schedules(self, *, report_types: Sequence[str] = ()) -> list[ReportSchedule]:
        """List the schedules."""
        values = {"report_types": report_types}
        listed = paging.items(self._call, "GetReportScheduleList", values)
        return [entries.report_schedule(item) for item in listed]

    def count_report_schedules(self, *, report_types: Sequence[str] = ()) -> int:
        """Count the schedules."""
        return self._count("GetReportScheduleCount", report_types=report_types)

    def manage_schedule(
        self, report_type: str, schedule: str, first_run: datetime | None = None
    ) -> list[ReportSchedule]:
        """Create, change or, with ``_NEVER_``, delete the schedule of a report type."""
        values = {"report_type": report_type, "schedule": schedule, "schedule_date": first_run}
        answer = self._call("ManageReportSchedule", values)
        return [entries.report_schedule(item) for item in answer.items]

    def acknowledge(self, report_ids: Sequence[str], *, acknowledged: bool = True) -> list[Report]:
        """Mark at most 100 documents as fetched, or as not fetched."""
        if not report_ids:
            return []
        values = {"report_ids": report_ids, "acknowledged": acknowledged}
        answer = self._call("UpdateReportAcknowledgements", values)
        return [entries.report(item) for item in answer.items]

    def _count(self, name: str, **values: object) -> int:
        return self._call(name, values).count or 0


def _options(options: Sequence[tuple[str, str]]) -> str | None:
    """Join options as RequestReport takes them; one without a value is a bare keyword."""
    return ";".join(f"{name}={value}" if value else name for name, value in options) or None
