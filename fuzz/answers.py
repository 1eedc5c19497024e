"""What has to be true of every answer, notification and state, whatever bytes it is made of."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fuzz import structured_answers as made
from tap_mws_reports import errors
from tap_mws_reports.api.client_settings import ClientSettings
from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.api.interface import ProcessingStatus, ReportNotification
from tap_mws_reports.api.mws import codec as mws_codec
from tap_mws_reports.api.mws import converters as mws_converters
from tap_mws_reports.api.mws import operations as mws
from tap_mws_reports.api.mws import subscription_operations
from tap_mws_reports.api.mws.mws_errors import error_for as mws_error_for
from tap_mws_reports.api.report_notifications import parse_notification
from tap_mws_reports.api.request_budgets import RequestBudgets
from tap_mws_reports.api.sp_api import codec as sp_api_codec
from tap_mws_reports.api.sp_api import converters as sp_api_converters
from tap_mws_reports.api.sp_api import operations as sp_api
from tap_mws_reports.api.sp_api import response_models, sp_api_errors
from tap_mws_reports.api.sp_api.endpoint import Endpoint
from tap_mws_reports.api.sp_api.lwa import Credentials, LwaTokenProvider, login_error_for
from tap_mws_reports.api.sp_api.sp_api_types import SpApiTypes
from tap_mws_reports.api.transport import HttpRequest, HttpResponse
from tap_mws_reports.config.input_files import parse_state
from tap_mws_reports.retrieval.state.bookmarks import Bookmark
from tap_mws_reports.retrieval.state.ledger_state import LedgerState
from tap_mws_reports.retrieval.state.listing_bookmarks import (
    LIFECYCLE_STREAMS,
    ListingBookmark,
    migrate_listing_state,
)
from tap_mws_reports.retrieval.state.partitions import Partitions
from tap_mws_reports.retrieval.state.state_sharding import merge_states, split_state
from tap_mws_reports.retrieval.state.state_summary import summarise
from tap_mws_reports.retrieval.state.state_validation import (
    check_bookmarks,
    migrate_dated_partitions,
    migrate_stream_state,
    round_up_numbers,
)

NOW = datetime(2026, 5, 20, tzinfo=UTC)
_START = datetime(2024, 1, 1, tzinfo=UTC)
_STATUSES = (200, 301, 400, 401, 403, 404, 409, 413, 415, 429, 500, 503)
_HEADERS: Sequence[dict[str, str]] = (
    {},
    {"retry-after": "7"},
    {"retry-after": "soon", "date": "Wed, 20 May 2026 00:00:00 GMT"},
    {"x-mws-quota-max": "80.0", "x-mws-quota-resetson": "2026-05-20T01:00:00.000Z"},
    {"date": "yesterday", "x-mws-quota-resetson": "9999-99-99T01:00:00.000Z"},
)
_MWS = (*mws.OPERATIONS.values(), *subscription_operations.OPERATIONS.values())
_MWS_CONVERTERS: dict[str, Callable[[Any], object]] = {
    mws.REPORT_REQUEST_INFO.name: mws_converters.report_request,
    mws.REPORT_INFO.name: mws_converters.report,
    mws.REPORT_SCHEDULE.name: mws_converters.report_schedule,
}
_SP_API = tuple(each for each in sp_api.OPERATIONS.values() if each.answer is not None)
_TYPES = SpApiTypes(())


def check(data: bytes) -> None:
    """Read bytes as something that Amazon or a target sends; the first byte chooses as what.

    Of the others some choose the operation or the status, and the rest is the content, or what it
    is made of.

    Raises:
        AssertionError: what was read has another type, or is not the same when it is written.
        Exception: any but the tap's own.
    """
    kinds = tuple(_KINDS.values())
    kinds[(data[:1] or b"\0")[0] % len(kinds)](data[1:])


def _mws_answer(data: bytes) -> None:
    operation = _MWS[_first(data) % len(_MWS)]
    content = data[2:] if _second(data) == 1 else made.mws_answer(operation, data[2:])
    try:
        response = mws_codec.decode_response(operation, content)
    except errors.ConnectionBroken as error:
        assert operation.name in error.what  # noqa: PT017 - this is no test function
        return
    assert response.has_next <= (response.next_token is not None)
    assert (response.count is not None) <= operation.result.count
    shape = operation.result.item
    for item in response.items:
        assert shape is not None
        assert list(item) == [field.name for field in shape.fields]
        _check_dates(item.values())
        _check_value(_MWS_CONVERTERS[shape.name](item))


def _mws_error(data: bytes) -> None:
    status, headers = _STATUSES[_first(data) % len(_STATUSES)], _headers(data)
    content = data[2:] if _second(data) == 1 else made.mws_error(data[2:])
    response = mws_codec.decode_error(status, headers, content)
    error = mws_error_for(response, headers, operation="GetReport", where="here", now=NOW)
    _check_error(error, response.code)


def _sp_api_answer(data: bytes) -> None:
    operation = _SP_API[_first(data) % len(_SP_API)]
    assert operation.answer is not None
    content = data[2:] if _second(data) == 1 else made.sp_api_answer(operation.answer, data[2:])
    try:
        answer = sp_api_codec.decode_response(operation, content)
    except errors.ConnectionBroken as error:
        assert operation.name in error.what  # noqa: PT017 - this is no test function
        return
    assert type(answer) is operation.answer
    _check_dates(getattr(answer, name) for name in answer.__struct_fields__)
    for report in getattr(answer, "reports", [answer]):
        if isinstance(report, response_models.Report):
            status = sp_api_converters.processing_status(report.processing_status)
            _check_value(sp_api_converters.report_request(report, _TYPES, status))
            _check_value(sp_api_converters.report(report, _TYPES))
    for schedule in getattr(answer, "report_schedules", [answer]):
        if isinstance(schedule, response_models.ReportSchedule):
            _check_value(sp_api_converters.report_schedule(schedule, _TYPES))


def _sp_api_error(data: bytes) -> None:
    status, headers = _STATUSES[_first(data) % len(_STATUSES)], _headers(data)
    content = data[2:] if _second(data) == 1 else made.sp_api_error(data[2:])
    response = sp_api_errors.decode_error(status, headers, content)
    sp_api_errors.may_have_expired(response)
    error = sp_api_errors.error_for(response, operation="getReport", where="here")
    _check_error(error, response.code)


class _OneAnswer:
    """A transport that always gives the same answer."""

    def __init__(self, answer: HttpResponse) -> None:
        self._answer = answer

    def send(self, request: HttpRequest) -> HttpResponse:
        del request
        return self._answer

    def stream(self, request: HttpRequest, path: Path) -> HttpResponse:
        del path
        return self.send(request)


def _login(data: bytes) -> None:
    status = _STATUSES[_first(data) % len(_STATUSES)]
    if status != _STATUSES[0]:
        content = data[2:] if _second(data) == 1 else made.sp_api_error(data[2:])
        assert str(login_error_for(status, content, str))
        return
    content = data[2:] if _second(data) == 1 else made.login_answer(data[2:])
    provider = LwaTokenProvider(
        ClientSettings(
            Credentials("A2EXAMPLESELLER", "id", "secret", "refresh"),
            Endpoint.of("NA"),
            _OneAnswer(HttpResponse(status, _headers(data), content)),
            VirtualClock(NOW),
            random.Random(0),  # noqa: S311 - it decides pauses
        )
    )
    try:
        token = provider.token()
    except errors.TapError as error:
        assert error.where  # noqa: PT017 - this is no test function
        return
    assert token.isascii()
    assert token.isprintable()
    assert token


def _notification(data: bytes) -> None:
    makers = (made.mws_notification, made.sp_api_notification, lambda rest: rest)
    content = makers[_first(data) % len(makers)](data[1:])
    notice = parse_notification(content.decode("utf-8", "surrogateescape"))
    if notice is None:
        return
    assert type(notice) is ReportNotification
    assert notice.report_request_id
    assert isinstance(notice.processing_status, ProcessingStatus)
    optional = (notice.report_id, notice.unique_id)
    assert all(isinstance(each, str | None) for each in optional)
    assert isinstance(notice.report_request_id + notice.seller_id, str)


def _state(data: bytes) -> None:
    content = data[1:] if _first(data) == 1 else made.state(data[1:])
    try:
        state = round_up_numbers(parse_state(content, "state.json").state)
        state.setdefault("bookmarks", {})
        check_bookmarks(state["bookmarks"], NOW)
    except errors.TapError as error:
        assert error.hint  # noqa: PT017 - this is no test function
        return
    assert _read_again(state) == state
    summarise(state["bookmarks"])
    _check_parts(state)
    for name, bookmark in state["bookmarks"].items():
        (_check_listing if name in LIFECYCLE_STREAMS else _check_rows)(name, bookmark)
    again = _read_again(state)
    check_bookmarks(again["bookmarks"], NOW)
    assert again == state


def _read_again(state: dict[str, Any]) -> dict[str, Any]:
    found = parse_state(json.dumps(state).encode(), "state.json").state
    return dict(round_up_numbers(found))


def _check_parts(state: dict[str, Any]) -> None:
    """Check that the parts for shards, merged again, are a state as good as the whole."""
    try:
        parts = split_state(copy.deepcopy(state), 2)
        merged = merge_states(dict(zip("ab", parts, strict=True)), NOW.date())
    except errors.StateError:
        return
    check_bookmarks(merged["bookmarks"], NOW)
    assert len(summarise(merged["bookmarks"])) == len(summarise(state["bookmarks"]))


def _check_listing(name: str, bookmark: dict[str, Any]) -> None:
    migrate_listing_state(bookmark, "A2EXAMPLESELLER")
    for partition in bookmark.get("partitions", []):
        since = ListingBookmark(partition, name).since
        assert since is None or since.utcoffset() == timedelta(0)


def _check_rows(name: str, bookmark: dict[str, Any]) -> None:
    migrate_stream_state(bookmark, [("A2EXAMPLESELLER", ("ATVPDKIKX0DER",))], _START)
    migrate_dated_partitions(bookmark, _START)
    budgets = RequestBudgets()
    ledger = LedgerState(name, bookmark)
    ledger.load(budgets)
    ledger.save(budgets, NOW)
    Partitions(bookmark)
    for partition in bookmark["partitions"]:
        _check_bookmark(Bookmark(partition))


def _check_bookmark(bookmark: Bookmark) -> None:
    """Check that every entry is the same once it is written and read."""
    for each in (*bookmark.open_requests, *bookmark.failed_windows, *bookmark.given_up):
        assert type(each).of(json.loads(json.dumps(each.entry))) == each
    done = bookmark.done
    bookmark.keep(done, lambda _interval: True)
    assert bookmark.done == done
    _check_dates([bookmark.snapshot_taken])
    assert all(count >= 0 for count in (*bookmark.row_counts, *bookmark.latencies))
    assert bookmark.compared_columns >= 0
    bookmark.record_columns(
        bookmark.compared_columns, [list(each) for each in bookmark.absent_columns]
    )
    bookmark.record_latencies(bookmark.latencies)
    bookmark.record_row_counts(bookmark.row_counts)


def _check_error(error: errors.TapError, code: str) -> None:
    assert isinstance(error, errors.TapError)
    assert str(error)
    assert error.amazon_code == code
    assert error.where or isinstance(error, errors.Throttled)


def _check_value(value: object) -> None:
    _check_dates(getattr(value, each.name) for each in fields(value))  # type: ignore[arg-type]


def _check_dates(values: Any) -> None:  # noqa: ANN401 - whatever fields hold
    for value in values:
        assert not isinstance(value, datetime) or value.utcoffset() == timedelta(0)


def _first(data: bytes) -> int:
    return data[0] if data else 0


def _second(data: bytes) -> int:
    """Return the byte that chooses headers; 1 means that the content is the bytes themselves."""
    return data[1] if len(data) > 1 else 0


def _headers(data: bytes) -> dict[str, str]:
    return _HEADERS[_second(data) % len(_HEADERS)]


_KINDS: dict[str, Callable[[bytes], None]] = {
    "answer of MWS": _mws_answer,
    "error of MWS": _mws_error,
    "answer of SP-API": _sp_api_answer,
    "error of SP-API": _sp_api_error,
    "Login with Amazon": _login,
    "notification": _notification,
    "state": _state,
}
KINDS = tuple(_KINDS)
"""What bytes may be read as, in the order of the first byte."""
