"""Text and booleans, and what stands for no value."""

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


_TRUE = (
    *("true", "yes", "y", "1"),
    *("ja", "wahr"),  # German; Dutch and Swedish, too
    *("oui", "vrai"),
    *("sì", "si", "vero"),  # Italian; Spanish without its accent, too
    *("sí", "verdadero"),
    *("sim", "verdadeiro"),
    *("waar", "sant"),  # Dutch, Swedish
    *("tak", "prawda"),
    *("evet", "doğru"),
    *("はい", "是"),
)
_FALSE = (
    *("false", "no", "n", "0"),
    *("nein", "falsch"),
    *("non", "faux"),
    "falso",  # Italian, Spanish, Portuguese
    *("não", "nao"),
    *("nee", "onwaar", "nej", "falskt"),
    *("nie", "fałsz"),
    *("hayır", "hayir", "yanlış"),
    *("いいえ", "否"),
)
_SPELLINGS = {**dict.fromkeys(_TRUE, True), **dict.fromkeys(_FALSE, False)}


def read_boolean(cell: str) -> bool | None:
    """Return the truth of a cell; raises ValueError for any other word."""
    text = value_text(cell)
    if text is None:
        return None
    value = _SPELLINGS.get(text.lower())
    if value is None:
        raise ValueError(text)
    return value
