"""The only module that opens HTTP connections."""

from __future__ import annotations

import hashlib
import logging
import os
import platform
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from importlib import metadata
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

import requests
import urllib3

from tap_mws_reports import errors
from tap_mws_reports.api.temporary_files import writing_temporary_files

_NUMBER = re.compile(r"\d{1,9}(\.\d*)?")


def charset_of(headers: Mapping[str, str]) -> str | None:
    """Return the charset of the Content-Type in lower case, or None where there is none."""
    message = Message()
    message["content-type"] = headers.get("content-type", "")
    return message.get_content_charset()


def header_number(text: str | None) -> float | None:
    """Parse a number such as ``80.0``; return None for anything else."""
    return float(text) if text is not None and _NUMBER.fullmatch(text) else None


_QUERY = re.compile(r"\?[^\s'\"]+")


def redact_queries(text: str) -> str:
    """Return a text without the queries of its addresses."""
    return _QUERY.sub("?...", text)


def redact_queries_in_logs() -> None:
    """Keep queries out of the line that `urllib3` logs of each request at the level DEBUG."""
    logging.getLogger("urllib3.connectionpool").addFilter(_hide)


def _hide(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        hidden = (redact_queries(each) if isinstance(each, str) else each for each in record.args)
        record.args = tuple(hidden)
    return True


_DISTRIBUTION = "tap-mws-reports"


def user_agent() -> str:
    """Return the header's text: ``tap-mws-reports/0.1.0 (Language=Python/3.11; ...)``."""
    language = f"Language=Python/{'.'.join(platform.python_version_tuple()[:2])}"
    return f"{_DISTRIBUTION}/{_version()} ({language}; Platform={platform.system()})"


@cache
def _version() -> str:
    """Return the version; reading it from the installed packages takes a millisecond."""
    try:
        return metadata.version(_DISTRIBUTION)
    except metadata.PackageNotFoundError:  # run from a source tree without installation
        return "0"


_CHUNK = 64 * 1024
_CONNECT_SECONDS = 10.0
_READ_SECONDS = 120.0
_MAX_ANSWER_BYTES = 16 * 1024**2
_MAX_DOCUMENT_BYTES = 16 * 1024**3
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One complete request.

    ``untouched`` asks for the bytes of a streamed answer as they are sent, without decoding
    Content-Encoding: the reader detects compression by the content.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""
    untouched: bool = False


@dataclass(frozen=True, slots=True)
class SavedBody:
    """A body that was saved to a file: its length in bytes and their MD5.

    ``unpacked`` says that it was decompressed, so that Content-Length is not its length.
    ``framed`` says that Content-Length or the last chunk marked its end. Otherwise only the end of
    the connection did, and a broken connection looks the same.
    Source: https://www.rfc-editor.org/rfc/rfc9112#section-6.3
    """

    size: int
    md5: bytes
    unpacked: bool = False
    framed: bool = True


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """One answer. Header names are in lower case; ``saved`` is set if the body is in a file."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    saved: SavedBody | None = None


class Transport(Protocol):
    """Sends requests. One attempt; never retries."""

    def send(self, request: HttpRequest) -> HttpResponse:
        """Send a request and return the answer whatever its status.

        Raises:
            ConnectionBroken: no response, or an incomplete one.
            HostUnreachable: the address or the host's certificate is wrong.
        """

    def stream(self, request: HttpRequest, path: Path) -> HttpResponse:
        """Send a request and write the body of an answer 200 to ``path``.

        The body of any other answer comes back as with `send`.

        Raises:
            ConnectionBroken: no response.
            DocumentDamaged: the connection broke within the body.
            HostUnreachable: as with `send`.
            UnreadableDocument: the body is larger than 16 GiB.
        """


class HttpTransport:
    """Transport by `requests`.

    TLS is verified and redirects are not followed, so a signed call only reaches the host it was
    signed for. Proxies and certificate bundles of the environment (``HTTPS_PROXY``,
    ``NO_PROXY``, ``REQUESTS_CA_BUNDLE``) are used, except for hosts on this machine, which no proxy
    can reach; passwords of a ``.netrc`` are not sent.

    Args:
        session: a session to use in place of a new one, for instance with its own adapter.
    """

    def __init__(self, session: requests.Session | None = None) -> None:
        # Connections are shared by calls that are made at the same time, but nothing else is: no
        # response may set a cookie. What is left of a session does not change, so threads share it.
        self._session = session or requests.Session()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        redact_queries_in_logs()

    def send(self, request: HttpRequest) -> HttpResponse:
        """See `Transport.send`."""
        with self._open(request) as response:
            return _answer(response)

    def stream(self, request: HttpRequest, path: Path) -> HttpResponse:
        """See `Transport.stream`."""
        with self._open(request) as response:
            if response.status_code != requests.codes.ok:
                return _answer(response)
            saved = _save(response, path, untouched=request.untouched)
            return HttpResponse(response.status_code, _headers(response), saved=saved)

    @contextmanager
    def _open(self, request: HttpRequest) -> Iterator[requests.Response]:
        host = urlsplit(request.url).hostname or ""
        with _translated(host):
            response = self._session.request(
                request.method,
                request.url,
                # Content-MD5 is that of the plain bytes, so none may be compressed on the way.
                headers={**request.headers, "Accept-Encoding": "identity"},
                data=request.body,
                auth=_unchanged,
                allow_redirects=False,
                stream=True,
                timeout=(_CONNECT_SECONDS, _READ_SECONDS),
                proxies={"no_proxy": ",".join(_LOOPBACK)} if host in _LOOPBACK else None,
            )
        with response, _translated(host):
            yield response


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Do not authenticate; without this `requests` would read a ``.netrc``."""
    return request


@contextmanager
def _translated(host: str) -> Iterator[None]:
    """Translate errors of `requests`, without the address and its query."""
    try:
        yield
    except requests.exceptions.SSLError as error:
        what = f"{host}: no secure connection: {_reason(error)}"
        hint = "check the machine's certificates and the proxy between it and the host"
        raise errors.HostUnreachable(what, hint=hint) from error
    except (
        requests.exceptions.ConnectionError,
        requests.exceptions.Timeout,
        requests.exceptions.ChunkedEncodingError,
        requests.exceptions.ContentDecodingError,
    ) as error:
        raise errors.ConnectionBroken(f"{host}: {_reason(error)}") from error
    except requests.exceptions.RequestException as error:
        what = f"{host or 'the host'} cannot be called: {_reason(error)}"
        raise errors.HostUnreachable(what, hint="check endpoint_url") from error


def _reason(error: BaseException) -> str:
    """Return the message of the innermost exception of a chain."""
    inner = error
    while inner.__cause__ is not None or inner.__context__ is not None:
        inner = inner.__cause__ or inner.__context__ or inner
    text = str(inner) or type(inner).__name__
    text = text.removeprefix(f"[Errno {getattr(inner, 'errno', None)}] ")
    return redact_queries(text)


def _headers(response: requests.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _answer(response: requests.Response) -> HttpResponse:
    body = bytearray()
    for chunk in response.iter_content(_CHUNK):
        body += chunk
        if len(body) > _MAX_ANSWER_BYTES:
            what = f"the answer is larger than {_MAX_ANSWER_BYTES} bytes"
            raise errors.HostUnreachable(what, hint="check endpoint_url")
    return HttpResponse(response.status_code, _headers(response), bytes(body))


def _private_file(path: Path) -> BinaryIO:
    """Open a file to write: documents hold personal data, so a new one is the user's alone."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _save(response: requests.Response, path: Path, *, untouched: bool) -> SavedBody:
    md5 = hashlib.md5(usedforsecurity=False)
    size = 0
    with writing_temporary_files(), _private_file(path) as file:
        try:
            for chunk in _as_they_come(response) if untouched else response.iter_content(_CHUNK):
                file.write(chunk)
                md5.update(chunk)
                size += len(chunk)
                _check_size(size)
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError) as error:
            what = f"the document broke off after {size} bytes: {_reason(error)}"
            raise errors.DocumentDamaged(what) from error
    packed = response.headers.get("Content-Encoding", "identity") != "identity"
    unpacked = packed and not untouched
    return SavedBody(size, md5.digest(), unpacked=unpacked, framed=_is_framed(response))


def _is_framed(response: requests.Response) -> bool:
    """Whether the response says where its body ends; `urllib3` then detects a truncated body."""
    chunked = "chunked" in response.headers.get("Transfer-Encoding", "").lower()
    return chunked or response.headers.get("Content-Length", "").strip().isdigit()


def _as_they_come(response: requests.Response) -> Iterator[bytes]:
    chunks: Iterator[bytes] = response.raw.stream(_CHUNK, decode_content=False)
    return chunks


def _check_size(size: int) -> None:
    if size > _MAX_DOCUMENT_BYTES:
        what = f"the document is larger than {_MAX_DOCUMENT_BYTES} bytes"
        raise errors.UnreadableDocument(what)
