"""The settings that a document states above its header: filters, currency and time zone.

Brand Analytics begins a download with its filters: ``Reporting Range=["Weekly"],Year=["2026"]``.
Date range payments explain their columns, and name the currency of all amounts in a sentence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

_SETTING = r"(?P<name>[^=,;\t\"\[\]]{1,80})=\[(?P<values>[^\]]*)\]"
_SETTINGS = re.compile(_SETTING)
_UNNAMED = re.sub(r"\?P<\w+>", "?:", _SETTING)
_METADATA = re.compile(rf'\s*"?{_UNNAMED}"?(?:[,;\t]\s*"?{_UNNAMED}"?)*[\s,;]*')
_VALUE = re.compile(r'"((?:[^"]|"")*)"|([^,]+)')

_CURRENCIES = re.compile(
    r"(?<![A-Za-z])(AED|AUD|BRL|CAD|CNY|EGP|EUR|GBP|INR|JPY|MXN|PLN|SAR|SEK|SGD|TRY|USD|ZAR)"
    r"(?![A-Za-z])"
)
_YEN = re.compile("円で")
# Names that are also words or taxes, such as GST, are left out.
_ZONES = re.compile(
    r"(?<![A-Za-z/])(UTC|GMT|PST|PDT|JST|BST|CET|CEST|MEZ|MESZ|AEST|AEDT"
    r"|(?:Africa|America|Asia|Australia|Europe)/[A-Z][A-Za-z_]+)(?![A-Za-z])"
)


def is_metadata(line: str) -> bool:
    """Whether a line consists of settings: ``name=["value"]``, separated like cells."""
    return _METADATA.fullmatch(line) is not None


def preamble_settings(lines: Sequence[str]) -> str:
    """Return the settings in the lines above a header as JSON text; an empty text without any.

    A setting in brackets is a list of texts under its own name; ``currency`` and ``time zone`` are
    those that the sentences name, if it is one only.
    """
    settings: dict[str, object] = {}
    for line in filter(is_metadata, lines):
        for found in _SETTINGS.finditer(line):
            settings[found["name"].strip()] = _values(found["values"])
    sentences = [line for line in lines if not is_metadata(line)]
    currencies = _found(_CURRENCIES, sentences) or (
        {"JPY"} if any(map(_YEN.search, sentences)) else set()
    )
    for name, found_names in (("currency", currencies), ("time zone", _found(_ZONES, sentences))):
        if len(found_names) == 1:
            settings[name] = found_names.pop()
    return json.dumps(settings, ensure_ascii=False) if settings else ""


def _values(text: str) -> list[str]:
    return [
        (quoted.replace('""', '"') or plain).strip()
        for quoted, plain in _VALUE.findall(text.strip())
    ]


def _found(pattern: re.Pattern[str], lines: Iterable[str]) -> set[str]:
    return {name for line in lines for name in pattern.findall(line)}
