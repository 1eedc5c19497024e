"""Error answers of SP-API, and a table from them to the project's errors.

Codes say little here (`InvalidInput` is most of them), so the beginning of the message decides.
Sources: the error list of
https://github.com/amzn/selling-partner-api-models/blob/34dc93fe45f37c9a0b2e56823c808f68b4f81754/models/reports-api-model/reports_2021-06-30.json,
https://developer-docs.amazon.com/sp-api/docs/sp-api-errors-faq and what production was seen
to answer in the threads of https://github.com/amzn/selling-partner-api-models/issues
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from tap_mws_reports import errors
from tap_mws_reports.api.error_mapping import ErrorMapping
from tap_mws_reports.api.sp_api.operations import REQUEST_ID_HEADER


@dataclass(frozen=True, slots=True)
class ErrorResponse:
    """The first error of an answer; code and texts are empty if it is none of SP-API's."""

    status: int
    code: str = ""
    message: str = ""
    details: str = ""
    request_id: str = ""

    @property
    def words(self) -> str:
        """Return message and details in one line, without repetition."""
        texts = (" ".join(text.split()) for text in (self.message, self.details))
        return ": ".join(dict.fromkeys(text for text in texts if text))


def decode_error(status: int, headers: Mapping[str, str], body: bytes) -> ErrorResponse:
    """Parse an error answer. Never raises: anything else gives a fault without a code."""
    request_id = headers.get(REQUEST_ID_HEADER.lower(), "")
    error = _first(body)
    texts = [error.get(name) for name in ("code", "message", "details")]
    code, message, details = (text if isinstance(text, str) else "" for text in texts)
    return ErrorResponse(status, code, message, details, request_id)


def _first(body: bytes) -> Mapping[str, object]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    listed = answer.get("errors") if isinstance(answer, dict) else None
    first = listed[0] if isinstance(listed, list) and listed else {}
    return first if isinstance(first, dict) else {}


_BY_ENDING = {
    "_SHIPPING": "Direct-to-Consumer Shipping (Restricted)",
    "_INVOICING": "Tax Invoicing (Restricted)",
    "_TAX": "Tax Remittance (Restricted)",
}
_BY_BEGINNING = {
    "GET_BRAND_ANALYTICS_": "Brand Analytics",
}


def role_for(report_type: str) -> str:
    """Return the role's name, or where to find it."""
    for ending, role in _BY_ENDING.items():
        if report_type.endswith(ending):
            return f"the role {role}"
    for beginning, role in _BY_BEGINNING.items():
        if report_type.startswith(beginning):
            return f"the role {role}"
    return "the role that Amazon's page of the report type names"


UNAUTHORIZED = "Unauthorized"
FORBIDDEN = 403
TOKEN_REFUSED = frozenset({401, FORBIDDEN})
"""Statuses that may mean that a token has expired."""

NO_ROLE = "Access to the resource is forbidden"


class ErrorPattern(NamedTuple):
    """A pattern of error answers; empty parts match all."""

    status: int
    code: str = ""
    message: str = ""

    def match(self, fault: ErrorResponse) -> bool:
        """Whether a fault is such an answer."""
        return (
            fault.status == self.status
            and self.code in {"", fault.code}
            and fault.message.startswith(self.message)
        )


_ROLE = (
    "the application lacks {role}, or the seller has not authorised the application again since "
    "it was added; add the role, or leave the report type out of reports"
)
_TOKEN = (
    "check that the seller of refresh_token belongs to the region of marketplace_ids (or of "  # noqa: S105
    "endpoint_url), has not revoked the application, and that the application has a role for "
    "reports"
)
_PARAMETER = "check the settings of this report: its type, options, marketplaces and dates"
_NOT_REQUESTABLE = (
    "Amazon does not take requests for this type, or not in these marketplaces; it is made unasked "
    "or by hand in Seller Central, or leave it out of reports"
)
_LATER = "run again later"

