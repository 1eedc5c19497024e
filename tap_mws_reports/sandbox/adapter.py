"""An adapter of `requests` that answers from an in-process sandbox, without a connection."""

from __future__ import annotations

import io
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.http import ConnectionFailure, Request, Response


class SandboxAdapter(BaseAdapter):
    """Answers every request from a sandbox, at the clock's time."""

    def __init__(self, amazon: Amazon, clock: Clock) -> None:
        super().__init__()
        self._amazon = amazon
        self._clock = clock
        self._builder = HTTPAdapter()

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002 - as `requests` calls it
        timeout: object = None,
        verify: object = True,  # noqa: FBT002
        cert: object = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Return the sandbox's answer."""
        answer = self._amazon.handle(_read(request), self._clock.now())
        self._clock.sleep(answer.delay)
        if answer.failure is not None:
            raise _FAILURES[answer.failure](answer.failure.value, request=request)
        return self._builder.build_response(request, _written(answer))

    def close(self) -> None:
        """Do nothing: no connection is open."""


_FAILURES: dict[ConnectionFailure, type[requests.RequestException]] = {
    ConnectionFailure.DNS: requests.ConnectionError,
    ConnectionFailure.REFUSED: requests.ConnectionError,
    ConnectionFailure.RESET: requests.ConnectionError,
    ConnectionFailure.TLS: requests.exceptions.SSLError,
    ConnectionFailure.STALL: requests.ReadTimeout,
}


def adapter(clock: Clock) -> SandboxAdapter:
    """Return an adapter to a fresh sandbox."""
    return SandboxAdapter(Amazon(clock.now()), clock)


def _read(request: requests.PreparedRequest) -> Request:
    parts = urlsplit(request.url or "")
    body = request.body or b""
    return Request.read(
        request.method or "GET",
        unquote(parts.path),
        parts.query,
        {"host": parts.netloc, **request.headers},
        body.encode() if isinstance(body, str) else body,
    )


def _written(answer: Response) -> urllib3.HTTPResponse:
    return urllib3.HTTPResponse(
        body=io.BytesIO(answer.body),
        headers=dict(answer.headers),
        status=answer.status,
        preload_content=False,
    )
