"""Error answers.

The texts are those of the live service if they are known: see the source of each. The others are
the sandbox's own, with Amazon's codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

INVALID = "InvalidInput"
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_DENIED = "Access to requested resource is denied."


class ErrorResult(Exception):
    """A call that gets an error answer; ``headers`` are those of this answer alone."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        details: str = "",
        headers: Mapping[str, str] = _NO_HEADERS,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.headers = headers

    @property
    def answer(self) -> dict[str, object]:
        """Return the body of the answer."""
        error = {"code": self.code, "message": self.message, "details": self.details}
        return {"errors": [error]}


def invalid(message: str, details: str = "") -> ErrorResult:
    """Return the refusal of a call with a value that it may not have."""
    return ErrorResult(400, INVALID, message, details)


def missing(names: Iterable[str]) -> ErrorResult:
    """Return the refusal of a call that lacks something.

    Sources: https://github.com/jlevers/selling-partner-api/issues/553,
    https://github.com/amzn/selling-partner-api-models/issues/722
    """
    return invalid("One or more required parameters missing", "".join(f"{each};" for each in names))


def denied(details: str = "") -> ErrorResult:
    """Return the refusal of a token.

    Sources: https://github.com/amzn/selling-partner-api-docs/issues/2147,
    https://github.com/amzn/selling-partner-api-models/issues/826
    """
    return ErrorResult(403, "Unauthorized", _DENIED, details)


def forbidden() -> ErrorResult:
    """Return the refusal of a report type for which the application lacks the role.

    Source: https://github.com/amzn/selling-partner-api-docs/issues/769
    """
    return ErrorResult(403, "Unauthorized", "Access to the resource is forbidden")


def throttled() -> ErrorResult:
    """Return the refusal of a call for which there is no quota left.

    Source: https://github.com/amzn/selling-partner-api-models/issues/5152
    """
    message = "You exceeded your quota for the requested resource."
    return ErrorResult(429, "QuotaExceeded", message)


def not_found(message: str) -> ErrorResult:
    """Return the refusal of a call about something that does not exist."""
    return ErrorResult(404, "NotFound", message)


def broken(status: int) -> ErrorResult:
    """Return the error of a server that cannot answer, 500 or 503.

    Source: https://developer-docs.amazon.com/sp-api/docs/sp-api-response-codes-and-error-messages
    """
    codes = {500: "InternalFailure", 503: "ServiceUnavailable"}
    return ErrorResult(status, codes[status], "We encountered an internal error. Please try again.")
