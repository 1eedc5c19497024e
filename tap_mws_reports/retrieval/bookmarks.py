"""What a partition of a row stream remembers between runs; with `entries` it alone shapes state.

A partition of a row stream is a seller with a set of marketplaces. In the state it is a dict

    context                seller_id, marketplace_ids
    replication_key_value  the end of the oldest unbroken stretch of windows finished or given up
    done                   finished stretches, [[start, end], ...]
    open                   report requests Amazon has taken, with their windows
    holes                  windows that failed and are retried, with the reason, the report request
                           id and the date of the first failure
    given_up               windows that failed for too long: not finished, and not retried
    documents              documents read, for reports Amazon makes unasked
    latencies              whole seconds from request to report, as seen lately
    to_acknowledge         reports whose rows are written and that Amazon is to be told of

Lists and not dicts, because a state merge by key would bring deleted entries back
(https://docs.meltano.com/reference/command-line-interface/#state).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tap_mws_reports.dates import parse_date, render_date
from tap_mws_reports.errors import StateError
from tap_mws_reports.retrieval.entries import GivenUp, Hole, OpenRequest, span_of
from tap_mws_reports.retrieval.intervals import Span, merged

__all__ = ["REMEMBERED", "REPLICATION_KEY", "Bookmark", "GivenUp", "Hole", "OpenRequest"]

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
        """The windows that failed and are retried."""
        return [Hole.of(entry) for entry in self._list("holes")]

    @property
    def given_up(self) -> list[GivenUp]:
        """What failed for so long that it is not retried any more."""
        return [GivenUp.of(entry) for entry in self._list("given_up")]

    @property
    def given_up_snapshot(self) -> GivenUp | None:
        """The failure of the snapshot, if it is one that was given up."""
        return next((each for each in self.given_up if each.key == (None, None)), None)

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
        return any(_is_of(entry, ids) for entry in self._list("documents"))

    def has_given_up(self, *ids: str) -> bool:
        """Whether a document made by Amazon unasked failed for too long; see `has_read`."""
        return any(_is_of(entry, ids) for entry in self._list("given_up") if "start" not in entry)

    def note_request(self, request: OpenRequest) -> None:
        """Remember a report request as soon as Amazon has taken it.

        A hole keeps the date of its first failure, but is no request of its own any more.
        """
        self._change(
            open=[*self._open_without(request.report_request_id), request.entry],
            holes=[
                {name: value for name, value in hole.items() if name != "submitted"}
                if hole.get("report_request_id") == request.report_request_id
                else hole
                for hole in self._list("holes")
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
            **self._reached(done),
        )

    def keep(self, done: Iterable[Span], fits: Callable[[Span], bool]) -> None:
        """Replace the finished stretches, and forget requests and holes that do not fit.

        Their windows count as never asked for, where no finished stretch covers them.
        """
        kept = list(done)
        fitting = [each for each in self.given_up if each.span is None or fits(each.span)]
        self._change(
            done=[[render_date(each.start), render_date(each.end)] for each in kept],
            **{
                key: [entry for entry in self._list(key) if _fits(entry, fits)]
                for key in ("open", "holes", "given_up")
            },
            **self._reached(kept, fitting),
        )

    def close_snapshot(self, taken: datetime, report_request_id: str | None) -> None:
        """Mark the snapshot asked for at ``taken`` as written."""
        self._change(
            open=self._open_without(report_request_id),
            holes=self._holes_without(None),
            given_up=[each.entry for each in self.given_up if each.key != (None, None)],
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
        # Holes of earlier releases do not tell of which report they are.
        holes = [each.entry for each in self.holes if each.report_id not in (None, report_id)]
        self._change(documents=[*kept, entry], holes=holes, **_advanced(newest))

    def give_up(self, hole: Hole) -> None:
        """Record a window that could not be had, in place of an earlier record of it.

        The date of the first failure stays.
        """
        before = [each.failed_since for each in self.holes if each.key == hole.key]
        since = next(filter(None, before), hole.failed_since)
        self._change(
            open=self._open_without(hole.report_request_id),
            holes=[
                *self._holes_without(hole.span, hole.report_id),
                replace(hole, failed_since=since).entry,
            ],
        )

    def note_failures(self, holes: Iterable[Hole], given_up: Iterable[GivenUp]) -> None:
        """Replace what failed by what is retried and what is given up.

        Of documents that Amazon no longer lists nothing is kept.
        """
        holes, given_up = list(holes), list(given_up)
        newest = max((each.last_failed for each in given_up), default=None)
        self._change(
            holes=[hole.entry for hole in holes],
            given_up=[
                each.entry
                for each in given_up
                if not each.report_id or (newest and newest - each.last_failed < REMEMBERED)
            ],
            **(self._reached(self.done, given_up) or self._begun(holes)),
        )

    def _begun(self, holes: Iterable[Hole]) -> dict[str, str]:
        """Return the start of what is to be retried, where all was given up and nothing is now."""
        starts = [hole.span.start for hole in holes if hole.span]
        gone = any(each.span for each in self.given_up)
        return _advanced(min(starts)) if starts and gone else {}

    def _reached(
        self, done: Iterable[Span], given_up: Iterable[GivenUp] | None = None
    ) -> dict[str, str]:
        """Return the end of the oldest stretch of windows that no later run has to see to."""
        failed = self.given_up if given_up is None else given_up
        stretches = merged([*done, *(each.span for each in failed if each.span)])
        return _advanced(stretches[0].end) if stretches else {}

    def _change(self, **values: object) -> None:
        # One update: whoever is interrupted leaves the state as it was before or as it is after.
        self._state.update(values)

    def _open_without(self, report_request_id: str | None) -> list[Any]:
        entries = self._list("open")
        return [entry for entry in entries if entry["report_request_id"] != report_request_id]

    def _holes_without(self, span: Span | None, report_id: str | None = None) -> list[Any]:
        return [
            entry
            for entry in self._list("holes")
            if (span_of(entry), entry.get("report_id")) != (span, report_id)
        ]

    def _list(self, key: str) -> list[Any]:
        value = self._state.get(key, [])
        if not isinstance(value, list):
            what = f"The state's `{key}` is not a list."
            raise StateError(what, hint="Give a state this tap wrote, or start without one.")
        return value


def _is_of(entry: Mapping[str, Any], ids: Collection[str]) -> bool:
    return any(entry.get(name) in ids for name in ("report_id", "report_request_id"))


def _advanced(value: datetime) -> dict[str, str]:
    return {"replication_key": REPLICATION_KEY, "replication_key_value": render_date(value)}


def _fits(entry: dict[str, Any], fits: Callable[[Span], bool]) -> bool:
    span = span_of(entry)
    return span is None or fits(span)
