"""Values of calls, checked by the table of operations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from tap_mws_reports.api.mws.codec.parameters import read_boolean
from tap_mws_reports.api.sp_api.schemas import Field, FieldKind
from tap_mws_reports.api.timestamps import parse_timestamp
from tap_mws_reports.sandbox.sp_api.error_results import ErrorResult, invalid, missing

# Dates alone are refused; a time without an offset is accepted, as by Amazon.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d.*", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,9}", re.ASCII)
_INSTANCES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}


def values(fields: Iterable[Field], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return values by the names of the model; absent values are left out.

    Amazon ignores keys that it does not know: https://github.com/amzn/selling-partner-api-docs/issues/3017

    Args:
        fields: what may be given.
        given: what is given, as JSON has it.

    Raises:
        Refusal: a value is missing or not allowed.
    """
    fields = tuple(fields)
    lacking = [each.name for each in fields if each.required and _lacks(given, each)]
    if lacking:
        raise missing(reversed(lacking))
    return {each.name: _value(each, given[each.name]) for each in fields if each.name in given}


def mapping(given: object) -> dict[str, Any]:
    """Return an object of JSON. Raises Refusal for anything else."""
    if not isinstance(given, dict):
        raise _mismatch(given, "object")
    return given


def _lacks(given: Mapping[str, Any], field: Field) -> bool:
    """Whether a parameter is missing; a text in place of a list counts as missing.

    Source: https://github.com/amzn/selling-partner-api-docs/issues/2721
    """
    value = given.get(field.name)
    return value in (None, "", [], {}) or (field.kind is FieldKind.LIST and isinstance(value, str))


def _value(field: Field, given: object) -> object:
    value = _READERS[field.kind](field, given)
    _check_size(field, value)
    for word in value if isinstance(value, list) else [value]:
        if field.values and word not in field.values:
            raise _bad(field, f"{word} is not one of {', '.join(field.values)}")
    if field.pattern is not None and not re.search(field.pattern, str(value)):
        raise _bad(field, "it does not have the required form")
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
    # A + that was not encoded arrives as a blank.
    text = _text(field, given).replace(" ", "+")
    try:
        if _MOMENT.fullmatch(text):
            return parse_timestamp(text)
    except ValueError:
        pass
    raise _bad(field, "not a moment in ISO 8601")


def _list(field: Field, given: object) -> list[str]:
    if not isinstance(given, list):
        raise _mismatch(given, "array")
    return [_text(field, each) for each in given]


def _map(field: Field, given: object) -> dict[str, str]:
    return {name: _text(field, value) for name, value in mapping(given).items()}


def _object(field: Field, given: object) -> dict[str, Any]:
    return values(field.members, mapping(given))


def _objects(field: Field, given: object) -> list[dict[str, Any]]:
    if not isinstance(given, list):
        raise _mismatch(given, "array")
    return [_object(field, each) for each in given]


_READERS: dict[FieldKind, Callable[[Field, object], object]] = {
    FieldKind.TEXT: _text,
    FieldKind.BOOLEAN: _boolean,
    FieldKind.COUNT: _count,
    FieldKind.DATE: _date,
    FieldKind.LIST: _list,
    FieldKind.MAP: _map,
    FieldKind.OBJECT: _object,
    FieldKind.OBJECTS: _objects,
}


def _bad(field: Field, why: str) -> ErrorResult:
    return invalid("Invalid input", f"{field.name}: {why}")


def _mismatch(given: object, allowed: str) -> ErrorResult:
    """Return the refusal of a value of another type: https://github.com/jlevers/selling-partner-api/issues/62."""
    instance = "null" if given is None else _INSTANCES.get(type(given), "object")
    return invalid(
        f"Invalid request body: [instance type ({instance}) does not match any allowed primitive "
        f'type (allowed: ["{allowed}"])]'
    )
