"""Documents whose damage neither a length nor a checksum shows."""

from __future__ import annotations

from datetime import datetime

from tap_mws_reports.sandbox.faults import FaultKind, Faults
from tap_mws_reports.sandbox.http import Response

_FLIPPED_BYTES = 4
_CUT = 3 / 5  # of the body is left


def flipped(body: bytes) -> bytes:
    """Return a body of the same length with some bytes in its middle changed."""
    middle = len(body) // 2
    piece = bytes(byte ^ 1 for byte in body[middle : middle + _FLIPPED_BYTES])
    return body[:middle] + piece + body[middle + len(piece) :]


def broken_off(
    response: Response, faults: Faults, report_type: str, start: datetime | None
) -> Response:
    """Return the answer with a document as it comes: mostly unchanged.

    Args:
        response: the whole answer.
        faults: those that are left.
        report_type: of the document.
        start: of the document.
    """
    if faults.strikes(FaultKind.CUT_UNFRAMED, report_type, start):
        size = int(len(response.body) * _CUT)
        return response.without_length("Content-MD5", size=size)
    if faults.strikes(FaultKind.UNFRAMED, report_type, start):
        return response.without_length()
    return response
