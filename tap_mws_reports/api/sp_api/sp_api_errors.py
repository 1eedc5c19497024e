"""Error answers of SP-API, and a table from them to the project's errors.

Codes say little here (`InvalidInput` and `Unauthorized` are most of them), so the beginning of the
message and the details decide.
Sources: the error list of
https://github.com/amzn/selling-partner-api-models/blob/34dc93fe45f37c9a0b2e56823c808f68b4f81754/models/reports-api-model/reports_2021-06-30.json,
https://developer-docs.amazon.com/sp-api/docs/sp-api-errors-faq and what production was seen
to answer in the threads of https://github.com/amzn/selling-partner-api-models/issues
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from tap_mws_reports import errors
from tap_mws_reports.api.error_mapping import ErrorMapping
from tap_mws_reports.api.sp_api.operations import REQUEST_ID_HEADER
from tap_mws_reports.api.sp_api.report_type_roles import roles_for


@dataclass(frozen=True, slots=True)
class ErrorResponse:
    """The first error of an answer; code and texts are empty if it is not SP-API's."""

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
    """Parse an error answer. Never raises: anything else gives a response without a code."""
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


def role_for(report_type: str) -> str:
    """Return the role or roles of a report type in words, or where to find them."""
    if known := roles_for(report_type):
        return known.describe()
    return "the role that Amazon's page of the report type names"


_ANALYTICS = re.compile(r"GET_(BRAND_ANALYTICS_|SALES_AND_TRAFFIC_|VENDOR_|COUPON_|PROMOTION_)")
"""Types for which Amazon has answered "denied" by mistake, for days, although the application had
the role: https://github.com/amzn/selling-partner-api-models/issues/5293"""

_TOKEN_REFUSED = frozenset({401, 403})
"""Statuses that may mean that a token has expired."""

UNAUTHORIZED = "Unauthorized"
_FORBIDDEN = "Access to the resource is forbidden"
_DENIED = "Access to requested resource is denied"


class ErrorPattern(NamedTuple):
    """A pattern of error answers; empty parts match all."""

    status: int
    code: str = ""
    message: str = ""
    """How the message begins."""
    details: re.Pattern[str] | None = None
    """Is somewhere in the details; None matches all."""
    report_type: re.Pattern[str] | None = None
    """Matches the beginning of the report type that the call was about."""

    def match(self, response: ErrorResponse, report_type: str = "") -> bool:
        """Whether a response is such an answer."""
        return (
            response.status == self.status
            and self.code in {"", response.code}
            and response.message.startswith(self.message)
            and (self.details is None or bool(self.details.search(response.details)))
            and (self.report_type is None or bool(self.report_type.match(report_type)))
        )


_ROLE = (
    "the application lacks {role}, or the seller has not authorised the application again since "
    "it was added; add the role, or leave the report type out of reports"
)
_FORBIDDEN_HINT = f"{_ROLE}; or the seller or its marketplaces do not have this type"
_DENIED_HINT = (
    f"{_ROLE}. If every type is refused, check that the seller of refresh_token belongs to the "
    "region of marketplace_ids and has not revoked the application"
)
_FAULT_HINT = (
    "the next run tries again: Amazon has refused analytics types by mistake for days. If it "
    "continues, the application lacks {role}, or the seller has no registered brand or vendor "
    "account"
)
_SECRET_HINT = (
    "rotate the client secret and set lwa_client_secret to the new one: the primary user signs in "  # noqa: S105
    "to Solution Provider Portal (or Seller Central, Apps and Services, Develop Apps), chooses "
    "View in the column LWA credentials and rotates the secret. After a rotation the old one works "
    "for 7 more days, and refresh tokens stay valid; a secret lives for 180 days. All sellers of "
    "the application wait for it"
)
"""https://developer-docs.amazon.com/sp-api/docs/rotating-your-apps-lwa-credentials"""

