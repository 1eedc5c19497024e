"""How paths and odd strings of a JSON document are written as text."""

from __future__ import annotations

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
