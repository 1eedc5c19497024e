"""The three streams that tell what Amazon has: report requests, reports and schedules."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, ClassVar

from singer_sdk import Tap
from singer_sdk import typing as th
from singer_sdk.helpers.types import Context

from tap_mws_reports.api.interface import Report, ReportRequest, ReportSchedule
from tap_mws_reports.dates import render_date
from tap_mws_reports.retrieval.listing_bookmark import Listed, ListingBookmark
from tap_mws_reports.streams.messages import CheckpointedStream
from tap_mws_reports.streams.run import Run

KEPT = timedelta(days=90)
"""Amazon lists report requests and reports of the last 90 days
(https://docs.developer.amazonservices.com/en_US/reports/Reports_GetReportList.html)."""

DELETED = "_NEVER_"
"""What Amazon calls the schedule of a report type that is not scheduled any more."""


def as_record(value: ReportRequest | Report | ReportSchedule, seller_id: str) -> dict[str, Any]:
    """Turn a value of the service into a record: dates as text, statuses as their words."""
    record = {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    return {**record, "seller_id": seller_id}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return render_date(value)
    return value.value if isinstance(value, Enum) else value


class LifecycleStream(CheckpointedStream):
    """A stream of what Amazon lists: newest first there, oldest first here."""

    name: str
    primary_keys: ClassVar[Sequence[str]]
    replication_key: ClassVar[str]

    def __init__(self, tap: Tap, run: Run) -> None:
        self._run = run
        super().__init__(tap)

    def get_records(self, context: Context | None) -> Iterator[dict[str, Any]]:
        """Yield what is new since the bookmark, then move the bookmark."""
        del context
        bookmark = ListingBookmark(self.stream_state, self.replication_key)
        values = self._listed(self._since(bookmark))
        entries = [(self._entry(value), value) for value in values]
        for entry, value in sorted(entries, key=lambda each: each[0].date):
            if bookmark.is_news(entry):
                yield as_record(value, self._run.seller_id)
        bookmark.move(entry for entry, _ in entries)

    def _since(self, bookmark: ListingBookmark) -> datetime:
        earliest = self._run.clock.now() - KEPT
        return max(bookmark.since or self._run.start, earliest)

    @abstractmethod
    def _listed(self, since: datetime) -> list[Any]:
        """Ask Amazon for everything since a moment."""

    @abstractmethod
    def _entry(self, value: Any) -> Listed:  # noqa: ANN401 - one of the service's values
        """Return what the bookmark needs to know of a value."""


class ReportRequests(LifecycleStream):
    """Report requests; one that is not finished is read again until it is."""

    name = "report_requests"
    primary_keys = ("report_request_id",)
    replication_key = "submitted_date"
    schema = th.PropertiesList(
        th.Property("report_request_id", th.StringType, required=True),
        th.Property("report_type", th.StringType),
        th.Property("start_date", th.DateTimeType),
        th.Property("end_date", th.DateTimeType),
        th.Property("scheduled", th.BooleanType),
        th.Property("submitted_date", th.DateTimeType),
        th.Property("processing_status", th.StringType),
        th.Property("generated_report_id", th.StringType),
        th.Property("started_processing_date", th.DateTimeType),
        th.Property("completed_date", th.DateTimeType),
        th.Property("seller_id", th.StringType),
    ).to_dict()

    def _listed(self, since: datetime) -> list[ReportRequest]:
        return list(self._run.service.report_requests(requested_from=since))

    def _entry(self, value: ReportRequest) -> Listed:
        return Listed(value.report_request_id, value.submitted_date, value.processing_status.final)


class Reports(LifecycleStream):
    """Finished documents, those made on request and those Amazon makes unasked."""

    name = "reports"
    primary_keys = ("report_id",)
    replication_key = "available_date"
    schema = th.PropertiesList(
        th.Property("report_id", th.StringType, required=True),
        th.Property("report_type", th.StringType),
        th.Property("report_request_id", th.StringType),
        th.Property("available_date", th.DateTimeType),
        th.Property("acknowledged", th.BooleanType),
        th.Property("acknowledged_date", th.DateTimeType),
        th.Property("seller_id", th.StringType),
    ).to_dict()

    def _listed(self, since: datetime) -> list[Report]:
        return list(self._run.service.reports(available_from=since))

    def _entry(self, value: Report) -> Listed:
        return Listed(value.report_id, value.available_date)


class ReportSchedules(CheckpointedStream):
    """Schedules; a changed one is emitted again, a deleted one as Amazon's word for never."""

    name = "report_schedules"
    primary_keys = ("report_type",)
    replication_key = "scheduled_date"
    schema = th.PropertiesList(
        th.Property("report_type", th.StringType, required=True),
        th.Property("schedule", th.StringType),
        th.Property("scheduled_date", th.DateTimeType),
        th.Property("seller_id", th.StringType),
    ).to_dict()

    def __init__(self, tap: Tap, run: Run) -> None:
        self._run = run
        super().__init__(tap)

    def get_records(self, context: Context | None) -> Iterator[dict[str, Any]]:
        """Yield the schedules that are new, changed or deleted since the last run."""
        del context
        state = self.stream_state
        before = {entry["report_type"]: entry for entry in state.get("schedules", [])}
        listed = [
            as_record(schedule, self._run.seller_id)
            for schedule in self._run.service.report_schedules()
        ]
        now = {record["report_type"]: record for record in listed}
        yield from (record for name, record in now.items() if before.get(name) != record)
        for name in before.keys() - now.keys():
            yield {**before[name], "schedule": DELETED, "scheduled_date": None}
        state["schedules"] = listed
