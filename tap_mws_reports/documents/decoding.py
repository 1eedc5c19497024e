"""Decide the character set of a document from its whole content before reading rows.

The rules in order: byte order mark; the zero bytes of UTF-16 and UTF-32; the charset of the
Content-Type header, then of the XML declaration, unless the bytes contradict it; strict UTF-8; the
marketplace's code page. If none decodes the whole document, UTF-8 is taken if most of it is valid,
else the codec with the fewest errors. Invalid bytes are read as windows-1252: every byte becomes a
character, and none is replaced.

A header is overruled even if its charset decodes the document: by valid UTF-8, which text in other
charsets rarely is by chance (except half-width kana in Japan); and,
if it names a single-byte charset, by the marketplace's multi-byte code page if that decodes the
document and typical byte sequences occur.
Sources: https://github.com/amzn/selling-partner-api-docs/issues/21,
https://github.com/amzn/selling-partner-api-models/issues/2748
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO

from tap_mws_reports.documents import charsets
from tap_mws_reports.documents.charsets import (
    BLOCK_SIZE,
    ESCAPING,
    MULTI_BYTE,
    SINGLE_BYTE,
    WIDE,
    Utf8Match,
    codec_named,
    codec_of_mark,
    fits,
)

Rule = Literal["bom", "zeros", "header", "declaration", "utf-8", "marketplace", "mixed"]
DeclaredCodecs = Mapping[Rule, str | None]
"""The codecs that the header and the document declare, by rule."""

_ODD_BYTES = "tap-mws-reports-odd-bytes"
_WINDOWS_1252 = "".join(
    bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256)
)


@dataclass(frozen=True, slots=True)
class Decoding:
    """The codec of a document, and the rule that chose it."""

    encoding: str
    rule: Rule

    @property
    def errors(self) -> str:
        """The name of the error handler for invalid bytes."""
        return _ODD_BYTES if self.rule == "mixed" else "strict"


def decide_encoding(
    path: Path, *, charset: str | None, code_page: str, declared: str | None = None
) -> Decoding:
    """Decide how to decode a document.

    Args:
        path: the document.
        charset: of the Content-Type header, or None. An unknown name is ignored.
        code_page: the marketplace's codec.
        declared: the charset that the document itself declares, or None.
    """
    with path.open("rb") as document:
        head = document.read(BLOCK_SIZE)
    declared_codecs: DeclaredCodecs = {
        "header": codec_named(charset),
        "declaration": codec_named(declared),
    }
    return (
        _by_byte_order_mark(path, head)
        or _by_zero_bytes(path, head, declared_codecs)
        or _by_content(path, declared_codecs, codec_named(code_page) or code_page)
    )


def open_text(path: Path, decoding: Decoding) -> TextIO:
    """Open the document as text. Line ends are kept; no byte is replaced or left out."""
    return path.open(encoding=decoding.encoding, errors=decoding.errors, newline="")


def text_blocks(path: Path, decoding: Decoding, size: int = BLOCK_SIZE) -> Iterator[str]:
    """Yield the text in blocks of about ``size`` bytes; faster than `open_text`."""
    decode = codecs.getincrementaldecoder(decoding.encoding)(decoding.errors).decode
    with path.open("rb") as document:
        while block := document.read(size):
            yield decode(block)
    yield decode(b"", final=True)


def utf8_blocks(path: Path, decoding: Decoding, size: int) -> Iterator[bytes]:
    """Yield the text in UTF-8, in blocks of about ``size`` bytes, which may cut a character.

    A document that is UTF-8 has been decoded completely to find that out, and is not decoded again.
    """
    if decoding.rule == "mixed" or decoding.encoding not in {"utf-8", "ascii"}:
        for text in text_blocks(path, decoding, size):
            yield text.encode()
        return
    with path.open("rb") as document:
        while block := document.read(size):
            yield block


def beginning(head: bytes) -> str:
    """Return the text of a document's first bytes, without leading whitespace.

    For format detection only: characters beyond ASCII may be wrong.
    """
    encoding = codec_of_mark(head) or charsets.codec_by_zeros(head) or "utf-8"
    return head.decode(encoding, "replace").lstrip("\ufeff \t\r\n")


def _by_byte_order_mark(path: Path, head: bytes) -> Decoding | None:
    encoding = codec_of_mark(head)
    if encoding is None:
        return None
    return Decoding(encoding, "bom" if fits(path, encoding) else "mixed")


def _by_zero_bytes(path: Path, head: bytes, declared_codecs: DeclaredCodecs) -> Decoding | None:
    encoding = charsets.codec_by_zeros(head)
    if encoding is None or not fits(path, encoding):
        return None
    rules = (rule for rule, codec in declared_codecs.items() if codec in WIDE)
    return Decoding(encoding, next(rules, "zeros"))


def _by_content(path: Path, declared_codecs: DeclaredCodecs, code_page: str) -> Decoding:
    utf8_match = charsets.match_utf8(path)
    # UTF-16 decodes any bytes; without zero bytes, a declaration of it is not plausible.
    named = {rule: codec for rule, codec in declared_codecs.items() if codec and codec not in WIDE}
    if utf8_match is Utf8Match.WHOLLY and named.get("declaration") == "utf-8":
        # A short text may also fit the header's charset; the bytes and the document agree.
        return Decoding("utf-8", "declaration")
    for rule, codec in named.items():
        if _is_plausible(path, codec, utf8_match, code_page):
            return Decoding(codec, rule)
    if utf8_match in {Utf8Match.ASCII, Utf8Match.WHOLLY}:
        return Decoding("utf-8", "utf-8")
    if utf8_match is Utf8Match.MOSTLY:
        return Decoding("utf-8", "mixed")
    if fits(path, code_page):
        return Decoding(code_page, "marketplace")
    candidates = dict.fromkeys((*named.values(), "utf-8", code_page))
    return Decoding(
        min(candidates, key=lambda each: charsets.count_decode_errors(path, each)), "mixed"
    )


def _is_plausible(path: Path, announced: str, utf8_match: Utf8Match, code_page: str) -> bool:
    """Whether a declared charset decodes the document and the bytes do not contradict it."""
    if utf8_match is Utf8Match.ASCII:
        return announced != ESCAPING or fits(path, announced)
    if utf8_match is Utf8Match.WHOLLY:
        return announced == "utf-8" or (
            announced == code_page in MULTI_BYTE
            and charsets.only_short_characters(path)
            and fits(path, announced)
        )
    if announced in SINGLE_BYTE:
        another = utf8_match is Utf8Match.MOSTLY or _is_local_multi_byte(path, code_page)
        return not another and fits(path, announced)
    return fits(path, announced)


def _is_local_multi_byte(path: Path, code_page: str) -> bool:
    """Whether a document is in the multi-byte code page of its marketplace."""
    return code_page in MULTI_BYTE and charsets.looks_east_asian(path) and fits(path, code_page)


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Decode invalid bytes as windows-1252, as browsers do."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    odd = error.object[error.start : error.end]
    return "".join(map(_WINDOWS_1252.__getitem__, odd)), error.end


codecs.register_error(_ODD_BYTES, _as_windows_1252)
