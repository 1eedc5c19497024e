"""JSON values as the scanner gives them, as cells, and the errors about them."""

from __future__ import annotations

from json import JSONDecoder
from json.encoder import encode_basestring as quoted
from typing import NoReturn

from tap_mws_reports.errors import UnreadableDocument

Path = tuple[str, ...]
"""The keys that lead to a value."""


def dotted(path: Path) -> str:
    """Return the path as text; the whole document's is empty."""
    return encodable(".".join(path))


def encodable(text: str) -> str:
    """Return the text with half surrogate pairs spelled out, by backslash, u and four digits.

    They come from titles that were cut in the middle of a pair, and have no bytes.
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


_HINT = "look at the document, and ask Amazon for the report again"


def refuse_value(what: str) -> NoReturn:
    """Raise `UnreadableDocument`."""
    raise UnreadableDocument(what, hint=_HINT)


def refuse_text(what: str, position: int) -> NoReturn:
    """Refuse a document that is no JSON from a character (from 0) on."""
    what = what.removesuffix(" at")  # some of the decoder's words end so
    refuse_value(f"the document is no JSON: {what} at character {position + 1}")


def refuse_end(position: int) -> NoReturn:
    """Refuse a document that lacks its end."""
    refuse_value(f"the document is cut off: it ends within a value, after {position} characters")


def refuse_repeat(path: Path, where: str) -> NoReturn:
    """Refuse an object that has a key twice: one of the values would be lost."""
    refuse_value(f"the key `{dotted(path)}` is there twice in {where}")


def refuse_depth(path: Path, deepest: int) -> NoReturn:
    """Refuse values that lie too deep in each other."""
    begin = dotted(path[:3]) or "the first value"
    refuse_value(f"more than {deepest} objects and lists lie within each other, below `{begin}`")


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
