"""Outcomes of requests that come too soon after others, or are for dates that are too old.

Sources: https://developer-docs.amazon.com/sp-api/docs/reports-faq and Amazon's statement in
https://github.com/amzn/selling-partner-api-models/issues/4032 (FATAL instead of CANCELLED); the
order of both was seen in https://github.com/amzn/selling-partner-api-docs/issues/2096
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tap_mws_reports.api.sp_api.report_type_limits import Sign
from tap_mws_reports.sandbox.account import SandboxAccount
from tap_mws_reports.sandbox.account_entries import (
    CANCELLED,
    DONE,
    Outcome,
    RequestEntry,
    SandboxReportSpec,
)
from tap_mws_reports.sandbox.request_resolution import cooldown, same_report
from tap_mws_reports.sandbox.sp_api.error_results import throttled

_FATAL = Outcome(CANCELLED, failed=True)
_OF_REPEATS = (None, Outcome(CANCELLED), _FATAL)
"""By the number of requests for the same report within its cooldown; further ones are refused."""

_OLDEST = {"_GET_AMAZON_FULFILLED_SHIPMENTS_DATA_": timedelta(days=549)}
"""Eighteen months: https://github.com/amzn/selling-partner-api-models/issues/2302."""


_OF_EXCESS = {"FATAL": _FATAL, "CANCELLED": Outcome(CANCELLED)}


def predict_outcome(
    account: SandboxAccount, spec: SandboxReportSpec, now: datetime, excess: Sign | None = None
) -> Outcome | None:
    """Return the outcome of a request, or None if nothing prevents the report.

    Args:
        account: the seller.
        spec: the request.
        now: the time of the request.
        excess: the sign of an exceeded limit of its type.

    Raises:
        Refusal: there were too many requests.
    """
    others = account.requests.values()
    since = now - cooldown(spec)
    repeats = sum(
        1
        for other in others
        if other.submitted > since and same_report(other.spec, spec) and _counts(other)
    )
    if repeats >= len(_OF_REPEATS) or excess == "429":
        raise throttled()
    if _is_too_old(spec, now):
        return _FATAL
    return _OF_EXCESS[excess] if excess in _OF_EXCESS else _OF_REPEATS[repeats]


def _counts(entry: RequestEntry) -> bool:
    """Whether a request made a report, will, or came too soon itself."""
    return entry.predicted is not None or (entry.outcome in {None, DONE} and not entry.failed)


def _is_too_old(spec: SandboxReportSpec, now: datetime) -> bool:
    oldest = _OLDEST.get(spec.report_type)
    return oldest is not None and spec.start < now - oldest
