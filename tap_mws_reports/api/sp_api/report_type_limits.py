"""The limits of report types that Amazon applies beside the quotas of the operations.

The facts and their sources are in `report_type_limits.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from tap_mws_reports.api.request_ledger import RequestLimit, Scope
from tap_mws_reports.api.sp_api.operations import OPERATIONS

Sign = Literal["429", "IN_QUEUE", "FATAL", "CANCELLED"]
Certainty = Literal["documented", "support", "seen", "disputed"]


class ReportTypeLimit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of the table."""

    report_types: tuple[str, ...] = ()
    """SP-API's names."""
    operations: tuple[str, ...] = ()
    """What is limited where it is not a report type."""
    counts: Literal["type", "report"] = "type"
    """Whether all requests of the type count, or those of the same report."""
    scope: Scope
    count: int | None = None
    """The most requests in the span; None if it is not known."""
    span_minutes: int | None = None
    signs: tuple[Sign, ...]
    """How an excess shows, the usual one first: 429 on createReport, or by the report's status."""
    only_in: tuple[str, ...] = ()
    """The marketplaces that have the type, by country code; the limit is that of all others."""
    since: str = ""
    certainty: Certainty
    note: str = ""
    source: tuple[str, ...]

    @property
    def span(self) -> timedelta:
        """The time over which requests are counted."""
        return timedelta(minutes=self.span_minutes or 0)

    @property
    def is_kept_by_the_ledger(self) -> bool:
        """Whether requests of the type are counted against it; the others are only stated."""
        return self.counts == "type" and bool(self.count) and bool(self.report_types)

    def describe(self) -> str:
        """Describe the limit in a few words."""
        if self.count == 0:
            return f"none outside {', '.join(self.only_in)}"
        of = "the same report" if self.counts == "report" else "the type"
        whose = "all sellers of the application" if self.scope == "application" else "each seller"
        return f"{_requests(self.count)} of {of} in {_span(self.span_minutes)}, for {whose}"


def _requests(count: int | None) -> str:
    if count is None:
        return "an unknown number of requests"
    return "1 request" if count == 1 else f"{count:,} requests"


def _span(minutes: int | None) -> str:
    if minutes is None:
        return "an unknown time"
    for length, name in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes % length == 0:
            number = minutes // length
            return f"{number} {name}" if number == 1 else f"{number} {name}s"
    raise AssertionError(minutes)


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    limit: tuple[ReportTypeLimit, ...]


@cache
def all_limits() -> tuple[ReportTypeLimit, ...]:
    """Return all rows of the table."""
    text = files("tap_mws_reports.api.sp_api").joinpath("report_type_limits.toml")
    return msgspec.toml.decode(text.read_bytes(), type=_Table).limit


@cache
def _by_type() -> Mapping[str, tuple[ReportTypeLimit, ...]]:
    found: dict[str, tuple[ReportTypeLimit, ...]] = {}
    for limit in all_limits():
        for name in limit.report_types:
            found[name] = (*found.get(name, ()), limit)
    return found


def stated_limits(sp_api_name: str) -> tuple[ReportTypeLimit, ...]:
    """Return all that is known of a report type, by SP-API's name."""
    return _by_type().get(sp_api_name, ())


def request_limits(sp_api_name: str) -> tuple[RequestLimit, ...]:
    """Return the limits of a report type that a `RequestLedger` keeps.

    Those that the quota of createReport keeps already are left out.
    """
    return tuple(
        RequestLimit(each.count or 0, each.span, each.scope, "IN_QUEUE" in each.signs)
        for each in stated_limits(sp_api_name)
        if each.is_kept_by_the_ledger and not _is_kept_by_the_plan(each)
    )


def _is_kept_by_the_plan(limit: ReportTypeLimit) -> bool:
    """Whether a seller can never request as many reports of all types together."""
    plan = OPERATIONS["createReport"].quota
    most = plan.burst + limit.span.total_seconds() / plan.restore_seconds
    return limit.scope == "seller" and (limit.count or 0) > most
