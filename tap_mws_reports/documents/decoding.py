"""Which character set a document is in, decided over the whole of it before a row is read.

The rules, first one that decodes every byte: byte order mark, the header's charset, strict UTF-8,
the marketplace's code page, and last Latin-1, which gives every byte a character. None replaces
a character silently, and the rule that decided is kept.
Source: https://github.com/amzn/selling-partner-api-docs/issues/21
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO

BLOCK_SIZE = 64 * 1024

Rule = Literal["bom", "header", "utf-8", "marketplace", "latin-1"]

_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

# Java and IANA names by letters and digits, as Amazon's Content-Type spells them. Shift_JIS means
# windows-31j and Latin-1 means windows-1252: the larger sets that such documents really use.
# Source: https://encoding.spec.whatwg.org/#names-and-labels
_CHARSETS = {
    "utf8": "utf-8",
    "usascii": "ascii",
    "ascii": "ascii",
    "cp1252": "cp1252",
    "windows1252": "cp1252",
    "iso88591": "cp1252",
    "latin1": "cp1252",
    "iso885915": "iso8859-15",
    "windows31j": "cp932",
    "ms932": "cp932",
    "cp932": "cp932",
    "shiftjis": "cp932",
    "sjis": "cp932",
    "eucjp": "euc_jp",
    "gbk": "gbk",
    "gb2312": "gbk",
    "gb18030": "gb18030",
    "big5": "big5",
    "cp1250": "cp1250",
    "windows1250": "cp1250",
    "cp1254": "cp1254",
    "windows1254": "cp1254",
    "iso88592": "iso8859-2",
    "iso88599": "cp1254",
    "utf16": "utf-16",
}


@dataclass(frozen=True, slots=True)
class Decoding:
    """The codec a document is read with, and the rule that chose it."""

    encoding: str
    rule: Rule


def known_charset(name: str) -> str | None:
    """Return the codec of a charset as Amazon spells it, or None when it is not in the table."""
    return _CHARSETS.get("".join(filter(str.isalnum, name)).lower())


def decide(path: Path, *, charset: str | None, code_page: str) -> Decoding:
    """Return the first decoding that fits every byte of the document.

    Args:
        path: the document.
        charset: what the Content-Type header announced, or None. A name that is not in the table
            is no rule, and neither is one whose codec fails on a byte.
        code_page: the marketplace's codec.
    """
    for decoding in _candidates(path, charset, code_page):
        if _fits(path, decoding.encoding):
            return decoding
    return Decoding("latin-1", "latin-1")


def open_text(path: Path, decoding: Decoding) -> TextIO:
    """Open the document as text, line ends as they are, every undecodable byte an error."""
    return path.open(encoding=decoding.encoding, errors="strict", newline="")


def text_blocks(path: Path, decoding: Decoding) -> Iterator[str]:
    """Yield the text of about `BLOCK_SIZE` bytes at a time: what `open_text` gives, but faster."""
    decode = codecs.getincrementaldecoder(decoding.encoding)("strict").decode
    with path.open("rb") as document:
        while block := document.read(BLOCK_SIZE):
            yield decode(block)
    yield decode(b"", final=True)


def _candidates(path: Path, charset: str | None, code_page: str) -> Iterator[Decoding]:
    with path.open("rb") as document:
        start = document.read(4)
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if start.startswith(mark):
            yield Decoding(encoding, "bom")
    if announced := known_charset(charset or ""):
        yield Decoding(announced, "header")
    yield Decoding("utf-8", "utf-8")
    yield Decoding(code_page, "marketplace")


def _fits(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as document:
            while block := document.read(BLOCK_SIZE):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True
