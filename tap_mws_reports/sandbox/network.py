"""The transport of a call to the sandbox and back, with the faults that all services share."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from tap_mws_reports.sandbox.faults import FaultKind, Faults
from tap_mws_reports.sandbox.http import ConnectionFailure, Request, Response
from tap_mws_reports.sandbox.sp_api import documents, routing, tokens
from tap_mws_reports.sandbox.sp_api.error_results import ErrorResult

DOCUMENT = "document"
"""The name for faults of the download of a document by its address."""

_SLOW_SECONDS = 60.0
_STALLED_SECONDS = 120.0
_OK = range(200, 300)
_UNANSWERED = {
    FaultKind.DNS_FAILURE: ConnectionFailure.DNS,
    FaultKind.REFUSED: ConnectionFailure.REFUSED,
    FaultKind.RESET: ConnectionFailure.RESET,
    FaultKind.TLS_FAILURE: ConnectionFailure.TLS,
}
_PAGE = b"<!DOCTYPE html>\n<html><head><title>Sorry</title></head><body>Sorry</body></html>\n"
# An item of a list of MWS, and the list of an answer of SP-API.
_ITEMS = re.compile(rb"<(ReportRequestInfo|ReportInfo|ReportSchedule)>.*?</\1>", re.DOTALL)
_LISTS = ("reports", "reportSchedules")


def operation_name(request: Request) -> str:
    """Return the operation that is called; ``login`` or ``document`` for other requests."""
    if "Action" in request.params:
        return request.params["Action"]
    if request.path == tokens.PATH:
        return tokens.NAME
    if request.path.startswith(documents.PATH):
        return DOCUMENT
    with suppress(ErrorResult):
        return routing.find(request)[0].name
    return request.path


def carry(request: Request, faults: Faults, answer: Callable[[], Response]) -> Response:
    """Return the answer to a request, with its faults.

    Args:
        request: the call.
        faults: the remaining faults.
        answer: lets the call take effect, and returns what is answered.
    """
    name = operation_name(request)
    for kind, failure in _UNANSWERED.items():
        if faults.strikes(kind, name):
            return Response(0, b"", failure=failure)
    if faults.strikes(FaultKind.STALL, name):
        return Response(0, b"", failure=ConnectionFailure.STALL, delay=_STALLED_SECONDS)
    if faults.strikes(FaultKind.BARE_THROTTLE, name):
        return _plain(503 if "Action" in request.params else 429, b"")
    answered = answer()
    if faults.strikes(FaultKind.LOST_ANSWER, name):
        return Response(0, b"", failure=ConnectionFailure.RESET)
    if faults.strikes(FaultKind.SLOW, name):
        answered = replace(answered, delay=_SLOW_SECONDS)
    is_body_of_document = name in {DOCUMENT, "GetReport"}
    if is_body_of_document or answered.status not in _OK:
        return answered
    return _changed(answered, name, faults)


def _changed(answer: Response, name: str, faults: Faults) -> Response:
    """Return an answer as a fault changes its body."""
    if faults.strikes(FaultKind.HTML_ANSWER, name):
        return _plain(200, _PAGE, "text/html")
    if faults.strikes(FaultKind.EMPTY_ANSWER, name):
        return _plain(200, b"")
    if faults.strikes(FaultKind.MALFORMED_ANSWER, name):
        return _with_body(answer, answer.body[: len(answer.body) // 2])
    if faults.strikes(FaultKind.UNKNOWN_FIELDS, name):
        answer = _with_body(answer, _with_unknown_field(answer.body))
    if _has_entries(answer.body):
        if faults.strikes(FaultKind.DUPLICATE_ENTRIES, name):
            answer = _with_entries(answer, lambda entries: entries + entries)
        if faults.strikes(FaultKind.REORDERED_ENTRIES, name):
            rng = random.Random(len(answer.body))
            answer = _with_entries(answer, lambda entries: rng.sample(entries, len(entries)))
    return answer


def _plain(status: int, body: bytes, media_type: str = "text/plain") -> Response:
    headers = {"Content-Type": media_type, "Content-Length": str(len(body))}
    return Response(status, body, headers)


def _with_body(answer: Response, body: bytes) -> Response:
    headers = {**answer.headers, "Content-Length": str(len(body))}
    return replace(answer, body=body, headers=headers)


def _with_unknown_field(body: bytes) -> bytes:
    if body.startswith(b"{"):
        return json.dumps({"unknownField": {"of": ["a", 1]}, **json.loads(body)}).encode()
    return re.sub(rb"(<\w+Result>)", rb"\1<UnknownField><Of>a</Of></UnknownField>", body, count=1)


def _has_entries(body: bytes) -> bool:
    return _ITEMS.search(body) is not None or any(f'"{each}"'.encode() in body for each in _LISTS)


def _with_entries(
    answer: Response, change: Callable[[list[bytes] | list[object]], list[bytes] | list[object]]
) -> Response:
    if not answer.body.startswith(b"{"):
        items = [found[0] for found in _ITEMS.finditer(answer.body)]
        start, end = answer.body.index(items[0]), answer.body.rindex(items[-1]) + len(items[-1])
        changed = b"".join(change(items))  # type: ignore[arg-type]
        return _with_body(answer, answer.body[:start] + changed + answer.body[end:])
    value = json.loads(answer.body)
    for name in _LISTS:
        if isinstance(value.get(name), list):
            value[name] = change(value[name])
    return _with_body(answer, json.dumps(value).encode())