# The first row that matches counts.
TABLE: tuple[tuple[ErrorPattern, ErrorMapping], ...] = (
    (ErrorPattern(429), ErrorMapping(errors.Throttled, "")),
    (
        ErrorPattern(400, "InvalidInput", "One or more required parameters missing"),
        ErrorMapping(
            errors.RequestRefused, f"{_PARAMETER}; marketplace_ids must name at least one"
        ),
    ),
    (
        ErrorPattern(400, "InvalidInput", "NextToken cannot be specified"),
        ErrorMapping(
            errors.RequestRefused, "a page of a list must be asked for by its token alone"
        ),
    ),
    (
        ErrorPattern(400, "InvalidInput", "Request for report type"),
        ErrorMapping(errors.RequestRefused, _NOT_REQUESTABLE),
    ),
    (
        ErrorPattern(400, "InvalidInput", "Creation of report schedule type"),
        ErrorMapping(errors.RequestRefused, "Amazon makes no schedules for this report type"),
    ),
    (
        ErrorPattern(400, "InvalidInput", "dataStartTime is after dataEndTime"),
        ErrorMapping(errors.RequestRefused, "check start_date and end_date"),
    ),
    (
        ErrorPattern(400, "InvalidInput", "Invalid request body"),
        ErrorMapping(
            errors.RequestRefused, "check the options of this report: all values are texts"
        ),
    ),
    (
        ErrorPattern(400, "InvalidInput", "Invalid reportDocumentId"),
        ErrorMapping(errors.RequestRefused, "Amazon keeps documents for 30 to 90 days, by type"),
    ),
    (
        ErrorPattern(400, "InvalidInput", "Invalid or unsupported document ID"),
        ErrorMapping(
            errors.RequestRefused,
            "Amazon does not restrict this document, or keeps it no longer; report this",
        ),
    ),
    (
        ErrorPattern(400, "InvalidInput", "Application do not have access"),
        ErrorMapping(errors.RequestRefused, _ROLE),
    ),
    (ErrorPattern(400), ErrorMapping(errors.RequestRefused, _PARAMETER)),
    (ErrorPattern(403, UNAUTHORIZED, NO_ROLE), ErrorMapping(errors.RequestRefused, _ROLE)),
    (
        ErrorPattern(404, ""),
        ErrorMapping(errors.RequestRefused, "Amazon keeps reports for 90 days"),
    ),
    (ErrorPattern(409), ErrorMapping(errors.RequestRefused, "it is there already")),
    (ErrorPattern(413), ErrorMapping(errors.RequestRefused, _PARAMETER)),
    (ErrorPattern(415), ErrorMapping(errors.RequestRefused, _PARAMETER)),
)

_SERVER = range(500, 600)
_REDIRECTS = range(300, 400)
_STRANGER = ErrorMapping(
    errors.HostUnreachable,
    "check endpoint_url and the proxy: what answered is not Amazon's SP-API",
)


def error_for(
    fault: ErrorResponse,
    *,
    operation: str,
    where: str,
    report_type: str = "",
    token_was_good: bool = False,
    retry_after: float | None = None,
) -> errors.TapError:
    """Return the error to raise for an error answer.

    Args:
        fault: the answer.
        operation: the name of what was called.
        where: seller, host and what the call was about.
        report_type: which the call was about, where it was about one.
        token_was_good: other calls with such a token were accepted.
        retry_after: seconds to wait for a used-up quota, where Amazon says so.
    """
    meaning = _meaning(fault, token_was_good=token_was_good)
    hint = meaning.hint.format(role=role_for(report_type))
    return meaning._replace(hint=hint).error(
        f"{operation}: {_heard(fault)}",
        where=where,
        amazon_code=fault.code,
        request_id=fault.request_id,
        retry_after=retry_after,
    )


def _meaning(fault: ErrorResponse, *, token_was_good: bool) -> ErrorMapping:
    if fault.status in _SERVER:
        return ErrorMapping(errors.ServiceUnavailable, _LATER)
    if fault.status in _REDIRECTS or not (fault.code or fault.status == 429):  # noqa: PLR2004
        return _STRANGER
    for words, meaning in TABLE:
        if words.match(fault):
            return meaning
    if fault.status in TOKEN_REFUSED:
        role_or_token = ErrorMapping(errors.RequestRefused, _ROLE)
        return role_or_token if token_was_good else ErrorMapping(errors.CredentialsError, _TOKEN)
    return ErrorMapping(errors.RequestRefused, "")


def _heard(fault: ErrorResponse) -> str:
    if fault.status in _REDIRECTS:
        return f"HTTP {fault.status}: it leads to another address, which is not followed"
    answer = (
        f"Amazon answered {fault.status} {fault.code}" if fault.code else f"HTTP {fault.status}"
    )
    return f"{answer}: {fault.words}" if fault.words else answer