TOKEN_HINT = (
    "check that the seller of refresh_token belongs to the region of marketplace_ids (or of "  # noqa: S105
    "endpoint_url), has not revoked the application, and that the application has a role for "
    "reports"
)
_MARKETPLACE = (
    "check marketplace_ids: the seller sells in none of these marketplaces, has not authorised the "
    "application there, or they do not have this type; name others in this entry of reports"
)
_PARAMETER = "check the settings of this report: its type, options, marketplaces and dates"
_NOT_REQUESTABLE = (
    "Amazon does not take requests for this type, or not in these marketplaces: it generates the "
    "reports, or the seller requests them in Seller Central; leave it out of reports"
)
_LATER = "run again later"

_BAD = "InvalidInput"
_EMPTY = re.compile(r"^\s*$")
_REQUEST, _TYPE = errors.RequestRefused, errors.ReportTypeRefused

# The first row that matches counts.
TABLE: tuple[tuple[ErrorPattern, ErrorMapping], ...] = (
    (ErrorPattern(429), ErrorMapping(errors.Throttled, "")),
    (
        ErrorPattern(400, _BAD, "One or more required parameters missing"),
        ErrorMapping(_REQUEST, f"{_PARAMETER}; marketplace_ids must name at least one"),
    ),
    (
        ErrorPattern(400, _BAD, "NextToken cannot be specified"),
        ErrorMapping(_REQUEST, "a page of a list must be requested by its token alone"),
    ),
    (
        ErrorPattern(400, _BAD, "Request for report type"),
        ErrorMapping(_TYPE, _NOT_REQUESTABLE),
    ),
    (
        # A type of vendors, requested for a seller, or the reverse. The message names a Java class.
        ErrorPattern(400, _BAD, "Report type"),
        ErrorMapping(
            _TYPE,
            "this type is not for this kind of account: some are for vendors only, others for "
            "sellers only; leave it out of reports",
        ),
    ),
    (
        ErrorPattern(400, "", "Report rejected for this client"),
        ErrorMapping(_TYPE, _MARKETPLACE),
    ),
    (
        ErrorPattern(400, _BAD, "Creation of report schedule type"),
        ErrorMapping(_REQUEST, "Amazon makes no schedules for this report type"),
    ),
    (
        ErrorPattern(400, _BAD, "dataStartTime is after dataEndTime"),
        ErrorMapping(_REQUEST, "check start_date and end_date"),
    ),
    (
        ErrorPattern(400, _BAD, "RequestedFromDate"),
        ErrorMapping(
            _REQUEST, "Amazon lists the reports of 90 days; check the clock of this machine"
        ),
    ),
    (
        ErrorPattern(400, _BAD, "Invalid request body"),
        ErrorMapping(_REQUEST, "check the options of this report: all values are texts"),
    ),
    (
        ErrorPattern(400, _BAD, "Invalid reportDocumentId"),
        ErrorMapping(_REQUEST, "Amazon keeps documents for 30 to 90 days, by type"),
    ),
    (
        ErrorPattern(400, _BAD, "Invalid or unsupported document ID"),
        ErrorMapping(
            _REQUEST,
            "Amazon does not restrict this document, or no longer keeps it; report this",
        ),
    ),
    (
        ErrorPattern(400, _BAD, "Application do not have access"),
        ErrorMapping(_TYPE, _ROLE),
    ),
    (ErrorPattern(400), ErrorMapping(_REQUEST, _PARAMETER)),
    (
        ErrorPattern(403, UNAUTHORIZED, "", re.compile(r"\bsecret\b.*\bexpired\b")),
        ErrorMapping(errors.ApplicationRefused, _SECRET_HINT),
    ),
    (
        ErrorPattern(403, UNAUTHORIZED, "", re.compile("marketplace")),
        ErrorMapping(_TYPE, _MARKETPLACE),
    ),
    (ErrorPattern(403, UNAUTHORIZED, _FORBIDDEN), ErrorMapping(_TYPE, _FORBIDDEN_HINT)),
    (
        ErrorPattern(403, UNAUTHORIZED, _DENIED, _EMPTY, _ANALYTICS),
        ErrorMapping(_TYPE, _FAULT_HINT),
    ),
    (
        ErrorPattern(403, UNAUTHORIZED, _DENIED, _EMPTY),
        ErrorMapping(_TYPE, _DENIED_HINT),
    ),
    (
        ErrorPattern(403, UNAUTHORIZED, _DENIED, re.compile("token")),
        ErrorMapping(errors.CredentialsError, TOKEN_HINT),
    ),
    (ErrorPattern(404), ErrorMapping(_REQUEST, "Amazon keeps reports for 90 days")),
    (ErrorPattern(409), ErrorMapping(_REQUEST, "it exists already")),
    (ErrorPattern(413), ErrorMapping(_REQUEST, _PARAMETER)),
    (ErrorPattern(415), ErrorMapping(_REQUEST, _PARAMETER)),
)


