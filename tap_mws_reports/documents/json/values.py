"""JSON values as the scanner gives them, and the text of a cell that holds one."""

from __future__ import annotations

from json import JSONDecoder
from json.encoder import encode_basestring as quoted
from typing import NoReturn

from tap_mws_reports.documents.json.refusing import refuse_depth, refuse_value
from tap_mws_reports.documents.json.spelling import Path


class Number(str):
    """The digits of a number, as they stand in the document."""

    __slots__ = ()


Object = tuple[tuple[str, "Value"], ...]
"""The keys and values of an object, in their order, keys that come twice included."""

Value = str | Number | bool | list["Value"] | Object | None

DEEPEST = 100
"""How many objects and lists may lie within each other; no report has more than six."""

_REMEMBERED = 5_000  # numbers
_LONGEST_REMEMBERED = 32  # digits


def _refuse_constant(name: str) -> NoReturn:
    refuse_value(f"{name} is no JSON number")


class _Numbers(dict[str, Number]):
    """Digits to the number; one that comes again takes no memory again."""

    def __missing__(self, digits: str) -> Number:
        number = Number(digits)
        if len(digits) <= _LONGEST_REMEMBERED:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[digits] = number
        return number


_number = _Numbers().__getitem__

DECODER = JSONDecoder(
    object_pairs_hook=tuple,
    parse_float=_number,
    parse_int=_number,
    parse_constant=_refuse_constant,
)
"""Decodes to `Value`. The standard library's, because it alone hands over the digits of numbers."""


def is_plain(value: Value) -> bool:
    """Whether a value is neither a list nor an object."""
    return not isinstance(value, list | tuple)


def cell_text(value: Value, path: Path = ()) -> str:
    """Return the text of a cell: lists and objects as JSON, null as an empty text.

    Raises:
        UnreadableDocument: lists and objects lie deeper in each other than `DEEPEST`.
    """
    if value is None:
        return ""
    return str(value) if isinstance(value, str) else json_text(value, path)


def json_text(value: Value, path: Path = (), depth: int = 0) -> str:
    """Return a value as JSON text without blanks, its numbers digit by digit."""
    if depth > DEEPEST:
        refuse_depth(path, DEEPEST)
    if isinstance(value, list):
        return f"[{','.join(json_text(each, path, depth + 1) for each in value)}]"
    if isinstance(value, tuple):
        pairs = (f"{quoted(key)}:{json_text(each, path, depth + 1)}" for key, each in value)
        return f"{{{','.join(pairs)}}}"
    if isinstance(value, Number):
        return value
    return quoted(value) if isinstance(value, str) else _CONSTANTS[value]


_CONSTANTS = {True: "true", False: "false", None: "null"}
