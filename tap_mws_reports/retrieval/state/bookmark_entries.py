"""The entries of a bookmark: open requests, failed windows, and failures that were given up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tap_mws_reports.api.timestamps import format_timestamp, parse_timestamp
from tap_mws_reports.retrieval.intervals import Interval

FailureKey = tuple[Interval | None, str | None]
"""What failed: a window; a generated report; or, without either, a snapshot."""


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A report request that was made and whose rows have not been written yet."""

    report_request_id: str
    interval: Interval | None
    submitted: datetime

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> OpenRequest:
        """Read an entry of the state."""
        return cls(
            entry["report_request_id"], interval_of(entry), parse_timestamp(entry["submitted"])
        )

    @property
    def entry(self) -> dict[str, str]:
        """The request as the state keeps it."""
        return {
            "report_request_id": self.report_request_id,
            **bounds_of(self.interval),
            "submitted": format_timestamp(self.submitted),
        }


@dataclass(frozen=True, slots=True)
class FailedWindow:
    """A window that failed and is retried by the next run."""

    interval: Interval | None
    reason: str
    report_request_id: str | None = None
    submitted: datetime | None = None
    """Set if the report request may still complete: it is polled first."""
    report_id: str | None = None
    """The id of a generated report."""
    failed_since: date | None = None
    """The date of the first failure."""

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> FailedWindow:
        """Read an entry of the state."""
        return cls(
            interval=interval_of(entry),
            reason=entry["reason"],
            report_request_id=entry.get("report_request_id"),
            submitted=parse_timestamp(entry["submitted"]) if "submitted" in entry else None,
            report_id=entry.get("report_id"),
            failed_since=_date_of(entry, "failed_since"),
        )

    @property
    def key(self) -> FailureKey:
        """What failed."""
        return self.interval, self.report_id

    @property
    def entry(self) -> dict[str, str]:
        """The failed window as the state keeps it."""
        entry = {**bounds_of(self.interval), "reason": self.reason}
        if self.report_request_id:
            entry["report_request_id"] = self.report_request_id
        if self.report_id:
            entry["report_id"] = self.report_id
        if self.submitted:
            entry["submitted"] = format_timestamp(self.submitted)
        if self.failed_since:
            entry["failed_since"] = self.failed_since.isoformat()
        return entry


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A failure that is not retried any more: a window, a generated report, or a snapshot."""

    interval: Interval | None
    reason: str
    since: date
    """The date of the first failure."""
    last_failed: date
    """The date of the last failure."""
    report_request_id: str | None = None
    report_id: str | None = None

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> GivenUp:
        """Read an entry of the state."""
        since = parse_timestamp(entry["since"]).date()
        return cls(
            interval=interval_of(entry),
            reason=entry["reason"],
            since=since,
            last_failed=_date_of(entry, "last_failed") or since,
            report_request_id=entry.get("report_request_id"),
            report_id=entry.get("report_id"),
        )

    @property
    def key(self) -> FailureKey:
        """What failed."""
        return self.interval, self.report_id

    @property
    def entry(self) -> dict[str, str]:
        """The failure as the state keeps it."""
        ids = {"report_request_id": self.report_request_id, "report_id": self.report_id}
        return {
            **bounds_of(self.interval),
            "reason": self.reason,
            "since": self.since.isoformat(),
            "last_failed": self.last_failed.isoformat(),
            **{name: value for name, value in ids.items() if value},
        }


def _date_of(entry: Mapping[str, Any], name: str) -> date | None:
    return parse_timestamp(entry[name]).date() if name in entry else None


def interval_of(entry: Mapping[str, Any]) -> Interval | None:
    """Return the window of an entry, or None for a snapshot."""
    return (
        Interval(parse_timestamp(entry["start"]), parse_timestamp(entry["end"]))
        if "start" in entry
        else None
    )


def bounds_of(interval: Interval | None) -> dict[str, str]:
    """Write an interval as the keys `start` and `end` of an entry; empty for None."""
    if interval is None:
        return {}
    return {"start": format_timestamp(interval.start), "end": format_timestamp(interval.end)}
