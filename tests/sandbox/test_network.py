"""Faults between a client and the sandbox, seen by a client of `requests`."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import requests

from tap_mws_reports.sandbox.faults import Fault, FaultKind, Faults
from tap_mws_reports.sandbox.http import ConnectionFailure, Request, Response
from tap_mws_reports.sandbox.network import carry, operation_name

LIST = b"<R><L><ReportInfo>1</ReportInfo><ReportInfo>2</ReportInfo></L></R>"
JSON_LIST = json.dumps({"reports": [{"reportId": "1"}, {"reportId": "2"}]}).encode()
MWS = Request("POST", "/", {}, {"Action": "GetReportList"})
SP_API = Request("GET", "/reports/2021-06-30/reports", {}, {})
ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"


def sent(kind: FaultKind, request: Request = MWS, body: bytes = LIST) -> tuple[Response, int]:
    """Return the answer under a fault, and how often the call took effect."""
    effects = 0

    def answer() -> Response:
        nonlocal effects
        effects += 1
        return Response(200, body, {"Content-Type": "text/xml"})

    return carry(request, Faults([Fault(kind)]), answer), effects


@pytest.mark.parametrize(
    ("kind", "failure", "effects"),
    [
        (FaultKind.DNS_FAILURE, ConnectionFailure.DNS, 0),
        (FaultKind.REFUSED, ConnectionFailure.REFUSED, 0),
        (FaultKind.RESET, ConnectionFailure.RESET, 0),
        (FaultKind.TLS_FAILURE, ConnectionFailure.TLS, 0),
        (FaultKind.STALL, ConnectionFailure.STALL, 0),
        (FaultKind.LOST_ANSWER, ConnectionFailure.RESET, 1),
    ],
)
def test_a_call_without_a_response(kind, failure, effects) -> None:
    answer, took_effect = sent(kind)
    assert (answer.failure, took_effect) == (failure, effects)


@pytest.mark.parametrize(
    ("kind", "request_", "status", "body"),
    [
        (FaultKind.BARE_THROTTLE, MWS, 503, b""),
        (FaultKind.BARE_THROTTLE, SP_API, 429, b""),
        (FaultKind.EMPTY_ANSWER, MWS, 200, b""),
        (FaultKind.MALFORMED_ANSWER, MWS, 200, LIST[: len(LIST) // 2]),
    ],
)
def test_a_replaced_response(kind, request_, status, body) -> None:
    answer, _ = sent(kind, request_)
    assert (answer.status, answer.body) == (status, body)


@pytest.mark.parametrize(
    ("request_", "body", "entry"), [(MWS, LIST, b"<ReportInfo>"), (SP_API, JSON_LIST, b"reportId")]
)
def test_changed_entries_of_a_list(request_, body, entry) -> None:
    doubled, _ = sent(FaultKind.DUPLICATE_ENTRIES, request_, body)
    assert doubled.body.count(entry) == 2 * body.count(entry)
    assert doubled.headers["Content-Length"] == str(len(doubled.body))
    reordered, _ = sent(FaultKind.REORDERED_ENTRIES, request_, body)
    assert sorted(reordered.body) == sorted(body if request_ is MWS else reordered.body)
    assert reordered.body.count(entry) == body.count(entry)


def test_only_document_faults_change_a_document() -> None:
    request = Request("POST", "/", {}, {"Action": "GetReport"})
    answer, _ = sent(FaultKind.EMPTY_ANSWER, request)
    assert answer.body == LIST


@pytest.mark.parametrize(
    ("request_", "name"),
    [
        (MWS, "GetReportList"),
        (SP_API, "getReports"),
        (Request("POST", "/auth/o2/token", {}, {}), "login"),
        (Request("GET", "/NinetyDays/amzn1.spdoc", {}, {}), "document"),
        (Request("GET", "/nowhere", {}, {}), "/nowhere"),
    ],
)
def test_the_subject_of_a_call(request_, name) -> None:
    assert operation_name(request_) == name


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (FaultKind.RESET, requests.ConnectionError),
        (FaultKind.TLS_FAILURE, requests.exceptions.SSLError),
        (FaultKind.STALL, requests.ReadTimeout),
    ],
)
def test_the_adapter_raises_the_errors_of_a_connection(harness, kind, error) -> None:
    harness.strike(Fault(kind))
    adapter = adapter_of(harness)
    before = harness.clock.now()
    request = requests.Request("POST", "https://mws.amazonservices.com/", data="Action=x")
    with pytest.raises(error):
        adapter.send(request.prepare())
    waited = harness.clock.now() - before
    assert (waited >= timedelta(minutes=1)) == (kind is FaultKind.STALL)


def adapter_of(harness):
    from tap_mws_reports.sandbox.adapter import SandboxAdapter  # noqa: PLC0415

    return SandboxAdapter(harness.amazon, harness.clock)


@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.DNS_FAILURE,
        FaultKind.LOST_ANSWER,
        FaultKind.SLOW,
        FaultKind.BARE_THROTTLE,
        FaultKind.UNKNOWN_FIELDS,
        FaultKind.DUPLICATE_ENTRIES,
        FaultKind.REORDERED_ENTRIES,
        FaultKind.SMALL_PAGES,
        FaultKind.FOREIGN,
        FaultKind.LATE,
    ],
    ids=lambda kind: kind.value,
)
def test_the_tap_tolerates_each_fault(make_harness, whole_run, kind) -> None:
    report = {"type": ORDERS, "window_days": 8}
    since = "2020-05-29T00:00:00Z"
    output = make_harness(Fault(kind, times=2)).run(report, start_date=since)
    stream = "flat_file_all_orders_data_by_last_update"
    assert not output.failures
    assert {row["amazon_order_id"] for row in output.records(stream)} == {
        row["amazon_order_id"] for row in whole_run(report, start_date=since).records(stream)
    }
