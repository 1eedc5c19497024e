"""Parsing of error answers, in all forms that were seen.

Source: https://docs.developer.amazonservices.com/en_US/dev_guide/DG_Errors.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tap_mws_reports.api.mws.codec import safe_xml

_EXCERPT = 300


@dataclass(frozen=True, slots=True)
class ErrorResponse:
    """An error answer; texts are empty where it has none.

    Of several errors ``code`` and ``type`` are the first one's and ``message`` is all of them.
    An answer that is not Amazon's XML has no ``code``, and the beginning of its text as
    ``message``.
    """

    status: int
    code: str = ""
    message: str = ""
    type: str = ""
    request_id: str = ""
    detail: str = ""


def decode_error(status: int, headers: Mapping[str, str], body: bytes) -> ErrorResponse:
    """Read an error answer: XML of any namespace, an HTML page, plain text or nothing at all.

    Never raises: a parse error must not hide the answer's own.
    """
    request_id = _request_id(headers)
    try:
        root = safe_xml.parse(body)
    except safe_xml.NotXml:
        return ErrorResponse(status, message=_excerpt(body), request_id=request_id)
    faults = list(safe_xml.children(root, "Error"))
    if not faults:
        return ErrorResponse(status, message=_excerpt(body), request_id=request_id)
    return ErrorResponse(
        status=status,
        code=safe_xml.text(faults[0], "Code") or "",
        message="; ".join(filter(None, (safe_xml.text(fault, "Message") for fault in faults))),
        type=safe_xml.text(faults[0], "Type") or "",
        request_id=safe_xml.text(root, "RequestId", "RequestID") or request_id,
        detail=safe_xml.text(faults[0], "Detail") or "",
    )


def _request_id(headers: Mapping[str, str]) -> str:
    lower = {name.lower(): value for name, value in headers.items()}
    return lower.get("x-mws-request-id") or lower.get("x-amz-request-id") or ""


def _excerpt(body: bytes) -> str:
    """Return the beginning of a page in one line, without tags, scripts and styles."""
    text = body[: 50 * _EXCERPT].decode("utf-8", errors="replace")
    text = re.sub(r"(?is)<(script|style)\b.*?(</\1\s*>|\Z)|<!--.*?(-->|\Z)", " ", text)
    text = " ".join(re.sub(r"<[^>]*>?", " ", text).split())
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…"
