"""Requests and answers as plain values, for adapter and server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import Enum
from urllib.parse import parse_qsl


@dataclass(frozen=True, slots=True)
class Request:
    """One request. Header names are in lower case; ``path`` is decoded.

    ``params`` are those of query and form, ``query`` and ``body`` their original text.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    params: Mapping[str, str]
    query: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    scheme: str = "http"

    @classmethod
    def read(
        cls,
        method: str,
        path: str,
        query: str,
        headers: Mapping[str, str],
        body: bytes,
        scheme: str = "http",
    ) -> Request:
        """Return the request with these parts; a body is read as a form.

        Clients send parameters in the query of a GET, in the form of a POST, and old ones in the
        query of a POST, so all of them count.
        """
        pairs = parse_qsl(query, keep_blank_values=True)
        return cls(
            method.upper(),
            path or "/",
            {name.lower(): value for name, value in headers.items()},
            {**dict(pairs), **_form(body)},
            tuple(pairs),
            body,
            scheme,
        )

    @property
    def form(self) -> Mapping[str, str]:
        """Return the parameters of the body."""
        return _form(self.body)

    @property
    def host(self) -> str:
        """Return the host of the Host header, with its port if there is one."""
        return self.headers.get("host", "").lower()


class ConnectionFailure(Enum):
    """Why there is no answer."""

    DNS = "the name is not known"
    REFUSED = "the connection is refused"
    RESET = "the connection is reset"
    TLS = "the certificate is wrong"
    STALL = "nothing comes"


@dataclass(frozen=True, slots=True)
class Response:
    """One answer.

    ``unframed``: only the end of the connection tells where the body ends. ``failure``: there is
    no answer. ``delay``: how many seconds it takes beyond the usual.
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    unframed: bool = False
    failure: ConnectionFailure | None = None
    delay: float = 0.0

    def without_length(self, *left_out: str, size: int | None = None) -> Response:
        """Return the answer unframed, without some more headers, cut to ``size`` bytes."""
        headers = {n: v for n, v in self.headers.items() if n not in {"Content-Length", *left_out}}
        return Response(self.status, self.body[:size], headers, unframed=True)


def _form(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def http_date(now: datetime) -> str:
    """Return a moment as the header Date has it, ``Fri, 12 Jun 2020 09:29:10 GMT``."""
    return format_datetime(now.astimezone(UTC), usegmt=True)
