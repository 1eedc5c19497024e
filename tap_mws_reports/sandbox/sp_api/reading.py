"""The parameters of a call, by the table of operations, from path, query and body."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tap_mws_reports.api.sp_api.fields import Kind, Place
from tap_mws_reports.api.sp_api.operations import Operation
from tap_mws_reports.sandbox.http import Request
from tap_mws_reports.sandbox.sp_api.refusals import Refusal, invalid
from tap_mws_reports.sandbox.sp_api.values import mapping, values


def read(operation: Operation, request: Request, in_path: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of a call by the names of the model; what is left out is not there.

    Raises:
        Refusal: the body is no JSON, or something is missing or has a value it may not have.
    """
    given = {**in_path, **_from_query(operation, request), **_from_body(operation, request)}
    return values(operation.parameters, given)


def _from_query(operation: Operation, request: Request) -> dict[str, Any]:
    """Return the query's parameters as JSON would have them; a list may come in one or several."""
    given: dict[str, Any] = {}
    for field in operation.placed(Place.QUERY):
        texts = [text for name, text in request.query if name == field.name]
        if texts:
            joined = ",".join(texts)
            given[field.name] = joined.split(",") if field.kind is Kind.LIST else texts[-1]
    return given


def _from_body(operation: Operation, request: Request) -> dict[str, Any]:
    """Return the body, which is JSON whatever its header says, unless that says otherwise."""
    if not operation.placed(Place.BODY):
        return {}
    media_type = request.headers.get("content-type", "application/json").split(";")[0].strip()
    if media_type.lower() != "application/json":
        message = f"{media_type} is not a media type of this resource"
        raise Refusal(415, "UnsupportedMediaType", message)
    try:
        body = json.loads(request.body or b"{}", parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise invalid("Invalid request body: it is not JSON") from None
    return mapping(body)


def _refuse_constant(word: str) -> None:
    raise ValueError(word)
