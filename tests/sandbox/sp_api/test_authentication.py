from __future__ import annotations

import pytest

from tap_mws_reports.sandbox.faults import Fault, FaultKind

LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
DENIED = (403, "Unauthorized", "Access to requested resource is denied.")
LIST_FILTER = {"reportTypes": [LISTINGS]}
ENDED = (*DENIED, "The access token you provided has expired.")


def test_a_token_expires_after_an_hour(client) -> None:
    token = client.token()
    client.wait(seconds=3599)
    assert client.call("getReports", token, **LIST_FILTER).status == 200
    client.wait(seconds=1)
    assert client.refused("getReports", token=token, **LIST_FILTER) == ENDED


@pytest.mark.parametrize(
    "token", ["Atza|bm9ib2R5IHdyb3RlIHRoaXMgb25l", "Atza|%", "bearer", "Atza|é"]
)
def test_an_unknown_token_is_refused(client, token) -> None:
    words = "The access token you provided is revoked, malformed or invalid."
    assert client.refused("getReports", token=token, **LIST_FILTER) == (*DENIED, words)


def test_a_changed_token_is_refused(client) -> None:
    token = client.token()
    changed = token[:-8] + ("A" if token[-8] != "A" else "B") + token[-7:]
    assert client.refused("getReports", token=changed, **LIST_FILTER)[0] == 403


def test_a_call_without_a_token_is_refused(client) -> None:
    client.headers = {}
    response = client.send("GET", "/reports/2021-06-30/reports", f"reportTypes={LISTINGS}")
    assert response.status == 403
    assert b"Access token is missing" in response.body


def test_a_token_is_valid_in_its_own_region_only(client) -> None:
    token = client.token()
    client.region = "EU"
    assert client.refused("getReports", token=token, **LIST_FILTER) == (*DENIED, "")


def test_every_token_is_valid_at_a_host_without_region(client) -> None:
    client.headers = {"host": "127.0.0.1:8080"}
    for client.region in ("NA", "EU", "FE"):
        assert client.call("getReports", **LIST_FILTER).status == 200


@pytest.mark.parametrize(
    ("name", "values", "grantless"),
    [("getReports", LIST_FILTER, True), ("getDestinations", {}, False)],
)
def test_a_token_is_for_a_seller_or_grantless(client, name, values, grantless) -> None:
    token = client.token(grantless=grantless)
    assert client.refused(name, token=token, **values) == (*DENIED, "")


@pytest.mark.parametrize(("agent", "status"), [("", 200), ("x" * 500, 200), ("x" * 501, 400)])
def test_a_user_agent_may_be_missing_but_not_too_long(client, agent, status) -> None:
    client.headers = {"user-agent": agent}
    assert client.call("getReports", **LIST_FILTER).status == status


def test_a_token_can_expire_early(open_client) -> None:
    client = open_client(Fault(FaultKind.ACCESS_ENDED, "getReports"))
    assert client.refused("getReports", **LIST_FILTER) == ENDED
    assert client.call("getReports", **LIST_FILTER).status == 200
