"""A table from Amazon's error codes to the project's errors.

Source: https://docs.developer.amazonservices.com/en_US/dev_guide/DG_Errors.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from tap_mws_reports import errors
from tap_mws_reports.api.headers import number
from tap_mws_reports.api.meaning import Meaning
from tap_mws_reports.api.mws import headers as said
from tap_mws_reports.api.mws.wire import ErrorAnswer

_RESET = re.compile(r"[A-Z][a-z]{2} [A-Z][a-z]{2} \d{1,2} \d\d:\d\d:\d\d UTC \d{4}")


_CHECK_SELLER = (
    "check that seller_id belongs to the region of marketplace_ids, that mws_auth_token (needed "
    "when the developer is not the seller) is the seller's for this developer and not revoked, "
    "and that the developer's role covers reports"
)
_CHECK_PARAMETER = "check the settings of this report: its type, options, marketplaces and dates"
_LATER = "the document is not there yet; the next run fetches it"

CODES: dict[str, Meaning] = {
    "InvalidAccessKeyId": Meaning(
        errors.CredentialsError, "check aws_access_key_id: Amazon does not know it"
    ),
    "MissingClientTokenId": Meaning(
        errors.CredentialsError, "set aws_access_key_id: Amazon saw none"
    ),
    "SignatureDoesNotMatch": Meaning(
        errors.CredentialsError,
        "check aws_secret_access_key: it does not belong to aws_access_key_id",
    ),
    "AccessDenied": Meaning(errors.CredentialsError, _CHECK_SELLER),
    "RequestExpired": Meaning(errors.CredentialsError, "set this machine's clock"),
    "InvalidAddress": Meaning(
        errors.HostUnreachable, "check endpoint_url: the MWS Reports API is not at this address"
    ),
    "AccessToReportDenied": Meaning(
        errors.RequestRefused,
        "this seller or developer may not have this report type; leave it out of reports",
    ),
    "InvalidReportType": Meaning(
        errors.RequestRefused, "check the report type in reports: Amazon does not know it"
    ),
    "InvalidReportRequestId": Meaning(
        errors.RequestRefused, "Amazon keeps requests for 90 days, and knows new ones after a while"
    ),
    "InvalidReportId": Meaning(errors.RequestRefused, "Amazon keeps documents for 90 days"),
    "ReportNoLongerAvailable": Meaning(errors.RequestRefused, "Amazon keeps documents for 90 days"),
    "ReportNotReady": Meaning(errors.RequestRefused, _LATER),
    "InvalidScheduleFrequency": Meaning(
        errors.RequestRefused, "use a schedule such as _1_DAY_, or _NEVER_ to delete it"
    ),
    "InvalidParameterValue": Meaning(errors.RequestRefused, _CHECK_PARAMETER),
    "MissingParameter": Meaning(errors.RequestRefused, _CHECK_PARAMETER),
    "InvalidRequest": Meaning(errors.RequestRefused, _CHECK_PARAMETER),
    "InternalError": Meaning(errors.ServiceUnavailable, "run again later"),
    "ServiceUnavailable": Meaning(errors.ServiceUnavailable, "run again later"),
    "RequestThrottled": Meaning(errors.Throttled, ""),
    "QuotaExceeded": Meaning(errors.Throttled, ""),
}

# For answers whose code is not in the table, or that have none; the first that matches counts.
_STATUSES: tuple[tuple[range, bool, Meaning], ...] = (
    (range(429, 430), False, Meaning(errors.Throttled, "")),
    (range(500, 600), False, Meaning(errors.ServiceUnavailable, "run again later")),
    (range(401, 402), True, Meaning(errors.CredentialsError, _CHECK_SELLER)),
    (range(403, 404), True, Meaning(errors.CredentialsError, _CHECK_SELLER)),
    (range(400, 500), True, Meaning(errors.RequestRefused, "")),
)
_STRANGER = Meaning(
    errors.HostUnreachable,
    "check endpoint_url and the proxy: what answered is not Amazon's MWS Reports API",
)


def refusal(
    fault: ErrorAnswer, headers: Mapping[str, str], *, operation: str, where: str, now: datetime
) -> errors.TapError:
    """Return the error to raise for an error answer; ``now`` is when it came."""
    meaning = _meaning(fault)
    what = f"{operation}: {_heard(fault)}"
    if _is_about_time(fault):
        meaning = Meaning(errors.CredentialsError, "set this machine's clock")
        what = f"{what}; {_clock_sentence(headers, now)}"
    return meaning.error(
        what,
        where=where,
        amazon_code=fault.code,
        request_id=fault.request_id,
        retry_after=_retry_after(fault, headers, now),
    )


def _meaning(fault: ErrorAnswer) -> Meaning:
    if fault.code in CODES:
        return CODES[fault.code]
    for statuses, needs_code, meaning in _STATUSES:
        if fault.status in statuses and (fault.code or not needs_code):
            return meaning
    return _STRANGER


def _heard(fault: ErrorAnswer) -> str:
    heard = f"Amazon answered {fault.status} {fault.code}" if fault.code else f"HTTP {fault.status}"
    return f"{heard}: {fault.message}" if fault.message else heard


def _is_about_time(fault: ErrorAnswer) -> bool:
    """Whether the timestamp was off; by the manual, InvalidParameterValue may mean that, too."""
    return fault.code == "RequestExpired" or (
        fault.code == "InvalidParameterValue" and "timestamp" in fault.message.lower()
    )


def _clock_sentence(headers: Mapping[str, str], now: datetime) -> str:
    offset = said.clock_offset(headers, now)
    if offset is None:
        return "this machine's clock is more than 15 minutes off"
    seconds = round(offset.total_seconds())
    direction = "ahead of" if seconds > 0 else "behind"
    return f"this machine's clock is {abs(seconds)} seconds {direction} Amazon's"


def _retry_after(fault: ErrorAnswer, headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds until the hourly quota is reset, or those of Retry-After."""
    if fault.code != "QuotaExceeded":
        return number(headers.get("retry-after"))
    resets_on = said.quota(headers, now).resets_on or _reset_in(fault.message)
    return None if resets_on is None else max(0.0, (resets_on - now).total_seconds())


def _reset_in(message: str) -> datetime | None:
    found = _RESET.search(message)
    return said.moment(found.group()) if found else None
