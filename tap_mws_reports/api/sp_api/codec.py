"""Requests to path, query and JSON; JSON answers to values; by the table of `operations`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

import msgspec

from tap_mws_reports import errors
from tap_mws_reports.api.sp_api.operations import OPERATIONS, Operation
from tap_mws_reports.api.sp_api.response_models import ResponseModel
from tap_mws_reports.api.sp_api.schemas import Field, FieldKind, ParameterLocation
from tap_mws_reports.errors import ConnectionBroken


@dataclass(frozen=True, slots=True)
class EncodedRequest:
    """What a request carries besides its headers; ``target`` is path and query."""

    path: str
    query: str
    body: bytes

    @property
    def target(self) -> str:
        """Return path and query."""
        return f"{self.path}?{self.query}" if self.query else self.path


def encode_request(operation: Operation, given: Mapping[str, object]) -> EncodedRequest:
    """Turn values by their names on the wire into a call; None and empty lists are left out.

    Raises:
        RequestRefused: a value is missing, unknown, of another kind, or beyond its limit.
    """
    hint = f"see {operation.source}"
    try:
        sent = _written(operation.parameters, given)
    except ValueError as error:
        raise errors.RequestRefused(f"{operation.name}: {error}", hint=hint) from error
    of = {place: [each.name for each in operation.placed(place)] for place in ParameterLocation}
    path = operation.path
    for name in of[ParameterLocation.PATH]:
        path = path.replace(f"{{{name}}}", quote(str(sent[name]), safe=""))
    query = "&".join(
        f"{name}={_quoted(sent[name])}" for name in of[ParameterLocation.QUERY] if name in sent
    )
    content = {name: sent[name] for name in of[ParameterLocation.BODY] if name in sent}
    return EncodedRequest(
        path, query, json.dumps(content).encode() if of[ParameterLocation.BODY] else b""
    )


def write_date(moment: datetime) -> str:
    """Write a moment as calls carry it, ``2024-03-10T20:11:24Z``."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _written(fields: Sequence[Field], given: Mapping[str, object]) -> dict[str, object]:
    if unknown := sorted(given.keys() - {each.name for each in fields}):
        message = f"there is no parameter named {', '.join(unknown)}"
        raise ValueError(message)
    written = {}
    for field in fields:
        value = given.get(field.name)
        if value is None or value in ("", (), [], {}):
            _demand(not field.required, field, "is required")
        else:
            written[field.name] = _write(field, value)
    return written


def _write(field: Field, value: object) -> object:
    written = _by_kind(field, value)
    _check_bounds(field, written)
    words = written if isinstance(written, list) else [written]
    if field.values:
        _demand(set(map(str, words)) <= set(field.values), field, f"{value!r} is not allowed")
    if field.pattern:
        _demand(bool(re.search(field.pattern, str(written))), field, f"{value!r} is not allowed")
    return written


def _by_kind(field: Field, value: object) -> object:
    match field.kind, value:
        case (FieldKind.TEXT, str()) | (FieldKind.BOOLEAN, bool()) | (FieldKind.COUNT, int()):
            return value
        case FieldKind.DATE, datetime(tzinfo=zone) if zone is not None:
            return write_date(value)
        case (FieldKind.LIST, list() | tuple()) if all(isinstance(each, str) for each in value):
            return list(value)
        case (FieldKind.MAP, dict()) if all(isinstance(each, str) for each in value.values()):
            return value
        case FieldKind.OBJECT, dict():
            return _written(field.members, value)
        case FieldKind.OBJECTS, list() | tuple():
            return [_written(field.members, each) for each in value]
    message = f"{field.name}: {value!r} is not a {field.kind.name.lower()}"
    raise ValueError(message)


def _check_bounds(field: Field, written: object) -> None:
    sized = len(written) if isinstance(written, Sized) else 0
    size = written if isinstance(written, int) else sized
    least, most = field.least or 0, field.most
    fits = least <= size and (most is None or size <= most)
    _demand(fits, field, f"{size} is not between {least} and {most}")


def _demand(fulfilled: bool, field: Field, words: str) -> None:  # noqa: FBT001
    if not fulfilled:
        message = f"{field.name}: {words}"
        raise ValueError(message)


def _quoted(value: object) -> str:
    if isinstance(value, list):
        return ",".join(_quoted(each) for each in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return quote(str(value), safe="")


_DECODERS = {
    each.answer: msgspec.json.Decoder(each.answer) for each in OPERATIONS.values() if each.answer
}
"""Made here, since msgspec crashes if two threads analyse a class at the same time."""


def decode_response(operation: Operation, body: bytes) -> ResponseModel | None:
    """Return the answer as the type of the operation; None where its body is empty.

    Raises:
        ConnectionBroken: the body is not such a response, or is incomplete.
    """
    if operation.answer is None:
        return None
    try:
        return _DECODERS[operation.answer].decode(body)
    except (ValueError, RecursionError) as error:
        what = f"{operation.name}: the response does not match Amazon's model: {error}"
        raise ConnectionBroken(what) from error
