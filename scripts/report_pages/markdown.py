"""Pieces of Markdown, as GitHub renders it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_CODE = re.compile(r"(`[^`]*`)")
# An underscore inside a word is not markup.
_MARKUP = re.compile(r"[\\*<\[|]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


def code(text: str) -> str:
    """Return the text as code, in a form that a table's cell can hold."""
    return f"`{text.replace('|', chr(92) + '|')}`"


def codes(texts: Iterable[str]) -> str:
    """Return a list of pieces of code, in a line."""
    return ", ".join(map(code, texts))


def prose(text: str) -> str:
    """Return a text in which nothing but code between backticks is markup."""
    parts = _CODE.split(text)
    parts[::2] = [_MARKUP.sub(r"\\\g<0>", part) for part in parts[::2]]
    return "".join(parts)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table, or an empty text when it has no rows."""
    lines = [_line(row) for row in rows]
    return "\n".join([_line(head), _line(["---"] * len(head)), *lines]) if lines else ""


def block(content: str) -> str:
    """Return JSON as a block of code."""
    return f"```json\n{content}\n```"


def capitalised(text: str) -> str:
    """Return a text with a capital first letter; the others stay as they are."""
    return prose(text[:1].upper() + text[1:])


def section(title: str, *parts: str) -> str:
    """Return a section, or an empty text when all its parts are."""
    content = paragraphs(*parts)
    return f"## {title}\n\n{content}" if content else ""


def paragraphs(*parts: str) -> str:
    """Return the parts that are not empty, each a paragraph."""
    return "\n\n".join(filter(None, parts))


def anchor(heading: str) -> str:
    """Return what GitHub calls the place of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
