"""A table from Amazon's error codes to the project's errors.

Source: https://docs.developer.amazonservices.com/en_US/dev_guide/DG_Errors.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from tap_mws_reports import errors
from tap_mws_reports.api.error_mapping import ErrorMapping
from tap_mws_reports.api.mws import quota_headers
from tap_mws_reports.api.mws.codec import ErrorResponse
from tap_mws_reports.api.transport import header_number

_RESET = re.compile(r"[A-Z][a-z]{2} [A-Z][a-z]{2} \d{1,2} \d\d:\d\d:\d\d UTC \d{4}")


_CHECK_SELLER = (
    "check that seller_id belongs to the region of marketplace_ids, that mws_auth_token (needed "
    "when the developer is not the seller) is the seller's for this developer and not revoked, "
    "and that the developer's role covers reports"
)
_CHECK_PARAMETER = "check the settings of this report: its type, options, marketplaces and dates"
_LATER = "the document is not available yet; the next run fetches it"

CODES: dict[str, ErrorMapping] = {
    "InvalidAccessKeyId": ErrorMapping(
        errors.CredentialsError, "check aws_access_key_id: Amazon does not know it"
    ),
    "MissingClientTokenId": ErrorMapping(
        errors.CredentialsError, "set aws_access_key_id: the call had none"
    ),
    "SignatureDoesNotMatch": ErrorMapping(
        errors.CredentialsError,
        "check aws_secret_access_key: it does not belong to aws_access_key_id",
    ),
    "AccessDenied": ErrorMapping(errors.CredentialsError, _CHECK_SELLER),
    "RequestExpired": ErrorMapping(errors.CredentialsError, "set this machine's clock"),
    "InvalidAddress": ErrorMapping(
        errors.HostUnreachable, "check endpoint_url: the MWS Reports API is not at this address"
    ),
    "AccessToReportDenied": ErrorMapping(
        errors.RequestRefused,
        "this seller or developer may not have this report type; leave it out of reports",
    ),
    "InvalidReportType": ErrorMapping(
        errors.RequestRefused, "check the report type in reports: Amazon does not know it"
    ),
    "InvalidReportRequestId": ErrorMapping(
        errors.RequestRefused, "Amazon keeps requests for 90 days, and knows new ones after a while"
    ),
    "InvalidReportId": ErrorMapping(errors.RequestRefused, "Amazon keeps documents for 90 days"),
    "ReportNoLongerAvailable": ErrorMapping(
        errors.RequestRefused, "Amazon keeps documents for 90 days"
    ),
    "ReportNotReady": ErrorMapping(errors.RequestRefused, _LATER),
    "InvalidScheduleFrequency": ErrorMapping(
        errors.RequestRefused, "use a schedule such as _1_DAY_, or _NEVER_ to delete it"
    ),
    "InvalidParameterValue": ErrorMapping(errors.RequestRefused, _CHECK_PARAMETER),
    "MissingParameter": ErrorMapping(errors.RequestRefused, _CHECK_PARAMETER),
    "InvalidRequest": ErrorMapping(errors.RequestRefused, _CHECK_PARAMETER),
    "InternalError": ErrorMapping(errors.ServiceUnavailable, "run again later"),
    "ServiceUnavailable": ErrorMapping(errors.ServiceUnavailable, "run again later"),
    "RequestThrottled": ErrorMapping(errors.Throttled, ""),
    "QuotaExceeded": ErrorMapping(errors.Throttled, ""),
}

# For answers whose code is not in the table, or that have none; the first that matches counts.
_STATUSES: tuple[tuple[range, bool, ErrorMapping], ...] = (
    (range(429, 430), False, ErrorMapping(errors.Throttled, "")),
    (range(500, 600), False, ErrorMapping(errors.ServiceUnavailable, "run again later")),
    (range(401, 402), True, ErrorMapping(errors.CredentialsError, _CHECK_SELLER)),
    (range(403, 404), True, ErrorMapping(errors.CredentialsError, _CHECK_SELLER)),
    (range(400, 500), True, ErrorMapping(errors.RequestRefused, "")),
)
_NOT_AMAZON = ErrorMapping(
    errors.HostUnreachable,
    "check endpoint_url and the proxy: the response is not from Amazon's MWS Reports API",
)


def error_for(
    response: ErrorResponse,
    headers: Mapping[str, str],
    *,
    operation: str,
    where: str,
    now: datetime,
) -> errors.TapError:
    """Return the error to raise for an error answer; ``now`` is when it came."""
    mapping = _mapping(response)
    what = f"{operation}: {_describe(response)}"
    if _is_about_time(response):
        mapping = ErrorMapping(errors.CredentialsError, "set this machine's clock")
        what = f"{what}; {_clock_sentence(headers, now)}"
    return mapping.error(
        what,
        where=where,
        amazon_code=response.code,
        request_id=response.request_id,
        retry_after=_retry_after(response, headers, now),
    )


def _mapping(response: ErrorResponse) -> ErrorMapping:
    if response.code in CODES:
        return CODES[response.code]
    for statuses, needs_code, mapping in _STATUSES:
        if response.status in statuses and (response.code or not needs_code):
            return mapping
    return _NOT_AMAZON


def _describe(response: ErrorResponse) -> str:
    answer = (
        f"Amazon answered {response.status} {response.code}"
        if response.code
        else f"HTTP {response.status}"
    )
    return f"{answer}: {response.message}" if response.message else answer


def _is_about_time(response: ErrorResponse) -> bool:
    """Whether the timestamp was off; by the manual, InvalidParameterValue may mean that, too."""
    return response.code == "RequestExpired" or (
        response.code == "InvalidParameterValue" and "timestamp" in response.message.lower()
    )


def _clock_sentence(headers: Mapping[str, str], now: datetime) -> str:
    offset = quota_headers.clock_offset(headers, now)
    if offset is None:
        return "this machine's clock is more than 15 minutes off"
    seconds = round(offset.total_seconds())
    direction = "ahead of" if seconds > 0 else "behind"
    return f"this machine's clock is {abs(seconds)} seconds {direction} Amazon's"


def _retry_after(
    response: ErrorResponse, headers: Mapping[str, str], now: datetime
) -> float | None:
    """Return the seconds until the hourly quota is reset, or those of Retry-After."""
    if response.code != "QuotaExceeded":
        return header_number(headers.get("retry-after"))
    resets_on = quota_headers.quota_headers(headers, now).resets_on or _reset_in(response.message)
    return None if resets_on is None else max(0.0, (resets_on - now).total_seconds())


def _reset_in(message: str) -> datetime | None:
    found = _RESET.search(message)
    return quota_headers.response_time(found.group()) if found else None
