"""Parse text and booleans, and detect missing values."""

from __future__ import annotations

# Amazon writes these for unknown numbers, dates and flags: fee preview, storage fees, VAT, and
# search query performance (a single dash).
NO_VALUE = frozenset({"", "--", "N/A", "-", "\u2013", "\u2014"})


def read_text(cell: str) -> str | None:
    """Return the cell unchanged, or None if it is blank."""
    return cell if cell and not cell.isspace() else None


def value_text(cell: str) -> str | None:
    """Return the trimmed text of a cell of another kind, or None if it has no value."""
    text = cell.strip()
    return None if text in NO_VALUE else text


def one_line(text: str) -> str:
    """Return text with each run of whitespace replaced by one space."""
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
    """Return the boolean of a cell; raises ValueError for any other word."""
    text = value_text(cell)
    if text is None:
        return None
    value = _SPELLINGS.get(text.lower())
    if value is None:
        raise ValueError(text)
    return value
