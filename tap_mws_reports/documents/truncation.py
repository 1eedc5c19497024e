"""Flat files that break off: a header, rows, and then a message in place of the rest.

A last line with fewer cells is a short row, which Amazon's documents have, too. It is a message
only where it is a single cell below a wide header and begins as messages do, or where a line begins
a web page or an error answer that reaches to the end.
"""

from __future__ import annotations

import os
import re
from itertools import takewhile
from pathlib import Path

from tap_mws_reports.documents.charsets import WIDE
from tap_mws_reports.documents.decoding import Decoding
from tap_mws_reports.documents.dialect import LINE_END, TAB, Dialect

_TAIL_SIZE = 64 * 1024  # bytes
_NARROWEST = 3  # columns of a table in which a single cell stands out
_FEWEST_WORDS = 3

_ANSWER = re.compile(
    r"""(?xim)^[ \t]*(
    <(!doctype\ html | html | \?xml | (\w+:)?\w*Error)\b
    | \{\s*"(errorDetails | errors? | message)"
    )"""
)
_ENDS_OF_ANSWER = (">", "}")

# English, and the languages of the marketplaces.
_BEGINNINGS = re.compile(
    r"""(?xi)\s*(
    (an?\ |the\ |this\ |your\ |internal\ |unexpected\ |fatal\ |system\ |service\ |server\ )*
        (error|exception|failure|request|report|service|server|connection|timeout)\b
    | (we('re|\ are|\ were)?\ )?(sorry|unable|could\ not|cannot|failed|please\ try)\b
    | (java|javax|com\.amazon)\.[\w.$]+ | HTTP[ /]\S*\ ?[45]\d\d\b
    | (access|request)\ (is\ )?(denied|throttled)\b | (date|data)\ range\b | too\ many\ requests\b
    | (fehler | leider | entschuldigung | der\ bericht | die\ anfrage)\b
    | (erreur | d[eé]sol[eé]e? | le\ rapport | une\ erreur)\b
    | (lo\ sentimos | se\ ha\ producido | el\ informe | error)\b
    | (errore | siamo\ spiacenti | si\ è\ verificato)\b
    | (fout | helaas | tyvärr | fel | błąd | przepraszamy | hata | üzgünüz | erro | desculpe)\b
    | エラー | 内部エラー | 申し訳 | リクエスト | 错误 | 系统错误 | 抱歉
    )"""
)
_WITHOUT_BLANKS = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]{4}")  # Japanese and Chinese


def message_at_end(path: Path, decoding: Decoding, layout: Dialect, width: int) -> str:
    """Return the message in which a flat file breaks off, or an empty text.

    Args:
        path: the document.
        decoding: how its bytes are read.
        layout: how its lines are made.
        width: how many columns its header has.
    """
    if width < _NARROWEST or decoding.encoding in WIDE:
        return ""
    tail = _tail(path, decoding)
    if tail.endswith(_ENDS_OF_ANSWER):
        found = _ANSWER.search(tail)
        return tail[found.start() :] if found else ""
    lines = [line for line in LINE_END.split(tail) if line.strip()]
    single = [*takewhile(lambda line: _is_single(line, layout), reversed(lines))][::-1]
    begun = next((place for place, line in enumerate(single) if _is_message(line)), len(single))
    return "\n".join(single[begun:])


def _is_single(line: str, layout: Dialect) -> bool:
    """Whether a line is one cell. Commas and semicolons divide the parts of sentences, too."""
    if not layout.quoted:
        return TAB not in line.strip()
    mark = layout.delimiter
    return '"' not in line and mark not in line.replace(f"{mark} ", "")


def _is_message(line: str) -> bool:
    long = len(line.split()) >= _FEWEST_WORDS or _WITHOUT_BLANKS.search(line)
    return bool(long and _BEGINNINGS.match(line))


def _tail(path: Path, decoding: Decoding) -> str:
    """Return the end of a document, from the second line of it on."""
    with path.open("rb") as document:
        document.seek(max(0, document.seek(0, os.SEEK_END) - _TAIL_SIZE))
        # It may begin within a character, but the first line is left out.
        text = document.read().decode(decoding.encoding, "replace")
    beginning = LINE_END.search(text)
    return text[beginning.end() :].rstrip() if beginning else ""
