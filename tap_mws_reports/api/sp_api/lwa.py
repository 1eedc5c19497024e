"""Login with Amazon: credentials, access tokens, and its errors."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote, quote_plus, urlencode, urlsplit

from tap_mws_reports import errors
from tap_mws_reports.api.client_settings import ClientSettings
from tap_mws_reports.api.error_mapping import ErrorMapping
from tap_mws_reports.api.quota import Budget, Quota
from tap_mws_reports.api.retries import Retrier, to_host_unreachable
from tap_mws_reports.api.sp_api.endpoint import Endpoint
from tap_mws_reports.api.transport import HttpRequest, user_agent

# Access, refresh and restricted tokens, and the query of a presigned address.
_TOKENS = re.compile(r"(?:Atza|Atzr|Atc|Atz)[|.%][\w|.%+/=-]+|X-Amz-[\w-]+=[^&\s\"'<>]+")


@dataclass(frozen=True, slots=True)
class Credentials:
    """The application's id and secret, and the seller's refresh token; none is in its ``repr``.

    ``refresh_token`` is not needed for the operations that concern no seller.
    """

    seller_id: str
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)

    def redact(self, text: str) -> str:
        """Return ``text`` without secrets, as they are or encoded, and without any token."""
        for secret in filter(None, (self.client_secret, self.refresh_token, self.client_id)):
            for form in (secret, quote(secret, safe=""), quote_plus(secret)):
                text = text.replace(form, "(hidden)")
        return _TOKENS.sub("(hidden)", text)


_AUTHORISE = "have the seller authorise the application again, and set the new refresh_token"

CODES: dict[str, ErrorMapping] = {
    "invalid_grant": ErrorMapping(
        errors.CredentialsError,
        "check refresh_token: it is not this application's, or the seller has revoked it or let it "
        f"lapse; {_AUTHORISE}",
    ),
    "access_denied": ErrorMapping(errors.CredentialsError, _AUTHORISE),
    "invalid_client": ErrorMapping(
        errors.ApplicationRefused,
        "check lwa_client_id and lwa_client_secret: Amazon does not accept this pair. If the "
        "secret was rotated, set the new one: the old one works for 7 days after the rotation",
    ),
    "unauthorized_client": ErrorMapping(
        errors.CredentialsError,
        "check lwa_client_id: this application may not use this grant, or refresh_token is that of "
        "another application",
    ),
    "invalid_scope": ErrorMapping(
        errors.CredentialsError,
        "the application may not use the notifications of SP-API; check its roles and region",
    ),
    "invalid_request": ErrorMapping(
        errors.CredentialsError,
        "check lwa_client_id, lwa_client_secret and refresh_token: one is empty or cut off",
    ),
    "server_error": ErrorMapping(errors.ServiceUnavailable, "run again later"),
    "temporarily_unavailable": ErrorMapping(errors.ServiceUnavailable, "run again later"),
}

_STATUSES: tuple[tuple[range, ErrorMapping], ...] = (
    (range(429, 430), ErrorMapping(errors.Throttled, "")),
    (range(500, 600), ErrorMapping(errors.ServiceUnavailable, "run again later")),
)
_NOT_AMAZON = ErrorMapping(
    errors.HostUnreachable,
    "check endpoint_url and the proxy: the response is not from Login with Amazon",
)


def login_error_for(status: int, body: bytes, redact: Callable[[str], str]) -> errors.TapError:
    """Return the error to raise for an error answer; ``redact`` hides secrets in it."""
    code, words = _oauth_error(body)
    mapping = CODES.get(code) or _by_status(status)
    what = f"Login with Amazon: HTTP {status} {code}".rstrip()
    return mapping.error(redact(f"{what}: {words}" if words else what), amazon_code=code)


def _by_status(status: int) -> ErrorMapping:
    return next((mapping for statuses, mapping in _STATUSES if status in statuses), _NOT_AMAZON)


def _oauth_error(body: bytes) -> tuple[str, str]:
    """Return the code and the text of an OAuth error; empty for anything else."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(answer, dict):
        return "", ""
    code, words = answer.get("error"), answer.get("error_description")
    return (code if isinstance(code, str) else ""), (words if isinstance(words, str) else "")


