"""Authentication: the checks before an operation.

Sources: https://developer-docs.amazon.com/sp-api/docs/connecting-to-the-selling-partner-api,
https://developer-docs.amazon.com/sp-api/docs/include-a-user-agent-header-in-all-requests
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from tap_mws_reports.api.sp_api.operations import TOKEN_HEADER, Operation
from tap_mws_reports.sandbox.account import SandboxAccount
from tap_mws_reports.sandbox.faults import FaultKind, Faults
from tap_mws_reports.sandbox.http import Request
from tap_mws_reports.sandbox.sp_api import tokens
from tap_mws_reports.sandbox.sp_api.error_results import denied, invalid
from tap_mws_reports.sandbox.sp_api.routing import REGION_OF_HOST
from tap_mws_reports.sandbox.sp_api.tokens import Token

_LONGEST_USER_AGENT = 500
_ENDED = "The access token you provided has expired."
_WRONG = "The access token you provided is revoked, malformed or invalid."
_MISSING = "Access token is missing in the request header."


class AuthContext(NamedTuple):
    """The accounts that a call may use, whether its token is restricted, and its application."""

    accounts: tuple[SandboxAccount, ...]
    restricted: bool
    client_id: str


def authenticate(
    request: Request,
    operation: Operation,
    accounts: Sequence[SandboxAccount],
    faults: Faults,
    now: datetime,
) -> AuthContext:
    """Authenticate a call.

    Raises:
        Refusal: its User-Agent is too long, or its token is not valid for it.
    """
    _check_user_agent(request)
    token = _token(request, now)
    if faults.strikes(FaultKind.ACCESS_ENDED, operation.name):
        raise denied(_ENDED)
    if token.scope != operation.scope or not _opens(token, request):
        raise denied()
    return AuthContext(_accounts(token, request, accounts), bool(token.resources), token.client_id)


def _check_user_agent(request: Request) -> None:
    """Refuse a User-Agent that is too long; Amazon answers a call without one."""
    if len(request.headers.get("user-agent", "")) > _LONGEST_USER_AGENT:
        raise invalid("The User-Agent header is too long")


def _token(request: Request, now: datetime) -> Token:
    text = request.headers.get(TOKEN_HEADER)
    if not text:
        raise denied(_MISSING)
    token = tokens.read(text)
    if token is None:
        raise denied(_WRONG)
    if now >= token.ends:
        raise denied(_ENDED)
    return token


def _opens(token: Token, request: Request) -> bool:
    return not token.resources or f"{request.method} {request.path}" in token.resources


def _accounts(
    token: Token, request: Request, accounts: Sequence[SandboxAccount]
) -> tuple[SandboxAccount, ...]:
    """Return the accounts of a token; at another region's host there are none."""
    region = REGION_OF_HOST.get(request.host)
    found = tuple(
        account
        for account in accounts
        if token.seller_id in {None, account.seller_id} and region in {None, account.region}
    )
    if not found:
        raise denied()
    return found
