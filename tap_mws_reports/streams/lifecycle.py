"""The lifecycle streams: report requests, reports and schedules."""

from __future__ import annotations

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, ClassVar

from singer_sdk import Tap
from singer_sdk import typing as th
from singer_sdk.helpers.types import Context

from tap_mws_reports.api.interface import (
    NEVER,
    Report,
    ReportRequest,
    ReportSchedule,
    ReportService,
)
from tap_mws_reports.api.timestamps import format_timestamp
from tap_mws_reports.retrieval.adoption import originating_request_id
from tap_mws_reports.retrieval.state.listing_bookmarks import (
    ListedItem,
    ListingBookmark,
    migrate_listing_state,
)
from tap_mws_reports.retrieval.state.partitions import Partitions
from tap_mws_reports.retrieval.state.state_validation import check_lifecycle_state
from tap_mws_reports.streams.sdk import CheckpointedStream
from tap_mws_reports.streams.seller_connections import SellerConnection
from tap_mws_reports.streams.sync_context import SyncContext


def as_record(value: ReportRequest | Report | ReportSchedule, seller_id: str) -> dict[str, Any]:
    """Convert a value of the service to a record: dates, lists and enums become text."""
    record = {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    return {**record, "seller_id": seller_id}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return format_timestamp(value)
    if isinstance(value, tuple):
        return ",".join(sorted(value))
    return value.value if isinstance(value, Enum) else value


def _listing(stream: str, seller: SellerConnection) -> str:
    return f"list {stream} of seller {seller.seller_id}"


class LifecycleStream(CheckpointedStream):
    """A stream of a list of each seller, oldest first; Amazon lists the newest first."""

    name: str
    schema: dict[str, Any]
    primary_keys: ClassVar[Sequence[str]]
    replication_key: ClassVar[str]

    def __init__(self, tap: Tap, run: SyncContext) -> None:
        self._run = run
        super().__init__(tap)
        self.schema = self.column_filter.without_excluded(self.schema)

    @property
    def partitions(self) -> None:
        """Return None: the stream iterates over sellers itself, because one of them may fail."""

    def take_state_over(self, owner: str | None) -> None:
        """Validate the state and migrate it to the current format.

        Args:
            owner: the seller of the state, if known.

        Raises:
            StateError: it is invalid.
        """
        check_lifecycle_state(self.name, self.stream_state, self._run.clock.now())
        if not migrate_listing_state(self.stream_state, owner):
            what = "The state of %s does not name its seller; all is read again"
            self.logger.warning(what, self.name)

    def get_records(self, context: Context | None) -> Iterator[dict[str, Any]]:
        """Yield new entries since the bookmark of each seller, then move the bookmark."""
        del context
        partitions = Partitions(self.stream_state)

        def bookmark_of(seller_id: str) -> ListingBookmark:
            return ListingBookmark(partitions.of({"seller_id": seller_id}), self.replication_key)

        def listed(seller: SellerConnection) -> list[Any]:
            since = self._since(bookmark_of(seller.seller_id), seller.service)
            with self._run.quota_waits.while_doing(_listing(self.name, seller)):
                return self._listed(seller.service, since)

        for seller_id, values in self._run.sellers.call_all(listed):
            yield from self._new_records(seller_id, values, bookmark_of(seller_id))

    def _new_records(
        self, seller_id: str, values: Iterable[Any], bookmark: ListingBookmark
    ) -> Iterator[dict[str, Any]]:
        entries = [(self._entry(value), value) for value in values]
        for entry, value in sorted(entries, key=lambda each: each[0].date):
            if bookmark.is_new(entry):
                record = as_record(value, seller_id)
                self._run.summary.of(self.name).rows += 1
                yield {name: record[name] for name in self.schema["properties"]}
        bookmark.move(entry for entry, _ in entries)

    def _since(self, bookmark: ListingBookmark, service: ReportService) -> datetime:
        earliest = self._run.clock.now() - service.retention
        return max(bookmark.since or self._run.start, earliest)

    @abstractmethod
    def _listed(self, service: ReportService, since: datetime) -> list[Any]:
        """List the entries of a seller since ``since``."""

    @abstractmethod
    def _entry(self, value: Any) -> ListedItem:  # noqa: ANN401 - one of the service's values
        """Return the bookmark entry of a value."""


def check_sellers_connection(run: SyncContext, report_types: Sequence[str]) -> list[dict[str, Any]]:
    """List the report requests of the last hour once per seller; return the records.

    SP-API allows this call immediately; it lists schedules only for a few types per call.

    Raises:
        TapError: the call fails for all sellers.
    """

    def listed(seller: SellerConnection) -> list[ReportRequest]:
        since = run.clock.now() - timedelta(hours=1)
        types = report_types[: seller.service.types_per_list]
        return list(seller.service.report_requests(report_types=types, requested_from=since))

    return [
        as_record(request, seller_id)
        for seller_id, requests in run.sellers.call_all(listed)
        for request in requests
    ]


class ReportRequests(LifecycleStream):
    """Report requests; unfinished ones are read again until they finish."""

    name = "report_requests"
    primary_keys = ("seller_id", "report_request_id")
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
        th.Property("seller_id", th.StringType, required=True),
    ).to_dict()

    def write_sample(self, records: list[dict[str, Any]]) -> None:
        """Write the first record, or an empty BATCH if there is none."""
        self.selected = True
        self.announce_schema()
        if not records:
            self.write_empty_batch()
        for record in records[:1]:
            self.write_record({name: record[name] for name in self.schema["properties"]})

    def _listed(self, service: ReportService, since: datetime) -> list[ReportRequest]:
        return list(service.report_requests(requested_from=since))

    def _entry(self, value: ReportRequest) -> ListedItem:
        return ListedItem(
            value.report_request_id, value.submitted_date, value.processing_status.final
        )


