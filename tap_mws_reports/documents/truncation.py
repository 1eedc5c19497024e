"""Detect truncated flat files: a header, rows, and then an error message instead of the rest.

A last line with fewer cells may be a short row. It is a message only if it is a single cell below
a wide header and starts like a message, or if a line starts a web page or an error response that
reaches to the end.

Where nothing proves a document complete, a last line without its line end and with fewer cells than
the header is a line that was cut. In a document whose length or checksum is right it is a row:
some of Amazon's documents have no line end after the last row, and some rows have no cells at
their end. A document that was cut exactly at the end of a line shows nothing.
"""

from __future__ import annotations

import codecs
import csv
import os
import re
from itertools import takewhile
from pathlib import Path

from tap_mws_reports.documents.charsets import WIDE
from tap_mws_reports.documents.decoding import Decoding
from tap_mws_reports.documents.dialect import LINE_END, TAB, Dialect

_TAIL_SIZE = 64 * 1024  # bytes
_MIN_COLUMNS = 3  # of a table in which a single cell is unusual
_MIN_WORDS = 3
_LINES_BEFORE = 2  # one may be blank

_ERROR_RESPONSE = re.compile(
    r"""(?xim)^[ \t]*(
    <(!doctype\ html | html | \?xml | (\w+:)?\w*Error)\b
    | \{\s*"(errorDetails | errors? | message)"
    )"""
)
_RESPONSE_ENDS = (">", "}")

# English, and the languages of the marketplaces.
_MESSAGE_STARTS = re.compile(
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
_CJK_TEXT = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]{4}")  # Japanese and Chinese


def message_at_end(path: Path, decoding: Decoding, dialect: Dialect, width: int) -> str:
    """Return the message at the end of a truncated flat file, or an empty text.

    Args:
        path: the document.
        decoding: of the document.
        dialect: of the document.
        width: the number of columns in its header.
    """
    if width < _MIN_COLUMNS:
        return ""
    tail = _tail(path, decoding)
    if tail.endswith(_RESPONSE_ENDS):
        found = _ERROR_RESPONSE.search(tail)
        return tail[found.start() :] if found else ""
    lines = [line for line in LINE_END.split(tail) if line.strip()]
    single = [*takewhile(lambda line: _is_single(line, dialect), reversed(lines))][::-1]
    start = next((place for place, line in enumerate(single) if _is_message(line)), len(single))
    return "\n".join(single[start:])


def last_line_cells(path: Path, decoding: Decoding, dialect: Dialect, width: int) -> int:
    """Return the number of cells of the last line if it is possibly cut, otherwise zero.

    It is if it has no line end, and fewer cells than the header and than the line before it. Lines
    with quotes are not judged: they may continue below. Arguments as of `message_at_end`.
    """
    *before, last = LINE_END.split(_end(path, decoding))
    if not last.strip() or not before or (dialect.quoted and '"' in last):
        return 0
    cells = last.count(dialect.delimiter) + 1
    usual = max(each.count(dialect.delimiter) + 1 for each in before[-_LINES_BEFORE:])
    return cells if cells < min(width, usual) else 0


def ends_within_header(path: Path, decoding: Decoding) -> bool:
    """Whether a document has no line end, so that its header may be cut."""
    return path.stat().st_size < _TAIL_SIZE and not LINE_END.search(_end(path, decoding))


def lacks_line_end(path: Path, decoding: Decoding) -> bool:
    """Whether a document does not end with a line end, as many that are complete do not."""
    return not _end(path, decoding).rstrip(" \t").endswith(("\n", "\r"))


def ends_within_line(path: Path, decoding: Decoding, dialect: Dialect, width: int) -> bool:
    """Whether the last line has no line end and fewer cells than the header.

    Arguments as of `message_at_end`.
    """
    last = LINE_END.split(_end(path, decoding))[-1]
    if not dialect.quoted:
        return bool(last) and last.count(TAB) + 1 < width
    if last.count('"') % 2:  # it began in a line above, or a quote is open, which raises later
        return False
    cells = next(csv.reader([last], delimiter=dialect.delimiter), [])
    return 0 < len(cells) < width


def _is_single(line: str, dialect: Dialect) -> bool:
    """Whether a line is one cell. Commas and semicolons before a space are punctuation."""
    if not dialect.quoted:
        return TAB not in line.strip()
    mark = dialect.delimiter
    return '"' not in line and mark not in line.replace(f"{mark} ", "")


def _is_message(line: str) -> bool:
    long = len(line.split()) >= _MIN_WORDS or _CJK_TEXT.search(line)
    return bool(long and _MESSAGE_STARTS.match(line))


def _tail(path: Path, decoding: Decoding) -> str:
    """Return the end of a document, without the first, incomplete line."""
    text = _end(path, decoding)
    beginning = LINE_END.search(text)
    return text[beginning.end() :].rstrip() if beginning else ""


def _end(path: Path, decoding: Decoding) -> str:
    """Return the end of a document; its first line may be cut, even within a character."""
    with path.open("rb") as document:
        encoding, unit = _byte_order(document.read(4), decoding.encoding)
        start = max(0, document.seek(0, os.SEEK_END) - _TAIL_SIZE)
        document.seek(start - start % unit)
        return document.read().decode(encoding, "replace")


def _byte_order(head: bytes, encoding: str) -> tuple[str, int]:
    """Return the codec of text without a mark, and its bytes per unit."""
    if encoding not in WIDE:
        return encoding, 1
    if encoding in {"utf-16", "utf-32"}:
        little = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF32_LE))
        encoding = f"{encoding}-{'le' if little else 'be'}"
    return encoding, 2 if "16" in encoding else 4
