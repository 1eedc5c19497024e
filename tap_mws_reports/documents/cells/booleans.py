"""Booleans, in every spelling seen: each report has its own."""

from __future__ import annotations

from tap_mws_reports.documents.cells.text import value_text

_SPELLINGS = {
    "true": True,
    "false": False,
    "yes": True,
    "no": False,
    "y": True,
    "n": False,
    "1": True,
    "0": False,
}


def read_boolean(cell: str) -> bool | None:
    """Return the truth of a cell; raises ValueError for any other word."""
    text = value_text(cell)
    if text is None:
        return None
    value = _SPELLINGS.get(text.lower())
    if value is None:
        raise ValueError(text)
    return value
