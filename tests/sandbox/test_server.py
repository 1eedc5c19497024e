"""The sandbox's server, called by the plainest client there is."""

from __future__ import annotations

import http.client
import logging
import socket
from urllib.parse import urlencode

import pytest

from tap_mws_reports.api.clock import SystemClock
from tap_mws_reports.api.mws import signing
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.faults import Fault, FaultKind
from tap_mws_reports.sandbox.sandbox_sellers import APPLICATION, SELLERS
from tap_mws_reports.sandbox.server import HOST, bind, served

REPORTS = "/reports/2021-06-30/reports"


def call(
    connection: http.client.HTTPConnection, method: str, path: str
) -> http.client.HTTPResponse:
    """Send a request without a body and without a User-Agent."""
    connection.request(method, path)
    answer = connection.getresponse()
    answer.read()
    return answer


def test_a_missing_user_agent_is_named_once(port, caplog) -> None:
    connection = http.client.HTTPConnection(HOST, port)
    with caplog.at_level(logging.WARNING, logger="tap_mws_reports.sandbox.server"):
        # A document's address is opened by any program.
        call(connection, "GET", "/NinetyDays/some")
        assert caplog.messages == []
        for path in (REPORTS, "/Reports/2009-01-01"):
            call(connection, "GET", path)
    connection.close()
    (message,) = caplog.messages
    assert message.startswith(f"GET {REPORTS} came without a User-Agent header")


def test_a_named_client_is_answered_without_a_warning(port, caplog) -> None:
    connection = http.client.HTTPConnection(HOST, port)
    with caplog.at_level(logging.WARNING, logger="tap_mws_reports.sandbox.server"):
        connection.request("GET", REPORTS, headers={"User-Agent": "Test/1.0"})
        connection.getresponse().read()
    connection.close()
    assert caplog.messages == []


LOGIN = {
    "grant_type": "refresh_token",
    "refresh_token": SELLERS["NA"].refresh_token,
    "client_id": APPLICATION.client_id,
    "client_secret": APPLICATION.client_secret,
}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/Reports/2009-01-01", 400),
        ("GET", "/Unknown/2009-01-01", 404),
        ("GET", REPORTS, 403),
        ("DELETE", f"{REPORTS}/1", 403),
        ("PATCH", REPORTS, 405),
        ("OPTIONS", "/orders/v0/orders", 404),
        ("HEAD", "/orders/v0/orders", 404),
        ("GET", "/NinetyDays/some", 403),
        ("POST", "/auth/o2/token", 400),
    ],
)
def test_two_requests_share_a_connection(port, method, path, status) -> None:
    connection = http.client.HTTPConnection(HOST, port)
    for _ in range(2):
        answer = call(connection, method, path)
        assert answer.status == status
        assert answer.headers["Content-Length"].isdigit()
        assert answer.headers["Connection"] == "keep-alive"
        local_port = connection.sock.getsockname()[1]
        connection.auto_open = False
    assert connection.sock.getsockname()[1] == local_port
    connection.close()


def test_a_body_is_read_completely(port) -> None:
    connection = http.client.HTTPConnection(HOST, port)
    text = urlencode(LOGIN).encode()
    for chunked, body in [(False, text), (True, [text[:20], text[20:]]), (False, text)]:
        connection.request("POST", "/auth/o2/token", body, FORM, encode_chunked=chunked)
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        answer.read()
        connection.auto_open = False
    connection.close()


@pytest.mark.parametrize(
    "head", [b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n"]
)
def test_a_connection_is_closed_when_the_client_requests_it(port, head) -> None:
    with socket.create_connection((HOST, port), timeout=10) as connection:
        connection.sendall(head)
        answer = b"".join(iter(lambda: connection.recv(1000), b""))
    assert b"\r\nConnection: close\r\n" in answer


def test_a_connection_is_closed_after_a_truncated_body() -> None:
    clock = SystemClock()
    amazon = Amazon(clock.now(), faults=[Fault(FaultKind.SHORT_BODY)])
    account = amazon.accounts["NA"]
    account.advance(clock.now())
    report = next(account.reports)
    with served(amazon, clock) as address:
        server_port = int(address.rpartition(":")[2])
        seller = SELLERS["NA"]
        params = signing.signed(
            {"Action": "GetReport", "Version": "2009-01-01", "ReportId": report.report_id},
            credentials=signing.Credentials(
                seller.seller_id, seller.access_key_id, seller.secret_access_key
            ),
            verb="POST",
            host=f"{HOST}:{server_port}",
            path="/Reports/2009-01-01",
            now=clock.now(),
        )
        connection = http.client.HTTPConnection(HOST, server_port, timeout=10)
        connection.request("POST", "/Reports/2009-01-01", urlencode(params), FORM)
        answer = connection.getresponse()
        assert answer.status == 200
        with pytest.raises(http.client.IncompleteRead):
            answer.read()
        connection.close()


def test_open_connections_are_closed_with_the_server() -> None:
    clock = SystemClock()
    with served(Amazon(clock.now()), clock) as address:
        connection = http.client.HTTPConnection(HOST, int(address.rpartition(":")[2]), timeout=10)
        call(connection, "GET", "/")
    assert connection.sock.recv(1) == b""
    connection.close()


def test_a_port_in_use_is_an_error_that_names_it() -> None:
    clock = SystemClock()
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        number = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"cannot listen on port {number}"):
            bind(Amazon(clock.now()), clock, number)


def test_an_invalid_request_is_logged_without_its_text(port, caplog) -> None:
    with socket.create_connection((HOST, port)) as connection:
        connection.sendall(b"nonsense Signature=secret x\r\n\r\n")
        assert b"400" in connection.recv(1000)
    assert "secret" not in caplog.text
    assert "not an HTTP request" in caplog.text
