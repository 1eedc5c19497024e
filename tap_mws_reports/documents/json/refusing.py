"""What is said of JSON documents that cannot be read."""

from __future__ import annotations

from typing import NoReturn

from tap_mws_reports.documents.json.spelling import Path, dotted
from tap_mws_reports.errors import UnreadableDocument

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
