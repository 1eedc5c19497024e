"""Login with Amazon, access tokens and Restricted Data Tokens.

Sources: https://developer-docs.amazon.com/sp-api/docs/connecting-to-the-selling-partner-api,
https://developer.amazon.com/docs/login-with-amazon/authorization-code-grant.html,
https://developer-docs.amazon.com/sp-api/docs/tokens-api-use-case-guide, and for the words of
refusals https://github.com/jlevers/selling-partner-api/issues/602,
https://github.com/amzn/selling-partner-api-docs/issues/268,
https://github.com/amzn/selling-partner-api-models/issues/1851
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from tap_mws_reports.api.sp_api.operations import NOTIFICATIONS_SCOPE, OPERATIONS
from tap_mws_reports.sandbox.account import SandboxAccount
from tap_mws_reports.sandbox.faults import FaultKind, Faults
from tap_mws_reports.sandbox.http import Request, Response
from tap_mws_reports.sandbox.sandbox_sellers import APPLICATION
from tap_mws_reports.sandbox.signed_tokens import InvalidSignature, sign_text, verify_text
from tap_mws_reports.sandbox.sp_api.documents import entry_of
from tap_mws_reports.sandbox.sp_api.error_results import ErrorResult, invalid
from tap_mws_reports.sandbox.sp_api.routing import ApiCall, Json
from tap_mws_reports.sandbox.sp_api.type_checks import is_restricted

LIFE = timedelta(hours=1)
_ACCESS = "Atza|"
_RESTRICTED = "Atz.sprdt|"


@dataclass(frozen=True, slots=True)
class Token:
    """What a token is valid for: one seller's data, or a scope without a seller, until ``ends``.

    ``client_id`` is the application that it was given to. A restricted one opens only its
    ``resources``, each a method and a path, ``GET /a/b``.
    """

    ends: datetime
    seller_id: str | None = None
    scope: str | None = None
    resources: tuple[str, ...] = ()
    client_id: str = APPLICATION.client_id


def write(token: Token) -> str:
    """Return the text of a token."""
    start = _RESTRICTED if token.resources else _ACCESS
    return start + sign_text([{**asdict(token), "ends": token.ends.isoformat()}])


def read(text: str) -> Token | None:
    """Return the token of a text; None for an unknown one."""
    start = next((each for each in (_ACCESS, _RESTRICTED) if text.startswith(each)), None)
    if start is None:
        return None
    try:
        (fields,) = verify_text(text.removeprefix(start))
    except InvalidSignature:
        return None
    ends, resources = datetime.fromisoformat(fields["ends"]), tuple(fields["resources"])
    return Token(**{**fields, "ends": ends, "resources": resources})


_DOCUMENTS = OPERATIONS["getReportDocument"].path.split("{")[0]


def create_restricted_data_token(call: ApiCall) -> Json:
    """Create a token for the resources that a call names."""
    resources = call.values["restrictedResources"]
    for resource in resources:
        _check(call, resource)
    token = Token(
        call.now + LIFE,
        seller_id=call.account.seller_id,
        resources=tuple(f"{each['method']} {each['path']}" for each in resources),
    )
    text = write(token)
    return {"restrictedDataToken": text, "expiresIn": int(LIFE.total_seconds())}


def _check(call: ApiCall, resource: Mapping[str, str]) -> None:
    """Refuse a resource that is not a document with personal data by its path.

    Sources: https://github.com/amzn/selling-partner-api-docs/issues/1009 and issues/806
    """
    path = resource["path"]
    if resource["method"] != "GET" or not path.startswith(_DOCUMENTS):
        raise _no_access()
    entry = entry_of(call.account, path.removeprefix(_DOCUMENTS))
    if entry is None or not is_restricted(entry.spec):
        raise invalid("Invalid or unsupported document ID found")
    wanted = entry.spec
    if call.faults.strikes(FaultKind.ROLE_MISSING, wanted.report_type, wanted.start):
        raise _no_access()


def _no_access() -> ErrorResult:
    return invalid("Application do not have access to some or all requested resource")


PATH = "/auth/o2/token"
NAME = "login"
"""Its name for faults, as if it were an operation."""

_SCOPES = (NOTIFICATIONS_SCOPE, "sellingpartnerapi::migration")
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
_BASIC = "basic "
_STATUSES = {"invalid_client": 401, "server_error": 500, "temporarily_unavailable": 503}
_UNKNOWN_CLIENT = "Client authentication failed"
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
            answer = {"error": refusal.error, "error_description": refusal.description}
            return _response(status, answer)
        return _response(200, body)

    def _answer(self, request: Request, now: datetime) -> dict[str, object]:
        self._strike()
        if request.method != "POST":
            raise _malformed()
        form = {**_basic_credentials(request), **_parameters(request)}
        _check_application(form)
        token = self._token(form, now)
        answer: dict[str, object] = {
            "access_token": write(token),
            "token_type": "bearer",
            "expires_in": int(LIFE.total_seconds()),
        }
        return answer if token.scope else {**answer, "refresh_token": form["refresh_token"]}

    def _strike(self) -> None:
        if self._faults.strikes(FaultKind.HTTP_500, NAME):
            raise _LoginRefusal("server_error", "The server could not answer.")
        if self._faults.strikes(FaultKind.HTTP_503, NAME):
            raise _LoginRefusal("temporarily_unavailable", "Please try again later.")

    def _token(self, form: Mapping[str, str], now: datetime) -> Token:
        ends = now + LIFE
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
            raise _malformed()
        seller_id = self._sellers.get(_needed(form, "refresh_token"))
        if seller_id is None or self._faults.strikes(FaultKind.ACCESS_REVOKED, seller_id):
            raise _invalid_grant("refresh_token")
        return seller_id


def _parameters(request: Request) -> Mapping[str, str]:
    """Return the parameters of a body, a form or an object of JSON.

    The manual has forms only; Amazon's own Java client sends JSON:
    https://github.com/amzn/selling-partner-api-models/tree/main/clients/sellingpartner-api-aa-java
    """
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type == _FORM:
        return request.form
    if media_type != _JSON:
        raise _malformed()
    try:
        given = json.loads(request.body)
    except (ValueError, RecursionError):
        raise _malformed() from None
    if not isinstance(given, dict) or not all(isinstance(each, str) for each in given.values()):
        raise _malformed()
    return given


def _basic_credentials(request: Request) -> dict[str, str]:
    """Return the application's credentials of an Authorization header; none without one.

    Login with Amazon takes them there as well, says its manual of the authorization code grant. A
    header of another scheme, such as a signature of AWS, is ignored; credentials of the body take
    precedence.
    """
    header = request.headers.get("authorization", "")
    if not header.lower().startswith(_BASIC):
        return {}
    try:
        text = base64.b64decode(header[len(_BASIC) :].strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        raise _LoginRefusal("invalid_client", _UNKNOWN_CLIENT) from None
    client_id, _, client_secret = text.partition(":")
    return {"client_id": client_id, "client_secret": client_secret}


def _check_application(form: Mapping[str, str]) -> None:
    given = _needed(form, "client_id"), _needed(form, "client_secret")
    known = APPLICATION.client_id, APPLICATION.client_secret
    if not hmac.compare_digest("\n".join(given).encode(), "\n".join(known).encode()):
        raise _LoginRefusal("invalid_client", _UNKNOWN_CLIENT)


def _scope(form: Mapping[str, str]) -> str:
    if "refresh_token" in form:
        raise _malformed()
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


def _malformed() -> _LoginRefusal:
    return _LoginRefusal("invalid_request", "Malformed request")


def _response(status: int, value: Mapping[str, object]) -> Response:
    body = json.dumps(value).encode()
    headers = {
        "Content-Type": "application/json;charset=UTF-8",
        "Content-Length": str(len(body)),
        "Cache-Control": "no-cache, no-store, must-revalidate",
    }
    return Response(status, body, headers)
