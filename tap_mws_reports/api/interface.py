"""The interface of both services, MWS Reports 2009-01-01 and SP-API Reports 2021-06-30.

The tap calls `ReportService`; `ReportAdministration` has the operations that only a person needs.
Each service implements both. No value holds anything that only one of the services knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Protocol

from tap_mws_reports.api.quota import Quota
from tap_mws_reports.api.request_budgets import SellerBudgets
from tap_mws_reports.errors import RequestRefused


class ProcessingStatus(Enum):
    """The status of a report request, as both services name it.

    Source: https://docs.developer.amazonservices.com/en_US/reports/Reports_GetReportRequestList.html
    """

    SUBMITTED = "SUBMITTED"
    IN_PROGRESS = "IN_PROGRESS"
    DONE = "DONE"
    DONE_NO_DATA = "DONE_NO_DATA"
    CANCELLED = "CANCELLED"
    FATAL = "FATAL"

    @property
    def final(self) -> bool:
        """Whether the status will not change any more."""
        return self not in {ProcessingStatus.SUBMITTED, ProcessingStatus.IN_PROGRESS}


class ThrottledCall(Enum):
    """The calls that the scheduler spaces out. POLL and LIST may share one quota."""

    REQUEST = "request"
    POLL = "poll"
    LIST = "list"
    DOWNLOAD = "download"


@dataclass(frozen=True, slots=True)
class ReportSpec:
    """The parameters of a report request.

    ``start`` is inclusive and ``end`` exclusive; both are None for a snapshot.
    ``options`` are (name, value) pairs as the report type's page lists them. ``spelling`` is the
    name of the type as the service spells it, for messages; empty if it is the same.
    """

    report_type: str
    start: datetime | None = None
    end: datetime | None = None
    marketplace_ids: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    spelling: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """One report request and its status. Dates are in UTC.

    ``marketplace_ids`` are those it was made for, or None where the service does not say.
    """

    report_request_id: str
    report_type: str
    start_date: datetime | None
    end_date: datetime | None
    scheduled: bool
    submitted_date: datetime
    processing_status: ProcessingStatus
    generated_report_id: str | None = None
    started_processing_date: datetime | None = None
    completed_date: datetime | None = None
    marketplace_ids: tuple[str, ...] | None = None

    def may_be_for(self, marketplace_ids: Iterable[str]) -> bool:
        """Whether the report is for just these marketplaces, as far as the service says."""
        made_for = self.marketplace_ids
        return made_for is None or set(made_for) == set(marketplace_ids)


@dataclass(frozen=True, slots=True)
class Report:
    """One finished report at Amazon."""

    report_id: str
    report_type: str
    report_request_id: str | None
    available_date: datetime
    acknowledged: bool = False
    acknowledged_date: datetime | None = None


NEVER = "_NEVER_"
"""The schedule that deletes one: MWS's name for it, used for both services."""


@dataclass(frozen=True, slots=True)
class ReportSchedule:
    """A schedule by which Amazon makes reports of a type, and its next run, if known.

    ``marketplace_ids`` is empty for MWS. SP-API may have several schedules of a type, one for each
    set of marketplaces, and gives each an id; MWS gives none.
    """

    report_type: str
    schedule: str
    scheduled_date: datetime | None
    marketplace_ids: tuple[str, ...] = ()
    schedule_id: str | None = None


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """A complete document on disk, checked against Amazon's MD5 where there is one.

    ``charset`` is that of the Content-Type header, or None. ``proved`` says that a length or a
    checksum proves it complete; otherwise it was fetched twice with the same content.
    """

    report_id: str
    path: Path
    size: int
    md5: str
    charset: str | None = None
    proved: bool = True


@dataclass(frozen=True, slots=True)
class ReportNotification:
    """A notification that a report request has ended.

    ``report_id`` is what MWS's `ReportService.download` takes, where the notification has it.
    ``unique_id`` is Amazon's id of the notification, the same in every copy of it.
    """

    report_request_id: str
    processing_status: ProcessingStatus
    seller_id: str
    report_id: str | None = None
    unique_id: str | None = None


@dataclass(frozen=True, slots=True)
class ListCalls:
    """The calls that list the report requests, reports or schedules of one seller once."""

    stream: str
    """The lifecycle stream that needs the list."""
    seller_id: str
    operation: str
    quota: Quota
    """Of the operation, for each seller."""
    calls: int
    """How many calls it takes, if every one has one page."""


