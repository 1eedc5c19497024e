"""A call's values as path, query and JSON, by the table of `operations`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from tap_mws_reports import errors
from tap_mws_reports.api.sp_api.fields import Field, Kind, Place
from tap_mws_reports.api.sp_api.operations import Operation


@dataclass(frozen=True, slots=True)
class Call:
    """What a request carries besides its headers; ``target`` is path and query."""

    path: str
    query: str
    body: bytes

    @property
    def target(self) -> str:
        """Return path and query."""
        return f"{self.path}?{self.query}" if self.query else self.path


def encode(operation: Operation, given: Mapping[str, object]) -> Call:
    """Turn values by their names on the wire into a call; None and empty lists are left out.

    Raises:
        RequestRefused: a value is missing, unknown, of another kind, or beyond its limit.
    """
    hint = f"see {operation.source}"
    try:
        sent = _written(operation.parameters, given)
    except ValueError as error:
        raise errors.RequestRefused(f"{operation.name}: {error}", hint=hint) from error
    of = {place: [each.name for each in operation.placed(place)] for place in Place}
    path = operation.path
    for name in of[Place.PATH]:
        path = path.replace(f"{{{name}}}", quote(str(sent[name]), safe=""))
    query = "&".join(f"{name}={_quoted(sent[name])}" for name in of[Place.QUERY] if name in sent)
    content = {name: sent[name] for name in of[Place.BODY] if name in sent}
    return Call(path, query, json.dumps(content).encode() if of[Place.BODY] else b"")


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
        case (Kind.TEXT, str()) | (Kind.BOOLEAN, bool()) | (Kind.COUNT, int()):
            return value
        case Kind.DATE, datetime(tzinfo=zone) if zone is not None:
            return write_date(value)
        case (Kind.LIST, list() | tuple()) if all(isinstance(each, str) for each in value):
            return list(value)
        case (Kind.MAP, dict()) if all(isinstance(each, str) for each in value.values()):
            return value
        case Kind.OBJECT, dict():
            return _written(field.members, value)
        case Kind.OBJECTS, list() | tuple():
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
