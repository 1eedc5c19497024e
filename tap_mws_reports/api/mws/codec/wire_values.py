"""Values as Amazon writes them: dates in ISO 8601, booleans in words, ids as text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from tap_mws_reports.api.mws.operations import ParameterKind
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
