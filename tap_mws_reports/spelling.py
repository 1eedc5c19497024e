"""Find the name that a misspelt one most likely stands for: the "did you mean" of all messages."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_CUTOFF = 0.75
"""The lowest ratio of `difflib` for similar names: two swapped letters out of four have it."""


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most similar, in any case; None if no name is similar."""
    by_lower = {each.lower(): each for each in known}
    close = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=_CUTOFF)
    return by_lower[close[0]] if close else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the question that names the most similar name, or an empty text."""
    likely = closest(name, known)
    return f"did you mean `{likely}`?" if likely else ""
