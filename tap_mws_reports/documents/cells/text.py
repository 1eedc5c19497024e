"""Text, and what stands for no value."""

from __future__ import annotations

# Written by Amazon where a number, date or flag is not known: fee preview, storage fees, VAT.
NO_VALUE = frozenset({"", "--", "N/A"})


def read_text(cell: str) -> str | None:
    """Return the cell as it is, or None when it is empty or blank."""
    return cell if cell and not cell.isspace() else None


def value_text(cell: str) -> str | None:
    """Return the trimmed text of a cell that is not text, or None when it has no value."""
    text = cell.strip()
    return None if text in NO_VALUE else text


def one_line(text: str) -> str:
    """Return a text with one plain blank where it has blanks of any kind."""
    return " ".join(text.split())
