from __future__ import annotations

import pytest

from tap_mws_reports.api.sp_api.operations import OPERATIONS as TABLE
from tap_mws_reports.sandbox.faults import Fault, FaultKind
from tap_mws_reports.sandbox.sp_api.service import OPERATIONS

LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
LIST_FILTER = {"reportTypes": [LISTINGS]}
QUOTA = (429, "QuotaExceeded", "You exceeded your quota for the requested resource.", "")


def test_every_operation_of_the_table_is_served() -> None:
    assert OPERATIONS.keys() == TABLE.keys()


@pytest.mark.parametrize("name", TABLE)
def test_a_burst_is_accepted_and_the_next_call_after_the_restore_time(client, name) -> None:
    operation = TABLE[name]
    values = dict.fromkeys((each.name for each in operation.parameters if each.required), "x")
    token = client.token(grantless=operation.scope is not None)
    for _ in range(operation.burst):
        assert client.call(name, token, **values).status != 429
    client.wait(seconds=1 / operation.rate, microseconds=-2)
    assert client.refused(name, token=token, **values) == QUOTA
    client.wait(microseconds=2)
    assert client.call(name, token, **values).status != 429


def test_each_seller_has_its_own_quota(client) -> None:
    for client.region in ("NA", "EU"):
        for _ in range(TABLE["getReports"].burst):
            assert client.call("getReports", **LIST_FILTER).status == 200


@pytest.mark.parametrize(
    ("name", "values", "status", "rate"),
    [
        ("getReports", LIST_FILTER, 200, "0.0222"),
        ("getReports", {}, 400, "0.0222"),
        ("getReport", {"reportId": "1"}, 404, "2.0"),
        ("createRestrictedDataToken", {}, 400, "1.0"),
        ("getReports", {**LIST_FILTER, "token": "Atza|none"}, 403, None),
    ],
)
def test_success_and_client_errors_have_the_rate_header(client, name, values, status, rate) -> None:
    response = client.call(name, **values)
    assert response.status == status
    assert response.headers.get("x-amzn-RateLimit-Limit") == rate
    assert len(response.headers["x-amzn-RequestId"]) == 36


def test_every_response_has_its_own_request_id(client) -> None:
    ids = {client.call("getReports", **LIST_FILTER).headers["x-amzn-RequestId"] for _ in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/reports/2021-06-30/feeds", 404),
        ("GET", "/reports/2020-09-04/reports", 404),
        ("GET", "/", 404),
        ("PUT", "/reports/2021-06-30/reports", 405),
    ],
)
def test_unknown_resources_are_not_found(client, method, path, status) -> None:
    response = client.send(method, path)
    assert response.status == status
    assert response.headers.get("Allow") == ("GET, POST" if status == 405 else None)


@pytest.mark.parametrize(
    ("kind", "status"),
    [(FaultKind.THROTTLE, 429), (FaultKind.HTTP_500, 500), (FaultKind.HTTP_503, 503)],
)
def test_a_call_that_fails_once(open_client, kind, status) -> None:
    client = open_client(Fault(kind, "getReports"))
    assert client.refused("getReports", **LIST_FILTER)[0] == status
    assert client.call("getReports", **LIST_FILTER).status == 200


def test_a_response_can_redirect(open_client) -> None:
    client = open_client(Fault(FaultKind.REDIRECT, "getReports"))
    response = client.call("getReports", **LIST_FILTER)
    assert response.status == 307
    assert response.headers["Location"].startswith("https://elsewhere.example/")
    assert client.call("getReports", **LIST_FILTER).status == 200
