"""Documents with damage that neither a length nor a checksum shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tap_mws_reports.sandbox.faults import FaultKind, Faults
from tap_mws_reports.sandbox.http import Response

_FLIPPED_BYTES = 4
_LEAST_LEFT, _MOST_LEFT = 0.2, 0.95  # of a body that is cut


def flipped(body: bytes) -> bytes:
    """Return a body of the same length with some bytes in its middle changed."""
    middle = len(body) // 2
    piece = bytes(byte ^ 1 for byte in body[middle : middle + _FLIPPED_BYTES])
    return body[:middle] + piece + body[middle + len(piece) :]


def cut(body: bytes, faults: Faults, kind: FaultKind) -> bytes:
    """Return the beginning of a body; the length is random."""
    left = _LEAST_LEFT + (_MOST_LEFT - _LEAST_LEFT) * faults.fraction(kind)
    return body[: int(len(body) * left)]


def broken_off(
    response: Response, faults: Faults, report_type: str, start: datetime | None
) -> Response:
    """Return the answer with a document, with a fault if one strikes.

    Args:
        response: the whole answer.
        faults: the remaining faults.
        report_type: of the document.
        start: of the document.
    """
    if faults.strikes(FaultKind.CUT_UNFRAMED, report_type, start):
        size = len(cut(response.body, faults, FaultKind.CUT_UNFRAMED))
        return response.without_length("Content-MD5", size=size)
    if faults.strikes(FaultKind.WRONG_ENCODING, report_type, start):
        return replace(response, headers={**response.headers, "Content-Encoding": "gzip"})
    if faults.strikes(FaultKind.UNFRAMED, report_type, start):
        return response.without_length()
    return response
