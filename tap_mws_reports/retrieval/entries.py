"""The entries of the lists that a partition's state is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tap_mws_reports.dates import parse_date, render_date
from tap_mws_reports.retrieval.intervals import Span

FailureKey = tuple[Span | None, str | None]
"""What failed: a window; a report that Amazon made unasked; or, without either, a snapshot."""


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A report request that was made and whose rows have not been written yet."""

    report_request_id: str
    span: Span | None
    submitted: datetime

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> OpenRequest:
        """Read an entry of the state."""
        return cls(entry["report_request_id"], span_of(entry), parse_date(entry["submitted"]))

    @property
    def entry(self) -> dict[str, str]:
        """The request as it stands in the state."""
        return {
            "report_request_id": self.report_request_id,
            **_bounds(self.span),
            "submitted": render_date(self.submitted),
        }


@dataclass(frozen=True, slots=True)
class Hole:
    """A window that failed in an earlier run or this one, and is retried by the next one.

    ``submitted`` is there when the report request may still live: it is to be looked at first.
    ``report_id`` is that of a report Amazon made unasked, ``failed_since`` the date of the first
    failure.
    """

    span: Span | None
    reason: str
    report_request_id: str | None = None
    submitted: datetime | None = None
    report_id: str | None = None
    failed_since: date | None = None

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Hole:
        """Read an entry of the state."""
        return cls(
            span=span_of(entry),
            reason=entry["reason"],
            report_request_id=entry.get("report_request_id"),
            submitted=parse_date(entry["submitted"]) if "submitted" in entry else None,
            report_id=entry.get("report_id"),
            failed_since=_date_of(entry, "failed_since"),
        )

    @property
    def key(self) -> FailureKey:
        """What failed."""
        return self.span, self.report_id

    @property
    def entry(self) -> dict[str, str]:
        """The hole as it stands in the state."""
        entry = {**_bounds(self.span), "reason": self.reason}
        if self.report_request_id:
            entry["report_request_id"] = self.report_request_id
        if self.report_id:
            entry["report_id"] = self.report_id
        if self.submitted:
            entry["submitted"] = render_date(self.submitted)
        if self.failed_since:
            entry["failed_since"] = self.failed_since.isoformat()
        return entry


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A failure that is not retried any more: a window, a report made unasked, or a snapshot.

    ``since`` is the date of the first failure, ``last_failed`` that of the last one.
    """

    span: Span | None
    reason: str
    since: date
    last_failed: date
    report_request_id: str | None = None
    report_id: str | None = None

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> GivenUp:
        """Read an entry of the state."""
        since = parse_date(entry["since"]).date()
        return cls(
            span=span_of(entry),
            reason=entry["reason"],
            since=since,
            last_failed=_date_of(entry, "last_failed") or since,
            report_request_id=entry.get("report_request_id"),
            report_id=entry.get("report_id"),
        )

    @property
    def key(self) -> FailureKey:
        """What failed."""
        return self.span, self.report_id

    @property
    def entry(self) -> dict[str, str]:
        """The failure as it stands in the state."""
        ids = {"report_request_id": self.report_request_id, "report_id": self.report_id}
        return {
            **_bounds(self.span),
            "reason": self.reason,
            "since": self.since.isoformat(),
            "last_failed": self.last_failed.isoformat(),
            **{name: value for name, value in ids.items() if value},
        }


def _date_of(entry: Mapping[str, Any], name: str) -> date | None:
    return parse_date(entry[name]).date() if name in entry else None


def span_of(entry: Mapping[str, Any]) -> Span | None:
    """Return the window of an entry, or None for the state of things at a moment."""
    return Span(parse_date(entry["start"]), parse_date(entry["end"])) if "start" in entry else None


def _bounds(span: Span | None) -> dict[str, str]:
    if span is None:
        return {}
    return {"start": render_date(span.start), "end": render_date(span.end)}
