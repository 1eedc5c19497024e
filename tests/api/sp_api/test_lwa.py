"""Tokens: when they are requested and renewed, and the errors when there is none."""

from __future__ import annotations

import random
import threading
from dataclasses import replace
from urllib.parse import parse_qs

import pytest

from tap_mws_reports import errors
from tap_mws_reports.api.client_settings import ClientSettings
from tap_mws_reports.api.sp_api.endpoint import Endpoint
from tap_mws_reports.api.sp_api.lwa import CODES, Credentials, LwaTokenProvider
from tap_mws_reports.api.transport import HttpResponse

SECRET = "s3cr3t/+key"
SELLER = Credentials("A2SELLER", "amzn1.app.client", SECRET, "Atzr|refresh")
SCOPE = "sellingpartnerapi::notifications"


@pytest.fixture
def login(clock, transport) -> LwaTokenProvider:
    return LwaTokenProvider(
        ClientSettings(SELLER, Endpoint.of("NA"), transport, clock, random.Random(1))
    )


def test_a_token_is_used_until_shortly_before_its_expiry(login, clock) -> None:
    assert login.token() == login.token() == "Atza|1"
    clock.sleep(55 * 60 - 1)
    assert login.token() == "Atza|1"
    clock.sleep(1)
    assert login.token() == "Atza|2"


def test_a_short_lived_token_is_used_for_half_its_lifetime(
    login, clock, transport, answers
) -> None:
    transport.script["token"] = [answers.token("a", expires_in=60), answers.token("b")]
    assert login.token() == "a"
    clock.sleep(29)
    assert login.token() == "a"
    clock.sleep(1)
    assert login.token() == "b"


def test_a_grantless_token_is_separate(login, transport) -> None:
    assert (login.token(), login.token(SCOPE), login.token(SCOPE)) == ("Atza|1", "Atza|2", "Atza|2")
    assert parse_qs(transport.requests[1].body.decode()) == {
        "grant_type": ["client_credentials"],
        "scope": [SCOPE],
        "client_id": ["amzn1.app.client"],
        "client_secret": [SECRET],
    }


def test_only_the_expired_token_is_dropped(login, transport) -> None:
    first, grantless = login.token(), login.token(SCOPE)
    login.forget(first)
    second = login.token()
    login.forget(first)
    assert (login.token(), login.token(SCOPE)) == (second, grantless)
    assert len(transport.requests) == 3


def test_one_renewal_at_a_time(clock, answers, monkeypatch) -> None:
    requested, answered = threading.Event(), threading.Event()
    # Threads that wait for the renewal would otherwise let the hour of the token pass.
    monkeypatch.setattr(clock, "sleep", lambda _: answered.wait(10))

    class Slow:
        def __init__(self) -> None:
            self.calls = 0

        def send(self, request) -> HttpResponse:
            self.calls += 1
            requested.set()
            assert answered.wait(10)
            return answers.token(f"Atza|{self.calls}")

    slow = Slow()
    login = LwaTokenProvider(
        ClientSettings(SELLER, Endpoint.of("NA"), slow, clock, random.Random(1))
    )
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(login.token())) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert requested.wait(10)
    answered.set()
    for thread in threads:
        thread.join()
    assert found == ["Atza|1"] * 4
    assert slow.calls == 1


REFUSALS = [
    (400, "invalid_grant", errors.CredentialsError, "the seller has revoked it"),
    (401, "invalid_grant", errors.CredentialsError, "refresh_token"),
    (401, "invalid_client", errors.CredentialsError, "lwa_client_secret"),
    (400, "unauthorized_client", errors.CredentialsError, "lwa_client_id"),
    (400, "invalid_scope", errors.CredentialsError, "notifications"),
    (400, "invalid_request", errors.CredentialsError, "cut off"),
    (403, "access_denied", errors.CredentialsError, "authorise the application again"),
    (500, "server_error", errors.ServiceUnavailable, "later"),
    (503, "temporarily_unavailable", errors.ServiceUnavailable, "later"),
    (400, "never_heard_of", errors.HostUnreachable, "check endpoint_url"),
    (502, "", errors.ServiceUnavailable, "later"),
]


@pytest.mark.parametrize(("status", "code", "kind", "hint"), REFUSALS)
def test_every_error_code(login, transport, status, code, kind, hint) -> None:
    words = f"The request has an invalid grant parameter : refresh_token Atzr|refresh {SECRET}"
    body = f'{{"error": "{code}", "error_description": "{words}"}}'.encode()
    transport.script["token"] = [HttpResponse(status, {}, body)]
    with pytest.raises(kind) as caught:
        login.token()
    assert hint in caught.value.hint
    assert caught.value.amazon_code == code
    assert "invalid grant parameter : refresh_token (hidden) (hidden)" in caught.value.what
    assert caught.value.where == "seller A2SELLER, api.amazon.com, Login with Amazon"


def test_every_code_is_reported() -> None:
    assert CODES.keys() <= {code for _, code, _, _ in REFUSALS}


def test_a_server_error_is_retried(login, transport, answers) -> None:
    transport.script["token"] = [
        HttpResponse(500, {}, b""),
        errors.ConnectionBroken("api.amazon.com: reset"),
        HttpResponse(429, {}, b""),
        answers.token(),
    ]
    assert login.token() == "Atza|1"


def test_no_response_is_an_error(login, transport) -> None:
    transport.script["token"] = [errors.ConnectionBroken("api.amazon.com: reset")]
    with pytest.raises(errors.HostUnreachable, match="at every attempt"):
        login.token()


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Sign in</html>",
        b"[]",
        b"{}",
        b'{"access_token": "Atza|x"}',
        b'{"access_token": "Atza|x", "expires_in": "soon"}',
        b'{"access_token": "Atza|x", "expires_in": 1e300}',
        b'{"access_token": "", "expires_in": 3600}',
        b'{"access_token": "Atza|x\\r\\nHost: evil", "expires_in": 3600}',
        "{'access_token': 'é'}".encode(),
        b"[" * 100_000,
    ],
)
def test_an_invalid_token_response_is_an_error(login, transport, body: bytes) -> None:
    transport.script["token"] = [HttpResponse(200, {}, body)]
    with pytest.raises(errors.HostUnreachable, match="no access token") as caught:
        login.token()
    assert "Atza" not in f"{caught.value!r}{caught.value.__cause__!r}"


def test_a_redirect_is_not_followed(login, transport) -> None:
    transport.script["token"] = [HttpResponse(307, {"location": "https://evil.example"}, b"")]
    with pytest.raises(errors.HostUnreachable, match="HTTP 307"):
        login.token()
    assert len(transport.requests) == 1


def test_client_settings_hide_secrets() -> None:
    assert repr(SELLER) == "Credentials(seller_id='A2SELLER')"
    assert SECRET not in repr(replace(SELLER, refresh_token="x"))


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        "s3cr3t%2F%2Bkey",
        "Atzr|refresh",
        "amzn1.app.client",
        "Atza|IwEBIexample-x_y.z==",
        "Atz.sprdt|AYABexample",
        "Atc|MQEW",
        "X-Amz-Signature=0f3c",
        "X-Amz-Credential=AKIA%2F20240310",
    ],
)
def test_redacted_texts(text: str) -> None:
    assert SELLER.redact(f"<{text}>") == "<(hidden)>"


@pytest.mark.parametrize("text", ["", "A2SELLER", "Atlas|x", "amzn1.spdoc.1.4.na.1"])
def test_texts_that_are_not_redacted(text: str) -> None:
    assert SELLER.redact(text) == text
