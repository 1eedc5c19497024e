from __future__ import annotations

import json

import pytest

from tap_mws_reports.api.sp_api.operations import NOTIFICATIONS_SCOPE
from tap_mws_reports.sandbox.faults import Fault, FaultKind
from tap_mws_reports.sandbox.sandbox_sellers import SELLERS

GRANTLESS = {
    "grant_type": "client_credentials",
    "refresh_token": None,
    "scope": NOTIFICATIONS_SCOPE,
}


def test_a_refresh_token_is_good_for_an_hour_of_access(client) -> None:
    answer = json.loads(client.login().body)
    assert answer.pop("access_token").startswith("Atza|")
    assert answer == {
        "token_type": "bearer",
        "expires_in": 3600,
        "refresh_token": SELLERS["NA"].refresh_token,
    }


def test_an_application_gets_access_in_its_own_name(client) -> None:
    answer = json.loads(client.login(**GRANTLESS).body)
    assert answer.keys() == {"access_token", "token_type", "expires_in"}


@pytest.mark.parametrize(
    ("changes", "status", "error", "words"),
    [
        ({"client_id": "stranger"}, 401, "invalid_client", "Client authentication failed"),
        ({"client_secret": "wrong"}, 401, "invalid_client", "Client authentication failed"),
        ({"client_secret": None}, 400, "invalid_request", "client_secret"),
        ({"grant_type": None}, 400, "invalid_request", "grant_type"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", "not supported"),
        ({"grant_type": "authorization_code", "code": "x"}, 400, "invalid_grant", ": code"),
        ({"refresh_token": "Atzr|other"}, 400, "invalid_grant", ": refresh_token"),
        ({"refresh_token": None}, 400, "invalid_request", "refresh_token"),
        ({"scope": NOTIFICATIONS_SCOPE}, 400, "invalid_request", "Malformed request"),
        ({**GRANTLESS, "scope": "profile"}, 400, "invalid_scope", "scope"),
        ({**GRANTLESS, "scope": None}, 400, "invalid_request", "scope"),
        ({**GRANTLESS, "refresh_token": "x"}, 400, "invalid_request", "Malformed request"),
    ],
)
def test_what_is_not_in_order_is_refused(client, changes, status, error, words) -> None:
    response = client.login(**changes)
    answer = json.loads(response.body)
    assert (response.status, answer["error"]) == (status, error)
    assert words in answer["error_description"]


@pytest.mark.parametrize(
    ("method", "headers"),
    [("GET", {}), ("POST", {"content-type": "application/json"})],
)
def test_only_a_form_is_read(client, method, headers) -> None:
    response = client.send(method, "/auth/o2/token", body=b"{}", headers=headers)
    assert (response.status, json.loads(response.body)["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("fault", "status", "error"),
    [
        (Fault(FaultKind.ACCESS_REVOKED, SELLERS["NA"].seller_id), 400, "invalid_grant"),
        (Fault(FaultKind.HTTP_500, "login"), 500, "server_error"),
        (Fault(FaultKind.HTTP_503, "login"), 503, "temporarily_unavailable"),
    ],
)
def test_a_fault_strikes_once(open_client, fault, status, error) -> None:
    client = open_client(fault)
    response = client.login()
    assert (response.status, json.loads(response.body)["error"]) == (status, error)
    assert client.login().status == 200
