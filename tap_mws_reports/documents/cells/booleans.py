"""Booleans, in every spelling seen: each report has its own, and some follow the language."""

from __future__ import annotations

from tap_mws_reports.documents.cells.text import value_text

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
