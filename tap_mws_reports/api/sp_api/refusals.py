"""A table from Amazon's error answers to the project's errors.

Codes say little here (`InvalidInput` is most of them), so the beginning of the message decides.
Source: https://developer-docs.amazon.com/sp-api/docs/sp-api-errors-faq and what production was seen
to answer in the threads of https://github.com/amzn/selling-partner-api-models/issues
"""

from __future__ import annotations

from typing import NamedTuple

from tap_mws_reports import errors
from tap_mws_reports.api.meaning import Meaning
from tap_mws_reports.api.sp_api.faults import Fault
from tap_mws_reports.api.sp_api.roles import role_for

UNAUTHORIZED = "Unauthorized"
FORBIDDEN = 403
TOKEN_REFUSED = frozenset({401, FORBIDDEN})
"""Statuses that may mean that a token has expired."""

NO_ROLE = "Access to the resource is forbidden"


class Words(NamedTuple):
    """A pattern of error answers; empty parts match all."""

    status: int
    code: str = ""
    message: str = ""

    def match(self, fault: Fault) -> bool:
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
TABLE: tuple[tuple[Words, Meaning], ...] = (
    (Words(429), Meaning(errors.Throttled, "")),
    (
        Words(400, "InvalidInput", "One or more required parameters missing"),
        Meaning(errors.RequestRefused, f"{_PARAMETER}; marketplace_ids must name at least one"),
    ),
    (
        Words(400, "InvalidInput", "NextToken cannot be specified"),
        Meaning(errors.RequestRefused, "a page of a list must be asked for by its token alone"),
    ),
    (
        Words(400, "InvalidInput", "Request for report type"),
        Meaning(errors.RequestRefused, _NOT_REQUESTABLE),
    ),
    (
        Words(400, "InvalidInput", "Creation of report schedule type"),
        Meaning(errors.RequestRefused, "Amazon makes no schedules for this report type"),
    ),
    (
        Words(400, "InvalidInput", "dataStartTime is after dataEndTime"),
        Meaning(errors.RequestRefused, "check start_date and end_date"),
    ),
    (
        Words(400, "InvalidInput", "Invalid request body"),
        Meaning(errors.RequestRefused, "check the options of this report: all values are texts"),
    ),
    (
        Words(400, "InvalidInput", "Invalid reportDocumentId"),
        Meaning(errors.RequestRefused, "Amazon keeps documents for 30 to 90 days, by type"),
    ),
    (
        Words(400, "InvalidInput", "Invalid or unsupported document ID"),
        Meaning(
            errors.RequestRefused,
            "Amazon does not restrict this document, or keeps it no longer; report this",
        ),
    ),
    (
        Words(400, "InvalidInput", "Application do not have access"),
        Meaning(errors.RequestRefused, _ROLE),
    ),
    (Words(400), Meaning(errors.RequestRefused, _PARAMETER)),
    (Words(403, UNAUTHORIZED, NO_ROLE), Meaning(errors.RequestRefused, _ROLE)),
    (Words(404, ""), Meaning(errors.RequestRefused, "Amazon keeps reports for 90 days")),
    (Words(409), Meaning(errors.RequestRefused, "it is there already")),
    (Words(413), Meaning(errors.RequestRefused, _PARAMETER)),
    (Words(415), Meaning(errors.RequestRefused, _PARAMETER)),
)

_SERVER = range(500, 600)
_REDIRECTS = range(300, 400)
_STRANGER = Meaning(
    errors.HostUnreachable,
    "check endpoint_url and the proxy: what answered is not Amazon's SP-API",
)


def refusal(
    fault: Fault,
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
        retry_after: seconds to wait for a used-up quota, where Amazon tells.
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


def _meaning(fault: Fault, *, token_was_good: bool) -> Meaning:
    if fault.status in _SERVER:
        return Meaning(errors.ServiceUnavailable, _LATER)
    if fault.status in _REDIRECTS or not (fault.code or fault.status == 429):  # noqa: PLR2004
        return _STRANGER
    for words, meaning in TABLE:
        if words.match(fault):
            return meaning
    if fault.status in TOKEN_REFUSED:
        role_or_token = Meaning(errors.RequestRefused, _ROLE)
        return role_or_token if token_was_good else Meaning(errors.CredentialsError, _TOKEN)
    return Meaning(errors.RequestRefused, "")


def _heard(fault: Fault) -> str:
    if fault.status in _REDIRECTS:
        return f"HTTP {fault.status}: it leads to another address, which is not followed"
    heard = f"Amazon answered {fault.status} {fault.code}" if fault.code else f"HTTP {fault.status}"
    return f"{heard}: {fault.words}" if fault.words else heard
