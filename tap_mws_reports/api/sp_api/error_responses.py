"""Error answers of SP-API.

Source: https://github.com/amzn/selling-partner-api-models/blob/34dc93fe45f37c9a0b2e56823c808f68b4f81754/models/reports-api-model/reports_2021-06-30.json
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

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
        told = (" ".join(text.split()) for text in (self.message, self.details))
        return ": ".join(dict.fromkeys(text for text in told if text))


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