def may_have_expired(response: ErrorResponse) -> bool:
    """Whether an answer may mean that the access token has expired.

    Not if Amazon names another reason. If it names none, a login shows whether the seller has
    revoked the application.
    """
    if response.status not in _TOKEN_REFUSED:
        return False
    mapping = next((each for pattern, each in TABLE if pattern.match(response)), None)
    if mapping is None or mapping.kind is errors.CredentialsError:
        return True
    return is_denial(response.message) and not response.details.strip()


def is_denial(text: str) -> bool:
    """Whether a text is Amazon's message for a missing role, or for a wrong seller or region."""
    return _DENIED in text


_SERVER = range(500, 600)
_REDIRECTS = range(300, 400)
_NOT_AMAZON = ErrorMapping(
    errors.HostUnreachable,
    "check endpoint_url and the proxy: the response is not from Amazon's SP-API",
)


def error_for(
    response: ErrorResponse,
    *,
    operation: str,
    where: str,
    report_type: str = "",
    token_was_good: bool = False,
    retry_after: float | None = None,
) -> errors.TapError:
    """Return the error to raise for an error answer.

    Args:
        response: the answer.
        operation: the name of what was called.
        where: seller, host and what the call was about.
        report_type: which the call was about, where it was about one.
        token_was_good: other calls with such a token were accepted, so that an answer that
            the table does not know is about this call.
        retry_after: seconds to wait for a used-up quota, where Amazon says so.
    """
    mapping = _mapping(response, report_type, token_was_good=token_was_good)
    hint = mapping.hint.format(role=role_for(report_type))
    return mapping._replace(hint=hint).error(
        f"{operation}: {_describe(response)}",
        where=where,
        amazon_code=response.code,
        request_id=response.request_id,
        retry_after=retry_after,
    )


def _mapping(response: ErrorResponse, report_type: str, *, token_was_good: bool) -> ErrorMapping:
    if response.status in _SERVER:
        return ErrorMapping(errors.ServiceUnavailable, _LATER)
    if response.status in _REDIRECTS or not (response.code or response.status == 429):  # noqa: PLR2004
        return _NOT_AMAZON
    for pattern, mapping in TABLE:
        if pattern.match(response, report_type):
            return mapping
    if response.status in _TOKEN_REFUSED:
        about_the_call = ErrorMapping(errors.RequestRefused, _ROLE)
        return (
            about_the_call if token_was_good else ErrorMapping(errors.CredentialsError, TOKEN_HINT)
        )
    return ErrorMapping(errors.RequestRefused, "")


def _describe(response: ErrorResponse) -> str:
    if response.status in _REDIRECTS:
        return f"HTTP {response.status}: it leads to another address, which is not followed"
    answer = (
        f"Amazon answered {response.status} {response.code}"
        if response.code
        else f"HTTP {response.status}"
    )
    return f"{answer}: {response.words}" if response.words else answer
