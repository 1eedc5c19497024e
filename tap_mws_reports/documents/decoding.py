"""Which character set a document is in, decided over the whole of it before a row is read.

The rules in their order: byte order mark; the zero bytes of UTF-16 and UTF-32; the charset that the
Content-Type header announces, then the one that an XML document declares, unless the bytes speak
against it; strict UTF-8; the marketplace's code page. Where none fits whole, UTF-8 is taken if most
of the document is, else the one with the fewest bytes beside it, and those bytes are read as
windows-1252: every byte becomes a character, and none is replaced.

A header is overruled, though its charset may fit: by bytes that are UTF-8, which text in other
charsets hardly ever is by chance (half-width kana are, which counts in Japan only); and, where it
announces one byte a character, by a multi-byte code page of the marketplace that fits and shows its
characters.
Sources: https://github.com/amzn/selling-partner-api-docs/issues/21,
https://github.com/amzn/selling-partner-api-models/issues/2748
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO

from tap_mws_reports.documents import charset_detection
from tap_mws_reports.documents.charset_detection import BLOCK_SIZE, Utf8Match, fits
from tap_mws_reports.documents.charsets import (
    ESCAPING,
    MULTI_BYTE,
    SINGLE_BYTE,
    WIDE,
    codec_named,
    codec_of_mark,
)

Rule = Literal["bom", "zeros", "header", "declaration", "utf-8", "marketplace", "mixed"]
Told = Mapping[Rule, str | None]
"""The codecs that somebody names, by the rule that believes it."""

_ODD_BYTES = "tap-mws-reports-odd-bytes"
_WINDOWS_1252 = "".join(
    bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256)
)


@dataclass(frozen=True, slots=True)
class Decoding:
    """The codec a document is read with, and the rule that chose it."""

    encoding: str
    rule: Rule

    @property
    def errors(self) -> str:
        """The name of what the codec does with bytes that it does not know."""
        return _ODD_BYTES if self.rule == "mixed" else "strict"


def decide_encoding(
    path: Path, *, charset: str | None, code_page: str, declared: str | None = None
) -> Decoding:
    """Return how a document is to be decoded.

    Args:
        path: the document.
        charset: what the Content-Type header announced, or None. A name nobody knows is no rule.
        code_page: the marketplace's codec.
        declared: the charset that the document itself names, or None.
    """
    with path.open("rb") as document:
        head = document.read(BLOCK_SIZE)
    told: Told = {"header": codec_named(charset), "declaration": codec_named(declared)}
    return (
        _marked(path, head)
        or _wide(path, head, told)
        or _narrow(path, told, codec_named(code_page) or code_page)
    )


def open_text(path: Path, decoding: Decoding) -> TextIO:
    """Open the document as text, line ends as they are, no byte replaced or left out."""
    return path.open(encoding=decoding.encoding, errors=decoding.errors, newline="")


def text_blocks(path: Path, decoding: Decoding) -> Iterator[str]:
    """Yield the text of about `BLOCK_SIZE` bytes at a time: what `open_text` gives, but faster."""
    decode = codecs.getincrementaldecoder(decoding.encoding)(decoding.errors).decode
    with path.open("rb") as document:
        while block := document.read(BLOCK_SIZE):
            yield decode(block)
    yield decode(b"", final=True)


def beginning(head: bytes) -> str:
    """Return the text of a document's first bytes, as far as ASCII goes, from its first character.

    It tells the form of a document; what is not ASCII may be wrong.
    """
    encoding = codec_of_mark(head) or charset_detection.codec_by_zeros(head) or "utf-8"
    return head.decode(encoding, "replace").lstrip("\ufeff \t\r\n")


def _marked(path: Path, head: bytes) -> Decoding | None:
    encoding = codec_of_mark(head)
    if encoding is None:
        return None
    return Decoding(encoding, "bom" if fits(path, encoding) else "mixed")


def _wide(path: Path, head: bytes, told: Told) -> Decoding | None:
    encoding = charset_detection.codec_by_zeros(head)
    if encoding is None or not fits(path, encoding):
        return None
    rules = (rule for rule, codec in told.items() if codec in WIDE)
    return Decoding(encoding, next(rules, "zeros"))


def _narrow(path: Path, told: Told, code_page: str) -> Decoding:
    likeness = charset_detection.match_utf8(path)
    # Any bytes are text in UTF-16; without its zeros there is nothing to believe.
    named = {rule: codec for rule, codec in told.items() if codec and codec not in WIDE}
    for rule, codec in named.items():
        if _believed(path, codec, likeness, code_page):
            return Decoding(codec, rule)
    if likeness in {Utf8Match.ASCII, Utf8Match.WHOLLY}:
        return Decoding("utf-8", "utf-8")
    if likeness is Utf8Match.MOSTLY:
        return Decoding("utf-8", "mixed")
    if fits(path, code_page):
        return Decoding(code_page, "marketplace")
    candidates = dict.fromkeys((*named.values(), "utf-8", code_page))
    return Decoding(
        min(candidates, key=lambda each: charset_detection.misfits(path, each)), "mixed"
    )


def _believed(path: Path, announced: str, likeness: Utf8Match, code_page: str) -> bool:
    """Whether the header's charset fits the document, and nothing in it speaks for another."""
    if likeness is Utf8Match.ASCII:
        return announced != ESCAPING or fits(path, announced)
    if likeness is Utf8Match.WHOLLY:
        return announced == "utf-8" or (
            announced == code_page in MULTI_BYTE
            and charset_detection.only_short_characters(path)
            and fits(path, announced)
        )
    if announced in SINGLE_BYTE:
        another = likeness is Utf8Match.MOSTLY or _is_local(path, code_page)
        return not another and fits(path, announced)
    return fits(path, announced)


def _is_local(path: Path, code_page: str) -> bool:
    """Whether a document is in the multi-byte code page of its marketplace."""
    return (
        code_page in MULTI_BYTE
        and charset_detection.looks_east_asian(path)
        and fits(path, code_page)
    )


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that a codec does not know, as browsers read windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    odd = error.object[error.start : error.end]
    return "".join(map(_WINDOWS_1252.__getitem__, odd)), error.end


codecs.register_error(_ODD_BYTES, _as_windows_1252)
