"""A call's values as flat parameters: dates in ISO 8601, booleans in words, ids as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from tap_mws_reports import errors
from tap_mws_reports.api.mws.operations import Operation, Parameter, ParameterKind
from tap_mws_reports.api.timestamps import parse_timestamp

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def write_date(moment: datetime) -> str:
    """Write a moment as calls carry it, ``2020-06-10T00:00:00Z``.

    Raises:
        ValueError: the date has no offset.
    """
    if moment.tzinfo is None:
        message = f"{moment} has no time zone"
        raise ValueError(message)
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read_boolean(text: str) -> bool:
    """Read ``true`` or ``false``, or the digits that XML Schema allows in their place.

    Raises:
        ValueError: the text is neither.
    """
    try:
        return _BOOLEANS[text.lower()]
    except KeyError:
        message = f"{text!r} is neither true nor false"
        raise ValueError(message) from None


def read_count(text: str) -> int:
    """Read a whole number of at least 0.

    Raises:
        ValueError: the text is not made of digits alone.
    """
    if not (text.isascii() and text.isdigit()):
        message = f"{text!r} is not a whole number"
        raise ValueError(message)
    return int(text)


_READERS: dict[ParameterKind, Callable[[str], object]] = {
    ParameterKind.TEXT: str,
    ParameterKind.DATE: parse_timestamp,
    ParameterKind.BOOLEAN: read_boolean,
    ParameterKind.COUNT: read_count,
}


def read(kind: ParameterKind, text: str) -> object:
    """Read a text by its kind. Raises ValueError where it does not fit."""
    return _READERS[kind](text)


def write(kind: ParameterKind, value: object) -> str:
    """Write a value by its kind. Raises ValueError where it does not fit."""
    match kind, value:
        case ParameterKind.DATE, datetime():
            return write_date(value)
        case ParameterKind.BOOLEAN, bool():
            return "true" if value else "false"
        case (ParameterKind.TEXT, str()) | (ParameterKind.COUNT, int()):
            return str(value)
    message = f"{value!r} is not a {kind.name.lower()}"
    raise ValueError(message)


def encode_parameters(operation: Operation, given: Mapping[str, object]) -> dict[str, str]:
    """Turn values by name into parameters by wire name; None is left out.

    The parameters of every call (``Action``, ``Version``, credentials) are not among them.

    Raises:
        RequestRefused: a value is missing, unknown, of another kind, or beyond its limit.
    """
    known = {parameter.name for parameter in operation.parameters}
    unknown = sorted(given.keys() - known)
    if unknown:
        what = f"{operation.name} has no parameter named {', '.join(unknown)}"
        raise errors.RequestRefused(what, hint=f"see {operation.page}")
    encoded: dict[str, str] = {}
    for parameter in operation.parameters:
        try:
            encoded |= _encode(parameter, given.get(parameter.name))
        except ValueError as error:
            what = f"{operation.name}: {parameter.name}: {error}"
            raise errors.RequestRefused(what, hint=f"see {operation.page}") from error
    return encoded


def _encode(parameter: Parameter, value: object) -> dict[str, str]:
    if value is None or (parameter.kind is ParameterKind.LIST and not value):
        if parameter.required:
            message = "is required"
            raise ValueError(message)
        return {}
    if parameter.kind is ParameterKind.LIST:
        return _encode_list(parameter, value)
    text = write(parameter.kind, value)
    if parameter.required and not text:
        message = "is required"
        raise ValueError(message)
    check_limit(parameter, value)
    return {parameter.wire: text}


def _encode_list(parameter: Parameter, value: object) -> dict[str, str]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        message = f"{value!r} is not a list"
        raise ValueError(message)  # noqa: TRY004 - as for every other value that does not fit
    check_limit(parameter, value)
    texts = [write(ParameterKind.TEXT, member) for member in value]
    return {f"{parameter.wire}.{number}": text for number, text in enumerate(texts, start=1)}


def check_limit(parameter: Parameter, value: object) -> None:
    """Raise ValueError where a COUNT or the length of a LIST is beyond its limit."""
    if parameter.kind is ParameterKind.COUNT and isinstance(value, int):
        if value < 1 or (parameter.limit is not None and value > parameter.limit):
            message = f"{value} is not between 1 and {parameter.limit}"
            raise ValueError(message)
    elif (
        parameter.limit is not None
        and isinstance(value, Sequence)
        and parameter.kind is ParameterKind.LIST
        and len(value) > parameter.limit
    ):
        message = f"{len(value)} values, at most {parameter.limit} are allowed"
        raise ValueError(message)
