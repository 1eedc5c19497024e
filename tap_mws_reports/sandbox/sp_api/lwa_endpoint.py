"""Login with Amazon: a refresh token, or the application's own name, for an access token.

Sources: https://developer.amazon.com/docs/login-with-amazon/authorization-code-grant.html,
https://developer-docs.amazon.com/sp-api/docs/connecting-to-the-selling-partner-api, and for the
words of refusals https://github.com/jlevers/selling-partner-api/issues/602,
https://github.com/amzn/selling-partner-api-docs/issues/268,
https://github.com/amzn/selling-partner-api-models/issues/1851
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from tap_mws_reports.api.sp_api.operations import NOTIFICATIONS_SCOPE
from tap_mws_reports.sandbox.account import SandboxAccount
from tap_mws_reports.sandbox.faults import FaultKind, Faults
from tap_mws_reports.sandbox.http import Request, Response
from tap_mws_reports.sandbox.sandbox_sellers import APPLICATION
from tap_mws_reports.sandbox.sp_api import tokens
from tap_mws_reports.sandbox.sp_api.tokens import Token

PATH = "/auth/o2/token"
NAME = "login"
"""What faults call it, as if it were an operation."""

_SCOPES = (NOTIFICATIONS_SCOPE, "sellingpartnerapi::migration")
_FORM = "application/x-www-form-urlencoded"
_STATUSES = {"invalid_client": 401, "server_error": 500, "temporarily_unavailable": 503}
_LACKING = "The request is missing a required parameter : {}"


class _LoginRefusal(Exception):
    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


class LwaEndpoint:
    """Gives access tokens for the sellers of ``accounts``."""

    def __init__(self, accounts: Iterable[SandboxAccount], faults: Faults) -> None:
        self._sellers = {account.refresh_token: account.seller_id for account in accounts}
        self._faults = faults

    def handle(self, request: Request, now: datetime) -> Response:
        """Answer a request for a token."""
        try:
            body = self._answer(request, now)
        except _LoginRefusal as refusal:
            status = _STATUSES.get(refusal.error, 400)
            told = {"error": refusal.error, "error_description": refusal.description}
            return _response(status, told)
        return _response(200, body)

    def _answer(self, request: Request, now: datetime) -> dict[str, object]:
        self._strike()
        if request.method != "POST" or _media_type(request) != _FORM:
            raise _LoginRefusal("invalid_request", "Malformed request")
        form = request.form
        _check_application(form)
        token = self._token(form, now)
        answer: dict[str, object] = {
            "access_token": tokens.write(token),
            "token_type": "bearer",
            "expires_in": int(tokens.LIFE.total_seconds()),
        }
        return answer if token.scope else {**answer, "refresh_token": form["refresh_token"]}

    def _strike(self) -> None:
        if self._faults.strikes(FaultKind.HTTP_500, NAME):
            raise _LoginRefusal("server_error", "The server could not answer.")
        if self._faults.strikes(FaultKind.HTTP_503, NAME):
            raise _LoginRefusal("temporarily_unavailable", "Please try again later.")

    def _token(self, form: Mapping[str, str], now: datetime) -> Token:
        ends = now + tokens.LIFE
        match _needed(form, "grant_type"):
            case "refresh_token":
                return Token(ends, seller_id=self._seller(form))
            case "client_credentials":
                return Token(ends, scope=_scope(form))
            case "authorization_code":
                # Codes come from a consent page, which the sandbox does not have.
                raise _invalid_grant("code")
        message = "The authorization grant type is not supported by the authorization server"
        raise _LoginRefusal("unsupported_grant_type", message)

    def _seller(self, form: Mapping[str, str]) -> str:
        if "scope" in form:
            raise _LoginRefusal("invalid_request", "Malformed request")
        seller_id = self._sellers.get(_needed(form, "refresh_token"))
        if seller_id is None or self._faults.strikes(FaultKind.ACCESS_REVOKED, seller_id):
            raise _invalid_grant("refresh_token")
        return seller_id


def _check_application(form: Mapping[str, str]) -> None:
    given = _needed(form, "client_id"), _needed(form, "client_secret")
    known = APPLICATION.client_id, APPLICATION.client_secret
    if not hmac.compare_digest("\n".join(given).encode(), "\n".join(known).encode()):
        raise _LoginRefusal("invalid_client", "Client authentication failed")


def _scope(form: Mapping[str, str]) -> str:
    if "refresh_token" in form:
        raise _LoginRefusal("invalid_request", "Malformed request")
    scope = _needed(form, "scope")
    if scope not in _SCOPES:
        raise _LoginRefusal("invalid_scope", "The requested scope is invalid")
    return scope


def _needed(form: Mapping[str, str], name: str) -> str:
    if not form.get(name):
        raise _LoginRefusal("invalid_request", _LACKING.format(name))
    return form[name]


def _invalid_grant(name: str) -> _LoginRefusal:
    description = f"The request has an invalid grant parameter : {name}"
    if name == "refresh_token":
        description += ". User may have revoked or didn't grant the permission."
    return _LoginRefusal("invalid_grant", description)


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


def _response(status: int, value: Mapping[str, object]) -> Response:
    body = json.dumps(value).encode()
    headers = {
        "Content-Type": "application/json;charset=UTF-8",
        "Content-Length": str(len(body)),
        "Cache-Control": "no-cache, no-store, must-revalidate",
    }
    return Response(status, body, headers)
