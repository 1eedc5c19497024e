from __future__ import annotations

import logging
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tap_mws_reports.api.transport import HttpRequest, HttpTransport, redact_queries


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://a.example/b?X-Amz-Signature=abc", "https://a.example/b?..."),
        ("Cannot reach '/b?c=d&e=f', sorry", "Cannot reach '/b?...', sorry"),
        ("twice /a?b and /c?d", "twice /a?... and /c?..."),
        ("Why not? Nobody knows.", "Why not? Nobody knows."),
        ("", ""),
    ],
)
def test_the_query_of_a_url_is_removed(text, expected) -> None:
    assert redact_queries(text) == expected


class Silent(BaseHTTPRequestHandler):
    """Answers anything, and logs nothing."""

    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_no_query_is_logged_by_the_library_of_the_connections(caplog) -> None:
    server = HTTPServer(("127.0.0.1", 0), Silent)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/document?X-Amz-Signature=abcdef"
    with caplog.at_level(logging.DEBUG):
        HttpTransport().send(HttpRequest("GET", address, {}))
    thread.join()
    server.server_close()
    assert "/document?..." in caplog.text
    assert "abcdef" not in caplog.text
