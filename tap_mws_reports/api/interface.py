"""What the tap wants of Amazon, whichever service answers, and the values that cross the border.

Both services, MWS Reports 2009-01-01 and SP-API Reports 2021-06-30, fit behind `ReportService`:
every method has a counterpart in each, and no value holds anything that only one of them knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Protocol


class ProcessingStatus(Enum):
    """Where a report request stands, in the words both services share.

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


class Call(Enum):
    """The calls that the work list paces. Looking by ids and by a list may have one budget."""

    REQUEST = "request"
    LOOK = "look"
    LIST = "list"
    DOWNLOAD = "download"


@dataclass(frozen=True, slots=True)
class ReportSpec:
    """Which report is wanted.

    ``start`` is inclusive and ``end`` exclusive; both are None for the state of things now.
    ``options`` are (name, value) pairs as the report type's page lists them.
    """

    report_type: str
    start: datetime | None = None
    end: datetime | None = None
    marketplace_ids: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """One report request and what has become of it. Dates are in UTC.

    ``marketplace_ids`` are those it was made for, or None where the service does not tell.
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
        """Whether the report is for just these marketplaces, as far as the service tells."""
        told = self.marketplace_ids
        return told is None or set(told) == set(marketplace_ids)


@dataclass(frozen=True, slots=True)
class Report:
    """One finished document on Amazon's side."""

    report_id: str
    report_type: str
    report_request_id: str | None
    available_date: datetime
    acknowledged: bool = False
    acknowledged_date: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReportSchedule:
    """A report type that Amazon makes by itself, how often, and when next, where it says so.

    ``marketplace_ids`` are those it is made for, where the service tells: SP-API may have several
    schedules of a type, one for each set of marketplaces.
    """

    report_type: str
    schedule: str
    scheduled_date: datetime | None
    marketplace_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """A document that lies on disk, whole and checked against Amazon's MD5 where there is one.

    ``charset`` is what the Content-Type header announced, or None.
    """

    report_id: str
    path: Path
    size: int
    md5: str
    charset: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notification says: a report request has ended.

    ``report_id`` is what MWS's `ReportService.download` takes, where the notification tells it.
    ``unique_id`` is Amazon's id of the notification, the same in every copy of it.
    """

    report_request_id: str
    processing_status: ProcessingStatus
    seller_id: str
    report_id: str | None = None
    unique_id: str | None = None


class ReportService(Protocol):
    """Amazon's reports of one seller. Lists come newest first, all pages of them.

    Every method may raise `CredentialsError`, `HostUnreachable` or `RequestRefused`. A quota that
    is used up is waited for, not raised; `ready_in` tells beforehand how long that would be.
    ``ids_per_look`` is how many report requests one call of `Call.LOOK` shows. ``notices_tell_ids``
    says whether the `Notice.report_id` of a notification is one that `download` takes; those of the
    other service may still be in the queue. ``lists_tell_marketplaces`` says whether
    `ReportRequest.marketplace_ids` are told.
    """

    ids_per_look: int
    notices_tell_ids: bool
    lists_tell_marketplaces: bool

    def ready_in(self, call: Call) -> float:
        """Return the seconds until ``call`` may go without waiting; 0.0 means now."""

    def full_in(self, call: Call) -> float:
        """Return the seconds until the quota of ``call`` is full and goes by unused."""

    def moments(self, call: Call, count: int) -> list[float]:
        """Return the seconds after which each of the next calls may go at the earliest."""

    def spent(self, call: Call, moments: Iterable[datetime]) -> None:
        """Count calls of the last hour that others made, or this program before it was killed."""

    def request_report(self, spec: ReportSpec) -> ReportRequest:
        """Ask Amazon to make a report. Not idempotent: every call makes a new request.

        Raises:
            Throttled: the report type has a quota of its own, and it is used up; others have not.
        """

    def report_requests(
        self,
        *,
        ids: Sequence[str] = (),
        report_types: Sequence[str] = (),
        requested_from: datetime | None = None,
    ) -> Iterator[ReportRequest]:
        """List report requests. ``ids`` override the other filters."""

    def count_report_requests(self, *, report_types: Sequence[str] = ()) -> int:
        """Count the report requests of the last 90 days."""

    def cancel_report_requests(self, ids: Sequence[str]) -> list[ReportRequest]:
        """Cancel requests that have not started yet; the others come back unchanged."""

    def reports(
        self,
        *,
        report_types: Sequence[str] = (),
        request_ids: Sequence[str] = (),
        acknowledged: bool | None = None,
        available_from: datetime | None = None,
    ) -> Iterator[Report]:
        """List finished documents, made on request or by Amazon alone."""

    def count_reports(
        self, *, report_types: Sequence[str] = (), acknowledged: bool | None = None
    ) -> int:
        """Count the finished documents of the last 90 days."""

    def download(self, report_id: str, path: Path) -> ReportDocument:
        """Stream a document to ``path`` and check it.

        Raises:
            DocumentDamaged: it is not whole.
            ErrorDocument: it is the reason why the report failed.
        """

    def report_schedules(self, *, report_types: Sequence[str] = ()) -> list[ReportSchedule]:
        """List the schedules."""

    def count_report_schedules(self, *, report_types: Sequence[str] = ()) -> int:
        """Count the schedules."""

    def manage_schedule(
        self, report_type: str, schedule: str, first_run: datetime | None = None
    ) -> list[ReportSchedule]:
        """Create, change or, with Amazon's word for never, delete the schedule of a report type."""

    def acknowledge(self, report_ids: Sequence[str], *, acknowledged: bool = True) -> list[Report]:
        """Mark at most 100 documents as fetched, or as not fetched."""
