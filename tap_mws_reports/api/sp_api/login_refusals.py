"""A table from the error codes of Login with Amazon to the project's errors.

Sources: https://github.com/amzn/selling-partner-api-models/blob/34dc93fe45f37c9a0b2e56823c808f68b4f81754/clients/sellingpartner-api-aa-java/src/com/amazon/SellingPartnerAPIAA/LWAExceptionErrorCode.java,
https://datatracker.ietf.org/doc/html/rfc6749#section-5.2
"""

from __future__ import annotations

import json
from collections.abc import Callable

from tap_mws_reports import errors
from tap_mws_reports.api.meaning import Meaning

_AUTHORISE = "have the seller authorise the application again, and set the refresh_token it gets"

CODES: dict[str, Meaning] = {
    "invalid_grant": Meaning(
        errors.CredentialsError,
        "check refresh_token: it is not this application's, or the seller has revoked it or let it "
        f"lapse; {_AUTHORISE}",
    ),
    "access_denied": Meaning(errors.CredentialsError, _AUTHORISE),
    "invalid_client": Meaning(
        errors.CredentialsError,
        "check lwa_client_id and lwa_client_secret: Amazon does not know them together, perhaps "
        "since the secret was rotated",
    ),
    "unauthorized_client": Meaning(
        errors.CredentialsError,
        "check lwa_client_id: this application may not ask so, or refresh_token is another's",
    ),
    "invalid_scope": Meaning(
        errors.CredentialsError,
        "the application may not use the notifications of SP-API; check its roles and region",
    ),
    "invalid_request": Meaning(
        errors.CredentialsError,
        "check lwa_client_id, lwa_client_secret and refresh_token: one is empty or cut off",
    ),
    "server_error": Meaning(errors.ServiceUnavailable, "run again later"),
    "temporarily_unavailable": Meaning(errors.ServiceUnavailable, "run again later"),
}

_STATUSES: tuple[tuple[range, Meaning], ...] = (
    (range(429, 430), Meaning(errors.Throttled, "")),
    (range(500, 600), Meaning(errors.ServiceUnavailable, "run again later")),
)
_STRANGER = Meaning(
    errors.HostUnreachable,
    "check endpoint_url and the proxy: what answered is not Login with Amazon",
)


def refusal(status: int, body: bytes, redact: Callable[[str], str]) -> errors.TapError:
    """Return the error to raise for an error answer; ``redact`` hides secrets in it."""
    code, words = _heard(body)
    meaning = CODES.get(code) or _by_status(status)
    what = f"Login with Amazon: HTTP {status} {code}".rstrip()
    return meaning.error(redact(f"{what}: {words}" if words else what), amazon_code=code)


def _by_status(status: int) -> Meaning:
    return next((meaning for statuses, meaning in _STATUSES if status in statuses), _STRANGER)


def _heard(body: bytes) -> tuple[str, str]:
    """Return the code and the text of an OAuth error; empty for anything else."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(answer, dict):
        return "", ""
    code, words = answer.get("error"), answer.get("error_description")
    return (code if isinstance(code, str) else ""), (words if isinstance(words, str) else "")
