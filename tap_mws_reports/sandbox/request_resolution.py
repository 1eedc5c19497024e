"""The outcome of a report request: a document, no data, or cancelled."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache, partial

from tap_mws_reports import report_types
from tap_mws_reports.report_types.report_type import ReportType
from tap_mws_reports.sandbox import reports
from tap_mws_reports.sandbox.account_entries import (
    CANCELLED,
    DONE,
    DONE_NO_DATA,
    Outcome,
    SandboxReportSpec,
)
from tap_mws_reports.sandbox.faults import FaultKind, Faults
from tap_mws_reports.sandbox.reports import Document, ReportQuery
from tap_mws_reports.sandbox.reports.malformed import malformed
from tap_mws_reports.sandbox.sample_data import SellerData

logger = logging.getLogger(__name__)

# Texts that users have found in place of rows: https://github.com/amzn/selling-partner-api-models/issues/2591
_TOO_LONG = (
    "The date range of this report may not be longer than {days} days. Request a shorter one."
)
# No seller here has traded for longer.
_OLDEST = timedelta(days=3653)
_FAILED = "We could not make this report because of an internal error. Please try again later."
# As in failed analytics reports: https://github.com/amzn/selling-partner-api-models/issues/2726
_FATAL = '{"errorDetails": "The requested data could not be put together. Try other dates."}'
_PAGE = "<!DOCTYPE html>\n<html><head><title>Unavailable</title></head><body>Sorry</body></html>\n"


def resolve_request(
    spec: SandboxReportSpec, seller_data: Sequence[SellerData], now: datetime, faults: Faults
) -> Outcome:
    """Return the outcome of a request whose processing ends ``now``.

    The document is written only when it is downloaded.
    """
    if (made := _struck(spec, faults)) is not None:
        return made
    text = _instead(spec, faults)
    if text is not None:
        return Outcome(DONE, partial(Document, text.encode(), "UTF-8"))
    query = ReportQuery(tuple(seller_data), max(spec.start, now - _OLDEST), spec.end, now)
    if not _has_data(spec.report_type, query):
        return Outcome(DONE_NO_DATA)
    write = partial(reports.write, spec.report_type, query)
    return Outcome(DONE, malformed(write, spec.report_type, faults))


def _struck(spec: SandboxReportSpec, faults: Faults) -> Outcome | None:
    """Return the outcome by a fault, if one strikes."""
    if faults.strikes(FaultKind.CANCELLED, spec.report_type, spec.start):
        # SP-API returns CANCELLED if there is no data.
        return Outcome(CANCELLED, failed=True)
    if faults.strikes(FaultKind.NO_DATA, spec.report_type, spec.start):
        return Outcome(DONE_NO_DATA)
    if faults.strikes(FaultKind.FATAL, spec.report_type, spec.start):
        return Outcome(DONE, partial(Document, _FATAL.encode(), "UTF-8"), failed=True)
    return None


def _has_data(report_type: str, query: ReportQuery) -> bool:
    """Whether there is data; never for types that the sandbox cannot write."""
    if report_type not in reports.KNOWN:
        _warn_without_data(report_type)
        return False
    if query.end < query.start:
        return False
    kind = report_types.load(report_type).kind
    return kind != "range" or reports.has_rows(report_type, query)


@cache
def _warn_without_data(report_type: str) -> None:
    """Log, once in a process, that a type has no data in the sandbox."""
    what = "The sandbox has no sample data of %s: its reports end without data"
    logger.warning(what, report_type)


def _instead(spec: SandboxReportSpec, faults: Faults) -> str | None:
    """Return the text that Amazon delivers in place of a report, if it does."""
    if faults.strikes(FaultKind.ERROR_SENTENCE, spec.report_type, spec.start):
        return _FAILED
    if faults.strikes(FaultKind.HTML, spec.report_type, spec.start):
        return _PAGE
    longest = _kind(spec).max_days
    # A month of 31 days passes, as the types that state "a month" allow.
    if longest is not None and spec.end - spec.start > timedelta(days=max(longest, 31)):
        return _TOO_LONG.format(days=longest)
    return None


def cooldown(spec: SandboxReportSpec) -> timedelta:
    """Return the cooldown in which Amazon makes no new version of a report."""
    return timedelta(minutes=_kind(spec).cooldown_minutes or 0)


def same_report(one: SandboxReportSpec, other: SandboxReportSpec) -> bool:
    """Whether two requests are for the same report, of a type that has a cooldown.

    Reports of another time or other marketplaces count as different; Amazon does not document
    this: https://github.com/amzn/selling-partner-api-docs/issues/1381
    """
    if one.report_type != other.report_type or not cooldown(one):
        return False
    snapshot = _kind(one).kind == "snapshot"
    same_time = (one.start, one.end) == (other.start, other.end)
    return set(one.marketplace_ids) == set(other.marketplace_ids) and (snapshot or same_time)


def _kind(spec: SandboxReportSpec) -> ReportType:
    return report_types.load(spec.report_type)
