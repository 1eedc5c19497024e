"""Calls, answers and errors as text and back, by the table of `operations`. Opens no connection."""

from __future__ import annotations

from tap_mws_reports.api.mws.wire.answers import Answer, decode, render
from tap_mws_reports.api.mws.wire.calls import BadParameter, decode_call, encode
from tap_mws_reports.api.mws.wire.faults import ErrorAnswer, decode_error, render_error

__all__ = [
    "Answer",
    "BadParameter",
    "ErrorAnswer",
    "decode",
    "decode_call",
    "decode_error",
    "encode",
    "render",
    "render_error",
]
