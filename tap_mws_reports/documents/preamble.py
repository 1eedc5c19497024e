"""The settings that a document states above or in its header: filters, currency and time zone.

Brand Analytics begins a download with its filters: ``Reporting Range=["Weekly"],Year=["2026"]``.
Date range payments explain their columns, and name the currency of all amounts in a sentence. The
transaction view of payments has it in a header: ``Total (USD)``. The contents of a shipment begin
with lines of a name and a value.
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
_IN_BRACKETS = re.compile(rf"[(\uff08]{_CURRENCIES.pattern}[)\uff09]\s*$")
_YEN = re.compile("円で")
# Names that are also words or taxes, such as GST, are left out.
_ZONES = re.compile(
    r"(?<![A-Za-z/])(UTC|GMT|PST|PDT|JST|BST|CET|CEST|MEZ|MESZ|AEST|AEDT"
    r"|(?:Africa|America|Asia|Australia|Europe)/[A-Z][A-Za-z_]+)(?![A-Za-z])"
)


def is_metadata(line: str) -> bool:
    """Whether a line consists of settings: ``name=["value"]``, separated like cells."""
    return _METADATA.fullmatch(line) is not None


def preamble_settings(
    lines: Sequence[str], header: Iterable[str] = (), named: Iterable[tuple[str, str]] = ()
) -> str:
    """Return the settings above and in a header as JSON text; an empty text without any.

    A setting in brackets is a list of texts under its own name; ``currency`` and ``time zone`` are
    those that the sentences name, if it is one only. Otherwise the currency is that in brackets at
    the end of header cells, if it is one only.

    Args:
        lines: the lines above the header.
        header: its cells.
        named: the names and values of lines that consist of both.
    """
    settings: dict[str, object] = dict(named)
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
    in_header = {name for cell in header for name in _IN_BRACKETS.findall(cell)}
    if "currency" not in settings and len(in_header) == 1:
        settings["currency"] = in_header.pop()
    return json.dumps(settings, ensure_ascii=False) if settings else ""


def _values(text: str) -> list[str]:
    return [
        (quoted.replace('""', '"') or plain).strip()
        for quoted, plain in _VALUE.findall(text.strip())
    ]


def _found(pattern: re.Pattern[str], lines: Iterable[str]) -> set[str]:
    return {name for line in lines for name in pattern.findall(line)}
