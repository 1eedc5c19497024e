"""The bookmark of a partition of a row stream: the only module that writes its state.

A partition of a row stream is a seller with a set of marketplaces. In the state it is a dict

    context                seller_id, marketplace_ids
    replication_key_value  the end of the oldest contiguous windows finished or given up
    done                   finished intervals, [[start, end], ...]
    open_requests          report requests that Amazon accepted, with their windows
    failed_windows         windows that failed and are retried, with the reason, the report request
                           id and the date of the first failure
    given_up               windows that failed for too long: not finished, and not retried
    documents              documents read, for generated reports
    latencies              recent times from request to report, in whole seconds
    row_counts             numbers of rows of the last snapshots, the oldest first
    compared_columns       how many of the stream's `sent_columns` the documents were compared with
    absent_columns         columns that the last documents lacked, [[name, documents, since], ...]
    last_granted           when a report of a type with a limit was last requested, in seconds of
                           the epoch
    to_acknowledge         reports whose rows are written and that are to be acknowledged

Lists, not dicts: a state merge by key would restore deleted entries
(https://docs.meltano.com/reference/command-line-interface/#state).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tap_mws_reports.api.timestamps import format_timestamp, parse_timestamp
from tap_mws_reports.errors import StateError
from tap_mws_reports.retrieval.intervals import Interval, merge, subtract
from tap_mws_reports.retrieval.state.bookmark_entries import (
    FailedWindow,
    GivenUp,
    OpenRequest,
    bounds_of,
    interval_of,
)

REPLICATION_KEY = "_data_end"

DOCUMENT_RETENTION = timedelta(days=180)
"""Twice as long as Amazon lists a document."""


class Bookmark:
    """Reads and writes the state of one partition, in place."""

    def __init__(self, state: dict[str, Any]) -> None:
        self._state = state

    @property
    def done(self) -> list[Interval]:
        """The finished intervals, sorted and apart, however the state has them."""
        return merge(Interval(*map(parse_timestamp, pair)) for pair in self._list("done"))

    @property
    def open_requests(self) -> list[OpenRequest]:
        """The report requests whose documents have not been read yet."""
        return [OpenRequest.of(entry) for entry in self._list("open_requests")]

    @property
    def failed_windows(self) -> list[FailedWindow]:
        """The windows that failed and are retried."""
        return [FailedWindow.of(entry) for entry in self._list("failed_windows")]

    @property
    def given_up(self) -> list[GivenUp]:
        """The failures that are not retried any more."""
        return [GivenUp.of(entry) for entry in self._list("given_up")]

    @property
    def given_up_snapshot(self) -> GivenUp | None:
        """The failure of a given-up snapshot, or None."""
        return next((each for each in self.given_up if each.key == (None, None)), None)

    @property
    def timed_out_requests(self) -> list[OpenRequest]:
        """The report requests that timed out; Amazon may have finished them since."""
        return [
            OpenRequest(
                failed_window.report_request_id, failed_window.interval, failed_window.submitted
            )
            for failed_window in self.failed_windows
            if failed_window.report_request_id and failed_window.submitted
        ]

    @property
    def snapshot_taken(self) -> datetime | None:
        """When the last written snapshot was requested."""
        value = self._state.get("replication_key_value")
        return parse_timestamp(value) if value else None

    def has_read(self, *ids: str) -> bool:
        """Whether the rows of a generated document have been written.

        ``ids`` are all its ids: one service identifies a report by its document, the other by its
        request.
        """
        return any(_is_of(entry, ids) for entry in self._list("documents"))

    def has_given_up(self, *ids: str) -> bool:
        """Whether a generated document was given up; see `has_read`."""
        return any(_is_of(entry, ids) for entry in self._list("given_up") if "start" not in entry)

    def record_request(self, request: OpenRequest) -> None:
        """Record a report request that Amazon accepted.

        A failed window of this request keeps the date of its first failure, but not the request.
        """
        self._change(
            open_requests=[*self._open_without(request.report_request_id), request.entry],
            failed_windows=[
                {name: value for name, value in failed_window.items() if name != "submitted"}
                if failed_window.get("report_request_id") == request.report_request_id
                else failed_window
                for failed_window in self._list("failed_windows")
            ],
        )

    @property
    def latencies(self) -> list[int]:
        """The recent report latencies, in seconds."""
        return list(self._list("latencies"))

    def record_latencies(self, seconds: list[int]) -> None:
        """Record report latencies for the scheduling of later runs."""
        self._change(latencies=seconds)

    @property
    def row_counts(self) -> list[int]:
        """The numbers of rows of the last snapshots, the oldest first."""
        return list(self._list("row_counts"))

    def record_row_counts(self, counts: list[int]) -> None:
        """Record the numbers of rows of the last snapshots."""
        self._change(row_counts=counts)

    @property
    def compared_columns(self) -> int:
        """How many of the stream's columns the documents were compared with."""
        return int(self._state.get("compared_columns", 0))

    @property
    def absent_columns(self) -> list[tuple[str, int, str]]:
        """The columns that the last documents lacked: name, number of documents, first date."""
        return [(name, count, since) for name, count, since in self._list("absent_columns")]

    def record_columns(self, compared: int, absent: list[list[Any]]) -> None:
        """Record how many columns were compared, and which of them were absent."""
        self._change(compared_columns=compared, absent_columns=absent)

    @property
    def last_granted(self) -> int | None:
        """When Amazon last accepted a request of a type with a limit, in seconds of the epoch."""
        return self._state.get("last_granted")

    def record_granted(self, moment: datetime) -> None:
        """Record a request of a type with a limit: it decides whose turn is next."""
        self._change(last_granted=math.ceil(moment.timestamp()))

    def remove_request(self, report_request_id: str | None) -> None:
        """Remove a report request that is no longer needed."""
        self._change(open_requests=self._open_without(report_request_id))

    @property
    def to_acknowledge(self) -> list[str]:
        """The reports whose rows are written but that are not acknowledged yet."""
        return list(self._list("to_acknowledge"))

    def record_written(self, report_id: str) -> None:
        """Record a report to acknowledge in the next run."""
        self._change(to_acknowledge=[*self.to_acknowledge, report_id])

    def remove_acknowledged(self, report_ids: Collection[str]) -> None:
        """Remove reports that were acknowledged, or cannot be."""
        self._change(
            to_acknowledge=[each for each in self.to_acknowledge if each not in report_ids]
        )

    def complete_window(self, interval: Interval, report_request_id: str | None) -> None:
        """Mark a window as finished: its rows are written, or there were none.

        Of a failed window that is longer, as when a shorter request was adopted for it, the rest
        stays.
        """
        done = merge([*self.done, interval])
        self._change(
            open_requests=self._open_without(report_request_id),
            failed_windows=[*self._rest_of_failed_windows(interval)],
            done=[[format_timestamp(each.start), format_timestamp(each.end)] for each in done],
            **self._reached(done),
        )

    def keep(self, done: Iterable[Interval], fits: Callable[[Interval], bool]) -> None:
        """Replace the finished intervals, and remove requests and failed windows that do not fit.

        Their windows are requested again unless a finished interval covers them.
        """
        kept = list(done)
        fitting = [each for each in self.given_up if each.interval is None or fits(each.interval)]
        self._change(
            done=[[format_timestamp(each.start), format_timestamp(each.end)] for each in kept],
            **{
                key: [entry for entry in self._list(key) if _fits(entry, fits)]
                for key in ("open_requests", "failed_windows", "given_up")
            },
            **self._reached(kept, fitting),
        )

    def complete_snapshot(self, taken: datetime, report_request_id: str | None) -> None:
        """Mark the snapshot requested at ``taken`` as written."""
        self._change(
            open_requests=self._open_without(report_request_id),
            failed_windows=self._failed_windows_without(None),
            given_up=[each.entry for each in self.given_up if each.key != (None, None)],
            **_advanced(taken),
        )

    def complete_document(
        self, report_id: str, available: datetime, report_request_id: str | None = None
    ) -> None:
        """Mark a generated document as written.

        Documents that Amazon no longer lists are removed.
        """
        kept = [
            entry
            for entry in self._list("documents")
            if available - parse_timestamp(entry["available"]) < DOCUMENT_RETENTION
        ]
        entry = {"report_id": report_id, "available": format_timestamp(available)}
        if report_request_id:
            entry["report_request_id"] = report_request_id
        newest = max(available, self.snapshot_taken or available)
        # Failed windows of earlier releases do not have the id of their report.
        failed_windows = [
            each.entry for each in self.failed_windows if each.report_id not in (None, report_id)
        ]
        self._change(documents=[*kept, entry], failed_windows=failed_windows, **_advanced(newest))

    def give_up(self, failed_window: FailedWindow) -> None:
        """Record a window that could not be retrieved, replacing an earlier record.

        The date of the first failure stays.
        """
        before = [
            each.failed_since for each in self.failed_windows if each.key == failed_window.key
        ]
        since = next(filter(None, before), failed_window.failed_since)
        self._change(
            open_requests=self._open_without(failed_window.report_request_id),
            failed_windows=[
                *self._failed_windows_without(failed_window.interval, failed_window.report_id),
                replace(failed_window, failed_since=since).entry,
            ],
        )

    def replace_failures(
        self, failed_windows: Iterable[FailedWindow], given_up: Iterable[GivenUp]
    ) -> None:
        """Replace the failed windows and the given-up failures.

        Failures of documents that Amazon no longer lists are removed.
        """
        failed_windows, given_up = list(failed_windows), list(given_up)
        newest = max((each.last_failed for each in given_up), default=None)
        self._change(
            failed_windows=[failed_window.entry for failed_window in failed_windows],
            given_up=[
                each.entry
                for each in given_up
                if not each.report_id or (newest and newest - each.last_failed < DOCUMENT_RETENTION)
            ],
            **(self._reached(self.done, given_up) or self._begun(failed_windows)),
        )

    def _begun(self, failed_windows: Iterable[FailedWindow]) -> dict[str, str]:
        """Return the bookmark where all windows were given up before and are retried now."""
        starts = [
            failed_window.interval.start
            for failed_window in failed_windows
            if failed_window.interval
        ]
        has_window = any(each.interval for each in self.given_up)
        return _advanced(min(starts)) if starts and has_window else {}

    def _reached(
        self, done: Iterable[Interval], given_up: Iterable[GivenUp] | None = None
    ) -> dict[str, str]:
        """Return the end of the oldest contiguous windows that are finished or given up."""
        failed = self.given_up if given_up is None else given_up
        intervals = merge([*done, *(each.interval for each in failed if each.interval)])
        return _advanced(intervals[0].end) if intervals else {}

    def _change(self, **values: object) -> None:
        # One update: an interruption leaves the state either unchanged or complete.
        self._state.update(values)

    def _open_without(self, report_request_id: str | None) -> list[Any]:
        entries = self._list("open_requests")
        return [entry for entry in entries if entry["report_request_id"] != report_request_id]

    def _failed_windows_without(
        self, interval: Interval | None, report_id: str | None = None
    ) -> list[Any]:
        return [
            entry
            for entry in self._list("failed_windows")
            if (interval_of(entry), entry.get("report_id")) != (interval, report_id)
        ]

    def _rest_of_failed_windows(self, finished: Interval) -> Iterator[Any]:
        for entry in self._list("failed_windows"):
            interval = interval_of(entry)
            if interval is None:
                yield entry
                continue
            for rest in subtract(interval, [finished]):
                yield {**entry, **bounds_of(rest)}

    def _list(self, key: str) -> list[Any]:
        value = self._state.get(key, [])
        if not isinstance(value, list):
            what = f"The state's `{key}` is not a list."
            raise StateError(what, hint="Give a state this tap wrote, or start without one.")
        return value


def _is_of(entry: Mapping[str, Any], ids: Collection[str]) -> bool:
    return any(entry.get(name) in ids for name in ("report_id", "report_request_id"))


def _advanced(value: datetime) -> dict[str, str]:
    return {"replication_key": REPLICATION_KEY, "replication_key_value": format_timestamp(value)}


def _fits(entry: dict[str, Any], fits: Callable[[Interval], bool]) -> bool:
    interval = interval_of(entry)
    return interval is None or fits(interval)
