"""Calls to text, answers and errors from text, by the table of `operations`. No connection."""

from __future__ import annotations

from tap_mws_reports.api.mws.codec.parameters import encode_parameters
from tap_mws_reports.api.mws.codec.responses import (
    ErrorResponse,
    Response,
    decode_error,
    decode_response,
)

__all__ = [
    "ErrorResponse",
    "Response",
    "decode_error",
    "decode_response",
    "encode_parameters",
]
