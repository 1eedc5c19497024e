"""JSON values, their text in cells, and errors about them."""

from __future__ import annotations

from json import JSONDecoder
from json.encoder import encode_basestring as quoted
from typing import NoReturn

from tap_mws_reports.errors import UnreadableDocument

Path = tuple[str, ...]
"""The keys that lead to a value."""


def dotted(path: Path) -> str:
    """Return the path as text; empty for the whole document."""
    return encodable(".".join(path))


def encodable(text: str) -> str:
    """Return the text with lone surrogates escaped: backslash, u, four digits.

    They come from titles cut in the middle of a pair, and cannot be encoded.
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


_HINT = "inspect the document, and request the report again"


def raise_unreadable(what: str) -> NoReturn:
    """Raise `UnreadableDocument`."""
    raise UnreadableDocument(what, hint=_HINT)


def raise_invalid_json(what: str, position: int) -> NoReturn:
    """Raise for a document that is not JSON; ``position`` counts from 0."""
    what = what.removesuffix(" at")  # some messages of the decoder end so
    raise_unreadable(f"the document is not valid JSON: {what} at character {position + 1}")


def raise_truncated(position: int) -> NoReturn:
    """Raise for a truncated document."""
    raise_unreadable(
        f"the document is truncated: it ends within a value, after {position} characters"
    )


def raise_duplicate_key(path: Path, where: str) -> NoReturn:
    """Raise for an object with a duplicate key: one of the values would be lost."""
    raise_unreadable(f"duplicate key `{dotted(path)}` in {where}")


def raise_too_deep(path: Path, deepest: int) -> NoReturn:
    """Raise for values that are nested too deeply."""
    begin = dotted(path[:3]) or "the first value"
    raise_unreadable(
        f"objects and lists are nested more than {deepest} levels deep, below `{begin}`"
    )


class Number(str):
    """The digits of a number, unchanged."""

    __slots__ = ()


Object = tuple[tuple[str, "Value"], ...]
"""The keys and values of an object in order, including duplicate keys."""

Value = str | Number | bool | list["Value"] | Object | None

DEEPEST = 100
"""The maximum depth of nested objects and lists; no report has more than six levels."""

_CACHE_SIZE = 5_000  # numbers
_LONGEST_CACHED = 32  # digits


def _raise_invalid_constant(name: str) -> NoReturn:
    raise_unreadable(f"{name} is not a JSON number")


class _NumberCache(dict[str, Number]):
    """Maps digits to numbers; repeated numbers share one object."""

    def __missing__(self, digits: str) -> Number:
        number = Number(digits)
        if len(digits) <= _LONGEST_CACHED:
            if len(self) >= _CACHE_SIZE:
                self.clear()
            self[digits] = number
        return number


_number = _NumberCache().__getitem__

DECODER = JSONDecoder(
    object_pairs_hook=tuple,
    parse_float=_number,
    parse_int=_number,
    parse_constant=_raise_invalid_constant,
)
"""Decodes to `Value`. The standard library's decoder keeps the digits of numbers."""


def is_plain(value: Value) -> bool:
    """Whether a value is neither a list nor an object."""
    return not isinstance(value, list | tuple)


def cell_text(value: Value, path: Path = ()) -> str:
    """Return the text of a cell: lists and objects as JSON, null as empty text.

    Raises:
        UnreadableDocument: lists and objects are nested deeper than `DEEPEST`.
    """
    if value is None:
        return ""
    return str(value) if isinstance(value, str) else json_text(value, path)


def json_text(value: Value, path: Path = (), depth: int = 0) -> str:
    """Return a value as compact JSON text; numbers keep their digits."""
    if depth > DEEPEST:
        raise_too_deep(path, DEEPEST)
    if isinstance(value, list):
        return f"[{','.join(json_text(each, path, depth + 1) for each in value)}]"
    if isinstance(value, tuple):
        pairs = (f"{quoted(key)}:{json_text(each, path, depth + 1)}" for key, each in value)
        return f"{{{','.join(pairs)}}}"
    if isinstance(value, Number):
        return value
    return quoted(value) if isinstance(value, str) else _CONSTANTS[value]


_CONSTANTS = {True: "true", False: "false", None: "null"}
