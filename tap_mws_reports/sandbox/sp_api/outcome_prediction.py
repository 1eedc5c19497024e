"""Outcomes of requests that come too soon after others, or are for dates that are too old.

Sources: https://developer-docs.amazon.com/sp-api/docs/reports-faq and the words of Amazon's own in
https://github.com/amzn/selling-partner-api-models/issues/4032 (FATAL instead of CANCELLED); the
order of both was seen in https://github.com/amzn/selling-partner-api-docs/issues/2096
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tap_mws_reports.api.sp_api.type_quotas import LIMITS
from tap_mws_reports.sandbox.account import SandboxAccount
from tap_mws_reports.sandbox.account_entries import (
    CANCELLED,
    DONE,
    Outcome,
    ReportParams,
    RequestEntry,
)
from tap_mws_reports.sandbox.request_resolution import cooldown, same_report
from tap_mws_reports.sandbox.sp_api.error_results import throttled
from tap_mws_reports.sandbox.sp_api.type_checks import name_in

_FATAL = Outcome(CANCELLED, failed=True)
_OF_REPEATS = (None, Outcome(CANCELLED), _FATAL)
"""By how often the same report was asked for within its cooldown; further ones are refused."""

_OLDEST = {"_GET_AMAZON_FULFILLED_SHIPMENTS_DATA_": timedelta(days=549)}
"""Eighteen months: https://github.com/amzn/selling-partner-api-models/issues/2302."""


def predict_outcome(account: SandboxAccount, wanted: ReportParams, now: datetime) -> Outcome | None:
    """Return the outcome of a request, or None if nothing prevents the report.

    Raises:
        Refusal: there were too many requests.
    """
    others = account.requests.values()
    since = now - cooldown(wanted)
    repeats = sum(
        1
        for other in others
        if other.submitted > since and same_report(other.wanted, wanted) and _counts(other)
    )
    if repeats >= len(_OF_REPEATS):
        raise throttled()
    too_much = _is_beyond_limit(account, wanted, now) or _is_too_old(wanted, now)
    return _FATAL if too_much else _OF_REPEATS[repeats]


def _counts(entry: RequestEntry) -> bool:
    """Whether a request made a report, will, or came too soon itself."""
    return entry.predicted is not None or (entry.outcome in {None, DONE} and not entry.failed)


def _is_beyond_limit(account: SandboxAccount, wanted: ReportParams, now: datetime) -> bool:
    name = name_in(wanted)
    if name not in LIMITS:
        return False
    most, span = LIMITS[name]
    lately = [
        other
        for other in account.requests.values()
        if other.submitted > now - span and name_in(other.wanted) == name and _counts(other)
    ]
    return len(lately) >= most


def _is_too_old(wanted: ReportParams, now: datetime) -> bool:
    oldest = _OLDEST.get(wanted.report_type)
    return oldest is not None and wanted.start < now - oldest