class Reports(LifecycleStream):
    """Finished reports, both requested and generated."""

    name = "reports"
    primary_keys = ("seller_id", "report_id")
    replication_key = "available_date"
    schema = th.PropertiesList(
        th.Property("report_id", th.StringType, required=True),
        th.Property("report_type", th.StringType),
        th.Property("report_request_id", th.StringType),
        th.Property("available_date", th.DateTimeType),
        th.Property("acknowledged", th.BooleanType),
        th.Property("acknowledged_date", th.DateTimeType),
        th.Property("seller_id", th.StringType, required=True),
    ).to_dict()

    def _listed(self, service: ReportService, since: datetime) -> list[Report]:
        return list(service.reports(available_from=since))

    def _entry(self, value: Report) -> ListedItem:
        # SP-API identifies it by the id of its request.
        return ListedItem(
            value.report_id, value.available_date, alias=originating_request_id(value)
        )


ANY_MARKETPLACE = "*"
"""The marketplaces of a schedule where the service names none. It is part of the key, and some
targets store an empty text as null."""


class ReportSchedules(CheckpointedStream):
    """Schedules; a changed one is emitted again, a deleted one with Amazon's name for never.

    SP-API has a schedule of a type for each set of marketplaces. MWS has one and names no
    marketplaces: `marketplace_ids` is ``*`` then.
    """

    name = "report_schedules"
    primary_keys = ("seller_id", "report_type", "marketplace_ids")
    replication_key = "scheduled_date"
    schema = th.PropertiesList(
        th.Property("report_type", th.StringType, required=True),
        th.Property("schedule", th.StringType),
        th.Property("scheduled_date", th.DateTimeType),
        th.Property("marketplace_ids", th.StringType, required=True),
        th.Property("seller_id", th.StringType, required=True),
    ).to_dict()

    def __init__(self, tap: Tap, run: SyncContext) -> None:
        self._run = run
        super().__init__(tap)
        self.schema = self.column_filter.without_excluded(self.schema)

    def get_records(self, context: Context | None) -> Iterator[dict[str, Any]]:
        """Yield the schedules that are new, changed or deleted since the last run."""
        del context
        known: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for record in self.stream_state.get("schedules", []):
            known[record["seller_id"]].append(_with_marketplaces(record))

        def listed(seller: SellerConnection) -> list[ReportSchedule]:
            with self._run.quota_waits.while_doing(_listing(self.name, seller)):
                return seller.service.report_schedules()

        for seller_id, schedules in self._run.sellers.call_all(listed):
            records = [self._record(each, seller_id) for each in schedules]
            for record in _changes(known[seller_id], records):
                self._run.summary.of(self.name).rows += 1
                yield record
            known[seller_id] = records
        # Entries of sellers that were not listed are kept.
        self.stream_state["schedules"] = [each for records in known.values() for each in records]

    def _record(self, schedule: ReportSchedule, seller_id: str) -> dict[str, Any]:
        record = _with_marketplaces(as_record(schedule, seller_id))
        # SP-API gives a changed schedule a new id, so the id is not a column.
        return {name: value for name, value in record.items() if name != "schedule_id"}


def _changes(
    before: Iterable[dict[str, Any]], after: Iterable[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    old = {_key(record): record for record in before}
    new = {_key(record): record for record in after}
    yield from (record for key, record in new.items() if old.get(key) != record)
    for key in sorted(old.keys() - new.keys()):
        yield {**old[key], "schedule": NEVER, "scheduled_date": None}


def _with_marketplaces(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "marketplace_ids": record.get("marketplace_ids") or ANY_MARKETPLACE}


def _key(record: dict[str, Any]) -> tuple[str, str]:
    return record["report_type"], record["marketplace_ids"]