RENEWED_BEFORE = timedelta(minutes=5)
"""How long before its expiry a token is renewed."""

_LOCK_POLL_SECONDS = 0.05  # seconds
_OK = 200
_NAME = "Login with Amazon"
_HEADERS = {
    "User-Agent": user_agent(),
    "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8",
    "Accept": "application/json",
}
# Amazon publishes none; a token lasts an hour, so few are needed.
_CAUTIOUS = Quota(burst=10, restore_seconds=1)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    until: datetime


class LwaTokenProvider:
    """Gets the tokens of one application for one seller, and renews them."""

    def __init__(self, settings: ClientSettings[Credentials, Endpoint]) -> None:
        self._credentials = settings.credentials
        self._url = settings.endpoint.token_url
        self._transport = settings.transport
        self._clock = settings.clock
        self._retrier = Retrier(settings.clock, settings.rng)
        self._budget = Budget(_CAUTIOUS, self._clock.now())
        self._tokens: dict[str | None, _Token] = {}
        self._renewal = threading.Lock()

    def token(self, scope: str | None = None) -> str:
        """Return a token for the seller's data, or for ``scope`` and no seller's.

        Raises:
            CredentialsError: Amazon does not accept the application or the seller's authorization.
            HostUnreachable: no response, or one that is not Amazon's.
        """
        with self._alone():
            token = self._tokens.get(scope)
            if token is None or self._clock.now() >= token.until:
                token = self._tokens[scope] = self._renewed(scope)
            return token.text

    def forget(self, text: str) -> None:
        """Drop a token that Amazon no longer accepts, unless it has been renewed already."""
        with self._alone():
            self._tokens = {
                scope: token for scope, token in self._tokens.items() if token.text != text
            }

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let only one call of the seller log in at a time; the others sleep meanwhile."""
        while not self._renewal.acquire(blocking=False):
            self._clock.sleep(_LOCK_POLL_SECONDS)
        try:
            yield
        finally:
            self._renewal.release()

    def _renewed(self, scope: str | None) -> _Token:
        where = f"seller {self._credentials.seller_id}, {urlsplit(self._url).hostname}, {_NAME}"
        request = HttpRequest("POST", self._url, _HEADERS, self._form(scope))
        try:
            return self._retrier.repeat(
                lambda: self._once(request), name=_NAME, budget=self._budget
            )
        except errors.ConnectionBroken as error:
            raise to_host_unreachable(error) from error
        except errors.TapError as error:
            error.where = error.where or where
            raise

    def _form(self, scope: str | None) -> bytes:
        grant = (
            {"grant_type": "refresh_token", "refresh_token": self._credentials.refresh_token}
            if scope is None
            else {"grant_type": "client_credentials", "scope": scope}
        )
        application = {
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.client_secret,
        }
        return urlencode({**grant, **application}).encode("ascii")

    def _once(self, request: HttpRequest) -> _Token:
        requested_at = self._clock.now()
        self._budget.take(requested_at)
        answer = self._transport.send(request)
        if answer.status != _OK:
            raise login_error_for(answer.status, answer.body, self._credentials.redact)
        return _read(answer.body, requested_at)


def _read(body: bytes, requested_at: datetime) -> _Token:
    """Parse the answer; the token counts as issued at ``requested_at``, before the call."""
    try:
        answer = json.loads(body)
        lasts = timedelta(seconds=float(answer["expires_in"]))
        token = str(answer["access_token"])
        # It is sent as a header, which allows neither.
        if not token.isascii() or not token.isprintable() or not token:
            raise ValueError  # noqa: TRY301 - one hint for whatever is not a token
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        what = f"{_NAME}: the answer has no access token"
        hint = "check endpoint_url and the proxy: the response has no token of Amazon's"
        # Not chained: what was read may hold a token.
        raise errors.HostUnreachable(what, hint=hint) from None
    return _Token(token, requested_at + max(lasts - RENEWED_BEFORE, lasts / 2))