class CallQuotas(Protocol):
    """What the quotas of one seller allow."""

    @property
    def quotas(self) -> Mapping[ThrottledCall, Quota]:
        """The quota that Amazon states for each call."""

    def moments(self, call: ThrottledCall, count: int) -> list[float]:
        """Return the seconds after which each of the next calls may go at the earliest."""


class ReportService(CallQuotas, Protocol):
    """Amazon's reports of one seller. Lists come newest first, all pages of them.

    Every method may raise `CredentialsError`, `HostUnreachable` or `RequestRefused`. For a
    quota that is used up they wait; `seconds_until_allowed` returns beforehand for how long.
    """

    request_budgets: SellerBudgets
    """The limits of single report types, in addition to the quota of `ThrottledCall.REQUEST`."""

    ids_per_poll: int
    """How many report requests one call of `ThrottledCall.POLL` shows."""

    types_per_list: int
    """Of how many report types one call of `ThrottledCall.LIST` shows the requests."""

    acknowledge_batch_size: int
    """The most documents that one `acknowledge` takes."""

    retention: timedelta
    """How long Amazon lists report requests and documents."""

    notifications_have_report_ids: bool
    """Whether the `ReportNotification.report_id` of a notification is one that `download` takes.

    Notifications of the other service may still be in the queue.
    """

    lists_have_marketplaces: bool
    """Whether lists of report requests contain `ReportRequest.marketplace_ids`."""

    @property
    def refused_types(self) -> Mapping[str, RequestRefused]:
        """The report types that lists have left out so far, with Amazon's refusal of each."""

    def seconds_until_allowed(self, call: ThrottledCall) -> float:
        """Return the seconds until ``call`` may go without waiting; 0.0 means now."""

    def spent(self, call: ThrottledCall, moments: Iterable[datetime]) -> None:
        """Count calls of the last hour by other programs, or by an earlier run."""

    def request_report(self, spec: ReportSpec) -> ReportRequest:
        """Ask Amazon to make a report. Not idempotent: every call makes a new request.

        Raises:
            Throttled: the report type has its own limit, which is used up.
        """

    def report_requests(
        self,
        *,
        ids: Sequence[str] = (),
        report_types: Sequence[str] = (),
        requested_from: datetime | None = None,
    ) -> Iterator[ReportRequest]:
        """List report requests. ``ids`` override the other filters."""

    def reports(
        self,
        *,
        report_types: Sequence[str] = (),
        request_ids: Sequence[str] = (),
        acknowledged: bool | None = None,
        available_from: datetime | None = None,
    ) -> Iterator[Report]:
        """List finished reports, requested or generated by Amazon."""

    def download(self, report_id: str, path: Path) -> ReportDocument:
        """Stream a document to ``path`` and check it.

        Raises:
            DocumentDamaged: it is incomplete.
            ErrorDocument: it is the reason why the report failed.
        """

    def report_schedules(self, *, report_types: Sequence[str] = ()) -> list[ReportSchedule]:
        """List the schedules."""

    def acknowledge(self, report_ids: Sequence[str], *, acknowledged: bool = True) -> list[Report]:
        """Mark at most ``acknowledge_batch_size`` documents as fetched, or as not fetched."""


class ReportAdministration(Protocol):
    """Operations on the reports of one seller that the tap never calls.

    All may raise what `ReportService` may; an operation that a service does not have raises
    `RequestRefused`.
    """

    def count_report_requests(self, *, report_types: Sequence[str] = ()) -> int:
        """Count the report requests that Amazon lists."""

    def cancel_report_requests(self, ids: Sequence[str]) -> list[ReportRequest]:
        """Cancel requests that have not started yet; the others come back unchanged."""

    def count_reports(
        self, *, report_types: Sequence[str] = (), acknowledged: bool | None = None
    ) -> int:
        """Count the finished documents that Amazon lists."""

    def count_report_schedules(self, *, report_types: Sequence[str] = ()) -> int:
        """Count the schedules."""

    def report_schedule(self, schedule_id: str) -> ReportSchedule:
        """Return one schedule by its id."""

    def manage_schedule(
        self, report_type: str, schedule: str, first_run: datetime | None = None
    ) -> list[ReportSchedule]:
        """Create, change or, with ``_NEVER_``, delete the schedule of a report type."""


class ReportClient(ReportService, ReportAdministration, Protocol):
    """All operations on the reports of one seller: what each service implements."""
