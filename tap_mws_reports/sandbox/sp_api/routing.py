"""From a request to an authenticated call: its operation, parameters and answer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from tap_mws_reports.api.sp_api.operations import (
    NOTIFICATIONS,
    OPERATIONS,
    REPORTS,
    TOKEN_HEADER,
    TOKENS,
    Operation,
)
from tap_mws_reports.api.sp_api.schemas import FieldKind, ParameterLocation
from tap_mws_reports.sandbox.account import SandboxAccount
from tap_mws_reports.sandbox.faults import Faults
from tap_mws_reports.sandbox.http import Request, Response
from tap_mws_reports.sandbox.sp_api.destinations import Destinations
from tap_mws_reports.sandbox.sp_api.error_results import ErrorResult, invalid, not_found
from tap_mws_reports.sandbox.sp_api.type_limits import TypeLimits
from tap_mws_reports.sandbox.sp_api.values import mapping, values

REGION_OF_HOST = {
    "sellingpartnerapi-na.amazon.com": "NA",
    "sellingpartnerapi-eu.amazon.com": "EU",
    "sellingpartnerapi-fe.amazon.com": "FE",
}
_MWS_HOSTS = ("mws.", "mws-")
_SECTIONS = tuple(f"{section}/" for section in (REPORTS, TOKENS, NOTIFICATIONS))
_MWS_PATH = re.compile(r"/([A-Z]\w*/\d{4}-\d\d-\d\d/?)?")
_PLACE = re.compile(r"\\\{(\w+)\\\}")


def is_call(request: Request) -> bool:
    """Whether a request is for SP-API, by its path or its host."""
    return request.path.startswith(_SECTIONS) or request.host in REGION_OF_HOST


def is_of_mws(request: Request) -> bool:
    """Whether a request that is for no known path is meant for MWS.

    Both services are at one port of the sandbox's server: the form of the request decides.
    """
    if TOKEN_HEADER in request.headers:
        return False
    is_written_so = _MWS_PATH.fullmatch(request.path) or "Action" in request.params
    return bool(is_written_so) or request.host.startswith(_MWS_HOSTS)


def find(request: Request) -> tuple[Operation, dict[str, str]]:
    """Return the operation and the parameters in its path.

    Raises:
        Refusal: there is none at the path, or none by the method.
    """
    at_path = [(each, found) for each in OPERATIONS.values() if (found := _match(each, request))]
    if not at_path:
        raise not_found(f"There is nothing at {request.path}")
    for operation, found in at_path:
        if operation.method == request.method:
            return operation, found.groupdict()
    message = f"{request.method} is not a method of this resource"
    allowed = ", ".join(operation.method for operation, _ in at_path)
    raise ErrorResult(405, "MethodNotAllowed", message, headers={"Allow": allowed})


def _match(operation: Operation, request: Request) -> re.Match[str] | None:
    return _pattern(operation.path).fullmatch(request.path)


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(_PLACE.sub(r"(?P<\1>[^/]+)", re.escape(path)))


def read(operation: Operation, request: Request, in_path: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of a call by the names of the model; absent values are left out.

    Raises:
        Refusal: the body is not JSON, or a value is missing or not allowed.
    """
    given = {**in_path, **_from_query(operation, request), **_from_body(operation, request)}
    return values(operation.parameters, given)


def _from_query(operation: Operation, request: Request) -> dict[str, Any]:
    """Return the query's parameters as JSON would have them; a list may come in one or several."""
    given: dict[str, Any] = {}
    for field in operation.placed(ParameterLocation.QUERY):
        texts = [text for name, text in request.query if name == field.name]
        if texts:
            joined = ",".join(texts)
            given[field.name] = joined.split(",") if field.kind is FieldKind.LIST else texts[-1]
    return given


def _from_body(operation: Operation, request: Request) -> dict[str, Any]:
    """Return the body, which is JSON whatever its header says, unless that says otherwise."""
    if not operation.placed(ParameterLocation.BODY):
        return {}
    media_type = request.headers.get("content-type", "application/json").split(";")[0].strip()
    if media_type.lower() != "application/json":
        message = f"{media_type} is not a media type of this resource"
        raise ErrorResult(415, "UnsupportedMediaType", message)
    try:
        body = json.loads(request.body or b"{}", parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise invalid("Invalid request body: it is not JSON") from None
    return mapping(body)


def _refuse_constant(word: str) -> None:
    raise ValueError(word)


Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One call.

    ``accounts`` are those that the token speaks for: one seller's, or all of them where it is for
    no seller. ``documents`` is the address at which documents are fetched, without a path.
    ``restricted`` says that the token is one for documents with personal data. ``client_id`` is the
    application that calls, ``limits`` what it and its sellers may request of each report type.
    """

    accounts: tuple[SandboxAccount, ...]
    operation: Operation
    values: Mapping[str, Any]
    now: datetime
    destinations: Destinations
    faults: Faults
    documents: str
    restricted: bool
    client_id: str
    limits: TypeLimits

    @property
    def account(self) -> SandboxAccount:
        """Return the seller's account of a call that is for one."""
        return self.accounts[0]


def json_response(status: int, value: Json | None, headers: Mapping[str, str]) -> Response:
    """Return an answer with a JSON body, an empty object for None.

    Amazon's model says nothing about the body of the two cancels, except that every operation
    produces JSON. `amazon-sp-api` parses it, and its ``cancel_after`` works with Amazon, while
    other clients ignore it; no recording was found. Amazon's own local sandbox sends none:
    https://github.com/amzn/selling-partner-api-samples/tree/main/local-ai-sandbox
    """
    body = json.dumps(value or {}).encode()
    all_headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
    return Response(status, body, all_headers)


def moment(value: datetime) -> str:
    """Write a moment as reports have it, ``2023-04-17T10:39:48+00:00``.

    Source: https://github.com/amzn/selling-partner-api-models/issues/1656
    """
    return value.astimezone(UTC).isoformat(timespec="seconds")
