"""What a partition of a row stream remembers between runs; with `entries` it alone shapes state.

A partition of a row stream is a seller with a set of marketplaces. In the state it is a dict

    context                seller_id, marketplace_ids
    replication_key_value  the end of the oldest unbroken stretch of finished windows
    done                   finished stretches, [[start, end], ...]
    open                   report requests Amazon has taken, with their windows
    holes                  windows given up, with the reason and the report request id
    documents              documents read, for reports Amazon makes unasked
    latencies              whole seconds from request to report, as seen lately
    to_acknowledge         reports whose rows are written and that Amazon is to be told of

Lists and not dicts, because a state merge by key would bring deleted entries back
(https://docs.meltano.com/reference/command-line-interface/#state).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from tap_mws_reports.dates import parse_date, render_date
from tap_mws_reports.errors import StateError
from tap_mws_reports.retrieval.entries import Hole, OpenRequest, span_of
from tap_mws_reports.retrieval.intervals import Span, merged

__all__ = ["REMEMBERED", "REPLICATION_KEY", "Bookmark", "Hole", "OpenRequest"]

REPLICATION_KEY = "_data_end"

REMEMBERED = timedelta(days=180)
"""Twice the time Amazon lists a document."""


class Bookmark:
    """Reads and writes one partition's part of the state, in place."""

    def __init__(self, state: dict[str, Any]) -> None:
        self._state = state

    @property
    def done(self) -> list[Span]:
        """The finished stretches, in order of time."""
        return [Span(*map(parse_date, pair)) for pair in self._list("done")]

    @property
    def open_requests(self) -> list[OpenRequest]:
        """The report requests whose documents are still wanted."""
        return [OpenRequest.of(entry) for entry in self._list("open")]

    @property
    def holes(self) -> list[Hole]:
        """The windows that earlier runs gave up."""
        return [Hole.of(entry) for entry in self._list("holes")]

    @property
    def overdue_requests(self) -> list[OpenRequest]:
        """The report requests that were waited for in vain; Amazon may have finished them since."""
        return [
            OpenRequest(hole.report_request_id, hole.span, hole.submitted)
            for hole in self.holes
            if hole.report_request_id and hole.submitted
        ]

    @property
    def snapshot_taken(self) -> datetime | None:
        """When the last snapshot that was written had been asked for."""
        value = self._state.get("replication_key_value")
        return parse_date(value) if value else None

    def has_read(self, *ids: str) -> bool:
        """Whether the rows of a document made by Amazon unasked have been written.

        ``ids`` are all that it goes by: one service knows a report by the id of its document, the
        other by the id of its request.
        """
        names = ("report_id", "report_request_id")
        entries = self._list("documents")
        return any(entry.get(name) in ids for entry in entries for name in names)

    def note_request(self, request: OpenRequest) -> None:
        """Remember a report request as soon as Amazon has taken it."""
        self._change(
            open=[*self._open_without(request.report_request_id), request.entry],
            holes=[
                hole
                for hole in self._list("holes")
                if hole.get("report_request_id") != request.report_request_id
            ],
        )

    @property
    def latencies(self) -> list[int]:
        """How long reports of the type took lately, in seconds."""
        return list(self._list("latencies"))

    def note_latencies(self, seconds: list[int]) -> None:
        """Remember how long reports took, for the order and the plan of later runs."""
        self._change(latencies=seconds)

    def forget_request(self, report_request_id: str | None) -> None:
        """Drop a report request that is no longer of use."""
        self._change(open=self._open_without(report_request_id))

    @property
    def to_acknowledge(self) -> list[str]:
        """The reports whose rows are written, but that are not marked as fetched yet."""
        return list(self._list("to_acknowledge"))

    def note_written(self, report_id: str) -> None:
        """Remember that a report is to be acknowledged, once this very state has come back."""
        self._change(to_acknowledge=[*self.to_acknowledge, report_id])

    def forget_acknowledged(self, report_ids: Collection[str]) -> None:
        """Drop reports that have been acknowledged, or cannot be."""
        self._change(
            to_acknowledge=[each for each in self.to_acknowledge if each not in report_ids]
        )

    def close(self, span: Span, report_request_id: str | None) -> None:
        """Mark a window as finished: its rows are written, or there were none."""
        done = merged([*self.done, span])
        self._change(
            open=self._open_without(report_request_id),
            holes=self._holes_without(span),
            done=[[render_date(each.start), render_date(each.end)] for each in done],
            **_advanced(done[0].end),
        )

    def keep(self, done: Iterable[Span], fits: Callable[[Span], bool]) -> None:
        """Replace the finished stretches, and forget requests and holes that do not fit.

        Their windows count as never asked for, where no finished stretch covers them.
        """
        kept = list(done)
        self._change(
            done=[[render_date(each.start), render_date(each.end)] for each in kept],
            **{
                key: [entry for entry in self._list(key) if _fits(entry, fits)]
                for key in ("open", "holes")
            },
            **(_advanced(kept[0].end) if kept else {}),
        )

    def close_snapshot(self, taken: datetime, report_request_id: str | None) -> None:
        """Mark the snapshot asked for at ``taken`` as written."""
        self._change(
            open=self._open_without(report_request_id),
            holes=self._holes_without(None),
            **_advanced(taken),
        )

    def close_document(
        self, report_id: str, available: datetime, report_request_id: str | None = None
    ) -> None:
        """Mark a document made by Amazon unasked as written.

        Documents that Amazon no longer keeps are not remembered either.
        """
        kept = [
            entry
            for entry in self._list("documents")
            if available - parse_date(entry["available"]) < REMEMBERED
        ]
        entry = {"report_id": report_id, "available": render_date(available)}
        if report_request_id:
            entry["report_request_id"] = report_request_id
        newest = max(available, self.snapshot_taken or available)
        self._change(documents=[*kept, entry], **_advanced(newest))

    def give_up(self, hole: Hole) -> None:
        """Record a window that could not be had, in place of an earlier record of it."""
        self._change(
            open=self._open_without(hole.report_request_id),
            holes=[*self._holes_without(hole.span), hole.entry],
        )

    def _change(self, **values: object) -> None:
        # One update: whoever is interrupted leaves the state as it was before or as it is after.
        self._state.update(values)

    def _open_without(self, report_request_id: str | None) -> list[Any]:
        entries = self._list("open")
        return [entry for entry in entries if entry["report_request_id"] != report_request_id]

    def _holes_without(self, span: Span | None) -> list[Any]:
        return [entry for entry in self._list("holes") if span_of(entry) != span]

    def _list(self, key: str) -> list[Any]:
        value = self._state.get(key, [])
        if not isinstance(value, list):
            what = f"The state's `{key}` is not a list."
            raise StateError(what, hint="Give a state this tap wrote, or start without one.")
        return value


def _advanced(value: datetime) -> dict[str, str]:
    return {"replication_key": REPLICATION_KEY, "replication_key_value": render_date(value)}


def _fits(entry: dict[str, Any], fits: Callable[[Span], bool]) -> bool:
    span = span_of(entry)
    return span is None or fits(span)
