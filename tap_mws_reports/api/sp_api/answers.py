"""Amazon's JSON as values, by the table of `operations`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tap_mws_reports.api.sp_api.fields import Field, Kind
from tap_mws_reports.api.sp_api.operations import Operation
from tap_mws_reports.dates import parse_date
from tap_mws_reports.errors import ConnectionBroken


def decode(operation: Operation, body: bytes) -> dict[str, Any]:
    """Return the answer's values by their names on the wire; what is absent stays absent.

    Properties and words that no model has yet are let pass, as Amazon asks of its clients.

    Raises:
        ConnectionBroken: the body is no such answer, or not all of it.
    """
    if not operation.answer:
        return {}
    try:
        return _read_members(operation.answer, json.loads(body))
    except (ValueError, RecursionError) as error:
        what = f"{operation.name}: the answer is not what Amazon's model says: {error}"
        raise ConnectionBroken(what) from error


def _read_members(fields: Sequence[Field], given: object) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise _misfit("it", "is no object")
    found = {field.name: given[field.name] for field in fields if given.get(field.name) is not None}
    for field in fields:
        if field.required and field.name not in found:
            raise _misfit(field.name, "is missing")
    return {field.name: _read(field, found[field.name]) for field in fields if field.name in found}


def _read(field: Field, value: object) -> object:
    match field.kind, value:
        case (Kind.TEXT, str()) | (Kind.BOOLEAN, bool()) | (Kind.COUNT, int()):
            return value
        case Kind.DATE, str():
            return parse_date(value)
        case Kind.LIST, list():
            return tuple(map(str, value))
        case Kind.MAP, dict():
            return {str(key): str(each) for key, each in value.items()}
        case Kind.OBJECT, dict():
            return _read_members(field.members, value)
        case Kind.OBJECTS, list():
            return [_read_members(field.members, each) for each in value]
    raise _misfit(field.name, f"is not a {field.kind.name.lower()}")


def _misfit(name: str, words: str) -> ValueError:
    return ValueError(f"{name} {words}")
