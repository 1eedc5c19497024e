"""The HTTP transport, against a local host that misbehaves by path."""

from __future__ import annotations

import gzip
import hashlib
import os
import socket
import threading
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from tap_mws_reports import errors
from tap_mws_reports.api import transport as door
from tap_mws_reports.api.transport import HttpRequest, HttpTransport

BIG = 40 * 1024**2


class Host(BaseHTTPRequestHandler):
    """Answers by path and echoes what it was sent."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        getattr(self, f"_{self.path.strip('/')}")(body)

    def _echo(self, body: bytes) -> None:
        self._answer(200, body, {name: self.headers[name] for name in self.headers})

    def _refuse(self, body: bytes) -> None:
        self._answer(400, b"refused " + body, {})

    def _redirect(self, _: bytes) -> None:
        self._answer(302, b"", {"Location": "/echo"})

    def _short(self, _: bytes) -> None:
        self._answer(200, b"half", {"Content-Length": "8", "Connection": "close"})
        self.close_connection = True

    def _chunked(self, body: bytes) -> None:
        self._chunks(body, end=b"0\r\n\r\n")

    def _chunked_short(self, body: bytes) -> None:
        self._chunks(body, end=b"")

    def _chunks(self, body: bytes, end: bytes) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"%x\r\n%s\r\n%s" % (len(body), body, end))
        self.close_connection = True

    def _unframed(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def _packed(self, body: bytes) -> None:
        self._answer(200, gzip.compress(body), {"Content-Encoding": "gzip"})

    def _called_packed(self, body: bytes) -> None:
        self._answer(200, body, {"Content-Encoding": "gzip"})

    def _mute(self, _: bytes) -> None:
        self.close_connection = True

    def _big(self, _: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(BIG))
        self.end_headers()
        for _ in range(BIG // 2**20):
            self.wfile.write(bytes(2**20))

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, text in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(f"X-Sent-{name}" if headers and self.path == "/echo" else name, text)
        if self.path == "/echo":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def transport() -> Iterator[HttpTransport]:
    with requests.Session() as session:
        yield HttpTransport(session)


def post(url: str, body: bytes = b"a=b") -> HttpRequest:
    return HttpRequest("POST", url, {"User-Agent": "a tap"}, body)


def test_a_request_arrives_unchanged(host: str, transport: HttpTransport) -> None:
    answer = transport.send(post(f"{host}/echo"))
    assert (answer.status, answer.body) == (200, b"a=b")
    assert answer.headers["x-sent-user-agent"] == "a tap"
    assert answer.headers["x-sent-accept-encoding"] == "identity"
    assert answer.headers["x-sent-host"] == host.removeprefix("http://")


def test_any_status_is_a_response(host: str, transport: HttpTransport, tmp_path: Path) -> None:
    path = tmp_path / "report"
    for answer in (
        transport.send(post(f"{host}/refuse")),
        transport.stream(post(f"{host}/refuse"), path),
    ):
        assert (answer.status, answer.body, answer.saved) == (400, b"refused a=b", None)
    assert not path.exists()


def test_a_document_is_written_to_a_file(
    host: str, transport: HttpTransport, tmp_path: Path
) -> None:
    path = tmp_path / "report"
    before = os.umask(0)
    try:
        answer = transport.stream(post(f"{host}/echo", b"line\n" * 100_000), path)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o077 == 0
    assert answer.body == b""
    assert answer.saved is not None
    assert path.read_bytes() == b"line\n" * 100_000
    assert answer.saved.size == 500_000
    assert answer.saved.md5 == hashlib.md5(path.read_bytes(), usedforsecurity=False).digest()


@pytest.mark.parametrize("untouched", [False, True])
def test_compressed_bodies_stay_compressed_on_demand_only(
    host: str, transport: HttpTransport, tmp_path: Path, *, untouched: bool
) -> None:
    request = replace(post(f"{host}/packed", b"lines"), untouched=untouched)
    saved = transport.stream(request, tmp_path / "report").saved
    found = (tmp_path / "report").read_bytes()
    assert saved is not None
    assert saved.unpacked != untouched
    assert (gzip.decompress(found) if untouched else found) == b"lines"


def test_a_body_with_a_wrong_content_encoding_arrives(
    host: str, transport: HttpTransport, tmp_path: Path
) -> None:
    request = replace(post(f"{host}/called_packed", b"lines"), untouched=True)
    transport.stream(request, tmp_path / "report")
    assert (tmp_path / "report").read_bytes() == b"lines"


def test_truncated_raw_bytes_are_reported(
    host: str, transport: HttpTransport, tmp_path: Path
) -> None:
    request = replace(post(f"{host}/short"), untouched=True)
    with pytest.raises(errors.DocumentDamaged, match="broke off after 4 bytes"):
        transport.stream(request, tmp_path / "report")


@pytest.mark.parametrize("untouched", [False, True])
@pytest.mark.parametrize(
    ("path", "framed"), [("echo", True), ("chunked", True), ("unframed", False)]
)
def test_the_framing_of_a_body_is_recorded(
    host: str, transport: HttpTransport, tmp_path: Path, path: str, *, framed: bool, untouched: bool
) -> None:
    request = replace(post(f"{host}/{path}", b"lines"), untouched=untouched)
    saved = transport.stream(request, tmp_path / "report").saved
    assert saved is not None
    assert (saved.size, saved.framed) == (5, framed)


@pytest.mark.parametrize("untouched", [False, True])
def test_a_missing_last_chunk_is_detected(
    host: str, transport: HttpTransport, tmp_path: Path, *, untouched: bool
) -> None:
    request = replace(post(f"{host}/chunked_short", b"lines"), untouched=untouched)
    with pytest.raises(errors.DocumentDamaged, match="broke off after 5 bytes"):
        transport.stream(request, tmp_path / "report")


def test_memory_does_not_grow_with_the_document(
    host: str, transport: HttpTransport, tmp_path: Path
) -> None:
    tracemalloc.start()
    try:
        answer = transport.stream(post(f"{host}/big"), tmp_path / "report")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer.saved is not None
    assert answer.saved.size == BIG
    assert peak < 8 * 1024**2


def test_no_redirect_is_followed(host: str, transport: HttpTransport) -> None:
    assert transport.send(post(f"{host}/redirect")).status == 302


def test_a_short_body_is_detected(host: str, transport: HttpTransport, tmp_path: Path) -> None:
    with pytest.raises(errors.ConnectionBroken):
        transport.send(post(f"{host}/short"))
    with pytest.raises(errors.DocumentDamaged, match="broke off after"):
        transport.stream(post(f"{host}/short"), tmp_path / "report")


def test_a_host_without_a_response_is_an_error(host: str, transport: HttpTransport) -> None:
    with pytest.raises(errors.ConnectionBroken, match=r"127\.0\.0\.1: "):
        transport.send(post(f"{host}/mute"))


def test_a_port_without_a_listener_is_an_error(transport: HttpTransport) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/echo"
        with pytest.raises(errors.ConnectionBroken, match=r"127\.0\.0\.1: Connection refused"):
            transport.send(post(url))


@pytest.mark.parametrize("url", ["ftp://h/", "http://", "nonsense"])
def test_invalid_urls_are_refused(transport: HttpTransport, url: str) -> None:
    with pytest.raises(errors.HostUnreachable, match="cannot be called") as caught:
        transport.send(post(url))
    assert "endpoint_url" in caught.value.hint


def test_a_host_without_tls_is_not_retried(host: str, transport: HttpTransport) -> None:
    with pytest.raises(errors.HostUnreachable, match="no secure connection"):
        transport.send(post(f"{host.replace('http', 'https')}/echo"))


def test_local_hosts_are_not_called_through_a_proxy(
    host: str, transport: HttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    assert transport.send(post(f"{host}/echo")).status == 200


def test_no_password_of_a_netrc_is_sent(
    host: str, transport: HttpTransport, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password hunter2\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    assert "x-sent-authorization" not in transport.send(post(f"{host}/echo")).headers


def test_sizes_have_limits(
    host: str, transport: HttpTransport, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(door, "_MAX_ANSWER_BYTES", 2)
    monkeypatch.setattr(door, "_MAX_DOCUMENT_BYTES", 2)
    with pytest.raises(errors.HostUnreachable, match="larger than 2 bytes"):
        transport.send(post(f"{host}/echo"))
    with pytest.raises(errors.UnreadableDocument, match="larger than 2 bytes"):
        transport.stream(post(f"{host}/echo"), tmp_path / "report")
