"""Calls to text, answers and errors from text, by the table of `operations`. No connection."""

from __future__ import annotations

from tap_mws_reports.api.mws.wire.answers import Answer, decode
from tap_mws_reports.api.mws.wire.calls import encode
from tap_mws_reports.api.mws.wire.faults import ErrorAnswer, decode_error

__all__ = [
    "Answer",
    "ErrorAnswer",
    "decode",
    "decode_error",
    "encode",
]
