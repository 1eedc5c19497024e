from __future__ import annotations

import base64
import json

import pytest

from tap_mws_reports.api.sp_api.operations import NOTIFICATIONS_SCOPE
from tap_mws_reports.sandbox.faults import Fault, FaultKind
from tap_mws_reports.sandbox.sandbox_sellers import APPLICATION, SELLERS

GRANTLESS = {
    "grant_type": "client_credentials",
    "refresh_token": None,
    "scope": NOTIFICATIONS_SCOPE,
}


def test_a_refresh_token_gives_access_for_an_hour(client) -> None:
    answer = json.loads(client.login().body)
    assert answer.pop("access_token").startswith("Atza|")
    assert answer == {
        "token_type": "bearer",
        "expires_in": 3600,
        "refresh_token": SELLERS["NA"].refresh_token,
    }


def test_an_application_gets_a_grantless_token(client) -> None:
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
def test_invalid_calls_are_refused(client, changes, status, error, words) -> None:
    response = client.login(**changes)
    answer = json.loads(response.body)
    assert (response.status, answer["error"]) == (status, error)
    assert words in answer["error_description"]


JSON = {"content-type": "application/json; charset=utf-8"}
REFRESH = {"grant_type": "refresh_token", "refresh_token": SELLERS["NA"].refresh_token}
IDENTITY = {"client_id": APPLICATION.client_id, "client_secret": APPLICATION.client_secret}


def basic(credentials: str) -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(credentials.encode()).decode()}"}


RIGHT = f"{APPLICATION.client_id}:{APPLICATION.client_secret}"


@pytest.mark.parametrize(
    ("body", "headers", "answer"),
    [
        ({**REFRESH, **IDENTITY}, {}, (200, None)),
        (REFRESH, basic(RIGHT), (200, None)),
        # A body that names the application goes before the header.
        ({**REFRESH, **IDENTITY}, basic("stranger:wrong"), (200, None)),
        ({**REFRESH, **IDENTITY}, {"authorization": "AWS4-HMAC-SHA256 a=b"}, (200, None)),
        (REFRESH, basic("stranger:wrong"), (401, "invalid_client")),
        (REFRESH, basic("without a colon"), (400, "invalid_request")),
        (REFRESH, {"authorization": "Basic ?"}, (401, "invalid_client")),
        (REFRESH, {}, (400, "invalid_request")),
        ({**REFRESH, **IDENTITY, "refresh_token": "Atzr|other"}, {}, (400, "invalid_grant")),
        ({**REFRESH, **IDENTITY, "refresh_token": 1}, {}, (400, "invalid_request")),
        ([], {}, (400, "invalid_request")),
    ],
)
def test_json_bodies_and_basic_authentication_are_accepted(client, body, headers, answer) -> None:
    text = json.dumps(body).encode()
    response = client.send("POST", "/auth/o2/token", body=text, headers={**JSON, **headers})
    assert (response.status, json.loads(response.body).get("error")) == answer


@pytest.mark.parametrize(
    ("method", "headers", "body"),
    [
        ("GET", {}, b"{}"),
        ("POST", JSON, b"{"),
        ("POST", {"content-type": "text/plain"}, b"{}"),
        ("POST", {"content-type": ""}, b"{}"),
    ],
)
def test_other_methods_and_bodies_are_refused(client, method, headers, body) -> None:
    response = client.send(method, "/auth/o2/token", body=body, headers=headers)
    assert (response.status, json.loads(response.body)["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("fault", "status", "error"),
    [
        (Fault(FaultKind.ACCESS_REVOKED, SELLERS["NA"].seller_id), 400, "invalid_grant"),
        (Fault(FaultKind.HTTP_500, "login"), 500, "server_error"),
        (Fault(FaultKind.HTTP_503, "login"), 503, "temporarily_unavailable"),
    ],
)
def test_a_fault_occurs_once(open_client, fault, status, error) -> None:
    client = open_client(fault)
    response = client.login()
    assert (response.status, json.loads(response.body)["error"]) == (status, error)
    assert client.login().status == 200
