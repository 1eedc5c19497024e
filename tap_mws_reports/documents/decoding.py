"""Which character set a document is in, decided over the whole of it before a row is read.

The rules, first one that decodes every byte: byte order mark, the header's charset, strict UTF-8,
the marketplace's code page, and last Latin-1, which gives every byte a character. None replaces
a character silently, and the rule that decided is kept.
Source: https://github.com/amzn/selling-partner-api-docs/issues/21
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO

BLOCK_SIZE = 64 * 1024

Rule = Literal["bom", "header", "declaration", "utf-8", "marketplace", "latin-1"]

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
    """The codec a document is read with, and the rule that chose it.

    The rule ``declaration`` is XML's own; see `tap_mws_reports.documents.xml.encoding`.
    """

    encoding: str
    rule: Rule


def decide(path: Path, *, charset: str | None, code_page: str) -> Decoding:
    """Return the first decoding that fits every byte of the document.

    Args:
        path: the document.
        charset: what the Content-Type header announced, or None. A name that is not in the table
            is no rule, and neither is one whose codec fails on a byte.
        code_page: the marketplace's codec.
    """
    return first_that_fits(path, _candidates(path, charset, code_page))


def first_that_fits(path: Path, candidates: Iterable[Decoding]) -> Decoding:
    """Return the first of some decodings that fits every byte of the document, else Latin-1."""
    for decoding in candidates:
        if _fits(path, decoding.encoding):
            return decoding
    return Decoding("latin-1", "latin-1")


def marked(start: bytes) -> Iterator[Decoding]:
    """Yield what the byte order mark says, if there is one."""
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if start.startswith(mark):
            yield Decoding(encoding, "bom")


def named(charset: str | None, rule: Rule) -> Iterator[Decoding]:
    """Yield what a name of a character set says, if it is one that is known."""
    codec = _CHARSETS.get("".join(filter(str.isalnum, charset or "")).lower())
    if codec:
        yield Decoding(codec, rule)


def unnamed(code_page: str) -> Iterator[Decoding]:
    """Yield what a document may be that says nothing of itself."""
    yield Decoding("utf-8", "utf-8")
    yield Decoding(code_page, "marketplace")


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
        yield from marked(document.read(4))
    yield from named(charset, "header")
    yield from unnamed(code_page)


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
