"""Amazon's error codes.

Source: https://docs.developer.amazonservices.com/en_US/dev_guide/DG_Errors.html
"""

from __future__ import annotations

from tap_mws_reports.api.mws.codec import ErrorResponse

# The status of every code of the sandbox. Where no source has it, the codes of bad input have
# 400, as the one that was recorded (InvalidReportRequestId).
STATUSES: dict[str, int] = {
    "AccessDenied": 401,
    "AccessToReportDenied": 401,
    "InputDataError": 400,
    "InternalError": 500,
    "InvalidAccessKeyId": 403,
    "InvalidAction": 400,
    "InvalidAddress": 404,
    "InvalidParameterValue": 400,
    "InvalidReportId": 400,
    "InvalidReportRequestId": 400,
    "InvalidReportType": 400,
    "InvalidScheduleFrequency": 400,
    "MissingClientTokenId": 403,
    "MissingParameter": 400,
    "NextTokenCorrupted": 400,
    "QuotaExceeded": 503,
    "ReportNoLongerAvailable": 400,
    "RequestExpired": 400,
    "RequestThrottled": 503,
    "SignatureDoesNotMatch": 403,
    "UserAgentHeaderMissing": 400,
}

# Codes given before the Reports API is reached; their answers have another form.
FRONT_DOOR = frozenset(
    {
        "AccessDenied",
        "InvalidAccessKeyId",
        "InvalidAction",
        "InvalidAddress",
        "MissingClientTokenId",
        "QuotaExceeded",
        "RequestExpired",
        "RequestThrottled",
        "SignatureDoesNotMatch",
        "UserAgentHeaderMissing",
    }
)

_TYPES = {"RequestThrottled": "", "QuotaExceeded": "Sender", "InternalError": "Receiver"}


class ErrorResult(Exception):
    """A call that gets an error answer."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    @property
    def status(self) -> int:
        """The status of the answer."""
        return STATUSES[self.code]

    @property
    def front_door(self) -> bool:
        """Whether the call was refused before it reached the Reports API."""
        return self.code in FRONT_DOOR

    def answer(self, request_id: str) -> ErrorResponse:
        """Return the answer to give."""
        kind = _TYPES.get(self.code, "Sender")
        return ErrorResponse(self.status, self.code, self.message, kind, request_id)
