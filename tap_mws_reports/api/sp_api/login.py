"""Login with Amazon: access tokens for a seller's data, or for a scope without a seller.

Source: https://developer-docs.amazon.com/sp-api/docs/connect-to-the-selling-partner-api
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

from tap_mws_reports import errors
from tap_mws_reports.api.client_settings import ClientSettings
from tap_mws_reports.api.patience import Patience, unanswered
from tap_mws_reports.api.quota import Budget, Quota
from tap_mws_reports.api.sp_api.credentials import Credentials
from tap_mws_reports.api.sp_api.endpoint import Endpoint
from tap_mws_reports.api.sp_api.login_refusals import refusal
from tap_mws_reports.api.transport import HttpRequest
from tap_mws_reports.api.user_agent import user_agent

RENEWED_BEFORE = timedelta(minutes=5)
"""How long before its expiry a token is renewed."""

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


class Login:
    """Gets the tokens of one application for one seller, and renews them."""

    def __init__(self, settings: ClientSettings[Credentials, Endpoint]) -> None:
        self._credentials = settings.credentials
        self._url = settings.endpoint.token_url
        self._transport = settings.transport
        self._clock = settings.clock
        self._patience = Patience(settings.clock, settings.rng)
        self._budget = Budget(_CAUTIOUS, self._clock.now())
        self._tokens: dict[str | None, _Token] = {}
        self._renewal = threading.Lock()

    def token(self, scope: str | None = None) -> str:
        """Return a token for the seller's data, or for ``scope`` and no seller's.

        Raises:
            CredentialsError: Amazon does not accept the application or the seller's authorization.
            HostUnreachable: no answer, or none of Amazon's.
        """
        with self._renewal:
            token = self._tokens.get(scope)
            if token is None or self._clock.now() >= token.until:
                token = self._tokens[scope] = self._renewed(scope)
            return token.text

    def forget(self, text: str) -> None:
        """Drop a token that Amazon no longer accepts, unless it has been renewed already."""
        with self._renewal:
            self._tokens = {
                scope: token for scope, token in self._tokens.items() if token.text != text
            }

    def _renewed(self, scope: str | None) -> _Token:
        where = f"seller {self._credentials.seller_id}, {urlsplit(self._url).hostname}, {_NAME}"
        request = HttpRequest("POST", self._url, _HEADERS, self._form(scope))
        try:
            return self._patience.repeat(
                lambda: self._once(request), name=_NAME, budget=self._budget
            )
        except errors.ConnectionBroken as error:
            raise unanswered(error) from error
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
        asked = self._clock.now()
        self._budget.take(asked)
        answer = self._transport.send(request)
        if answer.status != _OK:
            raise refusal(answer.status, answer.body, self._credentials.redact)
        return _read(answer.body, asked)


def _read(body: bytes, asked: datetime) -> _Token:
    """Parse the answer; the token counts as issued at ``asked``, before the call."""
    try:
        answer = json.loads(body)
        lasts = timedelta(seconds=float(answer["expires_in"]))
        token = str(answer["access_token"])
        # It is sent as a header, which allows neither.
        if not token.isascii() or not token.isprintable() or not token:
            raise ValueError  # noqa: TRY301 - one hint for whatever is no token
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        what = f"{_NAME}: the answer has no access token"
        hint = "check endpoint_url and the proxy: what answered does not hand out Amazon's tokens"
        # Not chained: what was read may hold a token.
        raise errors.HostUnreachable(what, hint=hint) from None
    return _Token(token, asked + max(lasts - RENEWED_BEFORE, lasts / 2))
