"""The sandbox as a server on a local port."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from werkzeug import Request as WsgiRequest
from werkzeug import Response as WsgiResponse
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.http import Request
from tap_mws_reports.sandbox.notification_outbox import NotificationSender
from tap_mws_reports.sandbox.sp_api import documents

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HOST = "127.0.0.1"

_POLLS = 0.01  # seconds between checks whether to stop

logger = logging.getLogger(__name__)


class _Handler(WSGIRequestHandler):
    """Keeps connections alive; the application logs, because it knows what to hide."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing here: the request line may hold a signature."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - its name there
        """Log messages of werkzeug."""
        logger.warning(message, *args)


class Application:
    """The sandbox as a WSGI application; requests are answered one at a time."""

    def __init__(self, amazon: Amazon, clock: Clock) -> None:
        self._amazon = amazon
        self._clock = clock
        self._turn = threading.Lock()
        self._postman = NotificationSender()
        self._warned = False

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        came = WsgiRequest(environ)
        request = Request.read(
            came.method,
            came.path,
            came.query_string.decode("latin-1"),
            dict(came.headers),
            came.get_data(),
        )
        self._check_user_agent(request)
        with self._turn:
            answer = self._amazon.handle(request, self._clock.now())
        logger.info(
            "%s %s %s -> %d, %d bytes",
            request.method,
            request.path,
            request.params.get("Action", "-"),
            answer.status,
            len(answer.body),
        )
        response = WsgiResponse(answer.body, answer.status, dict(answer.headers))
        response.automatically_set_content_length = False
        return response(environ, start_response)

    def _check_user_agent(self, request: Request) -> None:
        """Warn, once, of a client that does not say which it is; both services ask for that."""
        is_told = bool(request.headers.get("user-agent")) or request.path.startswith(documents.PATH)
        if not is_told and not self._warned:
            self._warned = True
            logger.warning(
                "%s %s came without a User-Agent header, which Amazon asks every client to send; "
                "this is said once",
                request.method,
                request.path,
            )

    def send_notifications(self) -> None:
        """Send what has become due; called again and again while the server waits."""
        with self._turn:
            letters = self._amazon.outgoing(self._clock.now())
        self._postman.post(letters)


def bind(amazon: Amazon, clock: Clock, port: int) -> BaseWSGIServer:
    """Return a server that listens on a port of the loopback interface; 0 chooses a free one.

    Raises:
        SystemExit: the port is taken; werkzeug has said so on stderr.
    """
    application = Application(amazon, clock)
    server = make_server(HOST, port, application, threaded=True, request_handler=_Handler)
    server.service_actions = application.send_notifications  # type: ignore[method-assign]
    return server


@contextmanager
def served(amazon: Amazon, clock: Clock) -> Iterator[str]:
    """Serve on a free port by a thread of its own while the context lasts; yield the address."""
    server = bind(amazon, clock, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": _POLLS})
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
