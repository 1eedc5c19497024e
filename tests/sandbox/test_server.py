"""The sandbox's server, called by the plainest client there is."""

from __future__ import annotations

import http.client
import logging

from tap_mws_reports.sandbox.server import HOST

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
