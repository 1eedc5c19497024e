"""The sandbox as a server on a local port."""

from __future__ import annotations

import logging
import socket
import ssl
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from urllib.parse import unquote

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.sandbox import events
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.http import ConnectionFailure, Request, Response
from tap_mws_reports.sandbox.notification_outbox import NotificationSender
from tap_mws_reports.sandbox.sp_api import documents

HOST = "127.0.0.1"

_RESET = struct.pack("ii", 1, 0)
"""The option SO_LINGER by which closing a connection resets it."""

_POLLS = 0.01  # seconds between checks whether to stop

logger = logging.getLogger(__name__)


class Application:
    """The sandbox and its clock; requests are answered one at a time."""

    def __init__(self, amazon: Amazon, clock: Clock) -> None:
        self._amazon = amazon
        self._clock = clock
        self._turn = threading.Lock()
        self._postman = NotificationSender()
        self._warned = False

    def answer(self, request: Request) -> Response:
        """Answer one request."""
        with self._turn:
            now = self._clock.now()
            if events.is_event(request):
                return events.handle(self._amazon, request, now)
            self._check_user_agent(request)
            answer = self._amazon.handle(request, now)
        logger.info(
            "%s %s %s -> %d, %d bytes",
            request.method,
            request.path,
            request.params.get("Action", "-"),
            answer.status,
            len(answer.body),
        )
        return answer

    def _check_user_agent(self, request: Request) -> None:
        """Warn, once, about a client without a User-Agent; both services require one."""
        is_named = bool(request.headers.get("user-agent")) or request.path.startswith(
            documents.PATH
        )
        if not is_named and not self._warned:
            self._warned = True
            logger.warning(
                "%s %s came without a User-Agent header, which Amazon asks every client to send; "
                "this is logged once",
                request.method,
                request.path,
            )

    def wait(self, seconds: float) -> None:
        """Wait for the delay of an answer."""
        self._clock.sleep(seconds)

    def send_notifications(self) -> None:
        """Send the due notifications; called repeatedly while the server waits."""
        with self._turn:
            letters = self._amazon.outgoing(self._clock.now())
        self._postman.post(letters)


class _Handler(BaseHTTPRequestHandler):
    """Reads requests and writes answers; connections are kept alive as in HTTP/1.1."""

    protocol_version = "HTTP/1.1"
    # Head and body are two packets; the second must not wait for the receipt of the first.
    disable_nagle_algorithm = True
    server: SandboxServer

    def _answer(self) -> None:
        path, _, query = self.path.partition("?")
        is_chunked = "chunked" in self.headers.get("Transfer-Encoding", "").lower()
        length = int(self.headers.get("Content-Length", 0))
        body = _read_chunks(self.rfile) if is_chunked else self.rfile.read(length)
        headers = dict(self.headers.items())
        request = Request.read(
            self.command, unquote(path), query, headers, body, self.server.scheme
        )
        self._write(self.server.application.answer(request))

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Return the handler of an HTTP method; the sandbox answers every method."""
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _break(self, answer: Response) -> None:
        """End the connection without an answer, as a failing network does."""
        if answer.failure is ConnectionFailure.STALL:
            self.rfile.read(1)  # until the client's timeout
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.close_connection = True

    def _write(self, answer: Response) -> None:
        if answer.failure is not None:
            self._break(answer)
            return
        self.server.application.wait(answer.delay)
        headers = {name.lower(): (name, value) for name, value in answer.headers.items()}
        length = str(len(answer.body))
        headers.setdefault("date", ("Date", self.date_time_string()))
        if not answer.unframed:
            headers.setdefault("content-length", ("Content-Length", length))
        _, announced = headers.get("content-length", ("", ""))
        # After a body that ends early only the end of the connection can tell that it has ended.
        self.close_connection = self.close_connection or announced != length
        headers["connection"] = ("Connection", "close" if self.close_connection else "keep-alive")
        self.send_response_only(answer.status)
        for name, value in headers.values():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_error(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Log that the input was not a request, without its text, which may hold a signature."""
        del format
        logger.warning(
            "Answered %s to input that is not an HTTP request", args[0] if args else "nothing"
        )


class SandboxServer(ThreadingHTTPServer):
    """A server that listens on a port of the loopback interface; 0 chooses a free one.

    Raises:
        SettingsError: the port is taken.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, application: Application, port: int, tls: ssl.SSLContext | None = None
    ) -> None:
        self.application = application
        self._tls = tls
        self._connections: set[socket.socket] = set()
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            raise SettingsError(
                f"the sandbox cannot listen on port {port}: {error.strerror}",
                where="--port",
                hint="choose another one, or 0 for any free one",
            ) from error

    @property
    def address(self) -> str:
        """Its scheme, host and port."""
        return f"{self.scheme}://{HOST}:{self.server_port}"

    @property
    def scheme(self) -> str:
        """The scheme of its addresses."""
        return "http" if self._tls is None else "https"

    def service_actions(self) -> None:
        """Send notifications that have become due."""
        self.application.send_notifications()

    def get_request(self) -> tuple[socket.socket, object]:
        """Accept a connection; the thread that serves it shakes hands."""
        connection, address = super().get_request()
        if self._tls is not None:
            connection = self._tls.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        self._connections.add(connection)
        return connection, address

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Close a connection."""
        if isinstance(request, socket.socket):
            self._connections.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Stop listening, and end the connections that clients keep open."""
        super().server_close()
        for connection in list(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """Log the error of a request; a client that has disconnected is not an error."""
        del request, client_address
        error = sys.exception()
        if isinstance(error, ssl.SSLError):
            logger.warning(
                "A client does not trust the certificate, or does not use TLS: %s", error
            )
        elif not isinstance(error, ConnectionError):
            logger.error("A request could not be answered", exc_info=error)


def bind(
    amazon: Amazon, clock: Clock, port: int, tls: ssl.SSLContext | None = None
) -> SandboxServer:
    """Return a server that listens on a port of the loopback interface; 0 chooses a free one.

    It speaks plain HTTP without ``tls``.

    Raises:
        SettingsError: the port is taken.
    """
    return SandboxServer(Application(amazon, clock), port, tls)


@contextmanager
def served(amazon: Amazon, clock: Clock, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve on a free port in a thread while the context lasts; yield the address."""
    server = bind(amazon, clock, 0, tls)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": _POLLS})
    thread.start()
    try:
        yield server.address
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _read_chunks(source: BufferedIOBase) -> bytes:
    """Read a body in chunks to its end, so that the next request of the connection follows."""
    chunks = []
    while size := int(source.readline().split(b";")[0], 16):
        chunks.append(source.read(size))
        source.readline()
    # Trailers, and the empty line after them.
    while source.readline().strip():
        pass
    return b"".join(chunks)
