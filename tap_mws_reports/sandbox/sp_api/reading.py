"""The parameters of a call as values, by the table of operations; what breaks the model is refused.

Amazon ignores keys that it does not know: https://github.com/amzn/selling-partner-api-docs/issues/3017
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from tap_mws_reports.api.mws.wire.values import read_boolean, read_date
from tap_mws_reports.api.sp_api.fields import Field, Kind, Place
from tap_mws_reports.api.sp_api.operations import Operation
from tap_mws_reports.sandbox.http import Request
from tap_mws_reports.sandbox.sp_api.refusals import Refusal, invalid, missing

# Days alone are refused; a moment without an offset is let in, as Amazon's own.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d.*", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,9}", re.ASCII)
_INSTANCES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}


def read(operation: Operation, request: Request, in_path: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of a call by the names of the model; what is left out is not there.

    Raises:
        Refusal: the body is no JSON, or something is missing or has a value it may not have.
    """
    given = {**in_path, **_from_query(operation, request), **_from_body(operation, request)}
    lacking = [each.name for each in operation.parameters if each.required and _lacks(given, each)]
    if lacking:
        raise missing(reversed(lacking))
    return _values(operation.parameters, given)


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
    if not isinstance(body, dict):
        raise _mismatch(body, "object")
    return body


def _refuse_constant(word: str) -> None:
    raise ValueError(word)


def _lacks(given: Mapping[str, Any], field: Field) -> bool:
    """Whether a parameter is not there; a text in place of a list counts as none.

    Source: https://github.com/amzn/selling-partner-api-docs/issues/2721
    """
    value = given.get(field.name)
    return value in (None, "", [], {}) or (field.kind is Kind.LIST and isinstance(value, str))


def _values(fields: tuple[Field, ...], given: Mapping[str, Any]) -> dict[str, Any]:
    return {each.name: _value(each, given[each.name]) for each in fields if each.name in given}


def _value(field: Field, given: object) -> object:
    value = _READERS[field.kind](field, given)
    _check_size(field, value)
    for word in value if isinstance(value, list) else [value]:
        if field.values and word not in field.values:
            raise _bad(field, f"{word} is not one of {', '.join(field.values)}")
    if field.pattern is not None and not re.search(field.pattern, str(value)):
        raise _bad(field, "it has not the form that it must have")
    return value


def _check_size(field: Field, value: object) -> None:
    size = len(value) if isinstance(value, (str, list)) else value
    if not isinstance(size, int):
        return
    if field.least is not None and size < field.least:
        raise _bad(field, f"less than {field.least}")
    if field.most is not None and size > field.most:
        raise _bad(field, f"more than {field.most}")


def _text(_field: Field, given: object) -> str:
    if not isinstance(given, str):
        raise _mismatch(given, "string")
    return given


def _boolean(field: Field, given: object) -> bool:
    try:
        return given if isinstance(given, bool) else read_boolean(_text(field, given))
    except ValueError:
        raise _bad(field, "neither true nor false") from None


def _count(field: Field, given: object) -> int:
    if not _NUMBER.fullmatch(_text(field, given)):
        raise _bad(field, "not a whole number")
    return int(_text(field, given))


def _date(field: Field, given: object) -> datetime:
    text = _text(field, given)
    try:
        # A + that was not encoded arrives as a blank.
        return read_date(_MOMENT.fullmatch(text.replace(" ", "+"))[0])  # type: ignore[index]
    except (ValueError, TypeError):
        raise _bad(field, "not a moment in ISO 8601") from None


def _list(field: Field, given: object) -> list[str]:
    if not isinstance(given, list):
        raise _mismatch(given, "array")
    return [_text(field, each) for each in given]


def _map(field: Field, given: object) -> dict[str, str]:
    return {name: _text(field, value) for name, value in _mapping(given).items()}


def _object(field: Field, given: object) -> dict[str, Any]:
    mapping = _mapping(given)
    lacking = [each.name for each in field.members if each.required and _lacks(mapping, each)]
    if lacking:
        raise missing(reversed(lacking))
    return _values(field.members, mapping)


def _objects(field: Field, given: object) -> list[dict[str, Any]]:
    if not isinstance(given, list):
        raise _mismatch(given, "array")
    return [_object(field, each) for each in given]


def _mapping(given: object) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise _mismatch(given, "object")
    return given


_READERS: dict[Kind, Callable[[Field, object], object]] = {
    Kind.TEXT: _text,
    Kind.BOOLEAN: _boolean,
    Kind.COUNT: _count,
    Kind.DATE: _date,
    Kind.LIST: _list,
    Kind.MAP: _map,
    Kind.OBJECT: _object,
    Kind.OBJECTS: _objects,
}


def _bad(field: Field, why: str) -> Refusal:
    return invalid("Invalid input", f"{field.name}: {why}")


def _mismatch(given: object, allowed: str) -> Refusal:
    """Return the refusal of a value of another type: https://github.com/jlevers/selling-partner-api/issues/62."""
    instance = "null" if given is None else _INSTANCES.get(type(given), "object")
    return invalid(
        f"Invalid request body: [instance type ({instance}) does not match any allowed primitive "
        f'type (allowed: ["{allowed}"])]'
    )
