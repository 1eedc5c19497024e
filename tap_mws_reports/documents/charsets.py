"""Detect the charset of a document, and map charset names of headers to Python codecs.

Where documents use a superset of the named charset, the superset is taken: windows-31j for
Shift_JIS, windows-1252 for Latin-1, GB 18030 for GBK.
Sources: https://encoding.spec.whatwg.org/#names-and-labels,
https://docs.oracle.com/en/java/javase/21/intl/supported-encodings.html
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from enum import Enum
from functools import cache
from pathlib import Path

# Codec to names of Java and IANA, letters and digits only.
_UNICODE = {
    "utf-8": "utf8 unicode11utf8",
    "utf-16": "utf16 unicode iso10646ucs2 ucs2",
    "utf-16-le": "utf16le unicodelittleunmarked",
    "utf-16-be": "utf16be unicodebigunmarked",
    "utf-32": "utf32 ucs4 iso10646ucs4",
    "utf-32-le": "utf32le",
    "utf-32-be": "utf32be",
}
_SINGLE_BYTE = {
    "ascii": "ascii usascii iso646us ansix341968 cp367",
    "cp1250": "cp1250 windows1250",
    "cp1251": "cp1251 windows1251",
    "cp1252": "cp1252 windows1252 ansi1252 iso88591 latin1 l1 cp819",
    "cp1253": "cp1253 windows1253",
    "cp1254": "cp1254 windows1254 iso88599 latin5 cp920",
    "cp1255": "cp1255 windows1255",
    "cp1256": "cp1256 windows1256",
    "cp1257": "cp1257 windows1257",
    "cp1258": "cp1258 windows1258",
    "cp874": "cp874 windows874 tis620 iso885911",
    "iso8859-2": "iso88592 latin2",
    "iso8859-5": "iso88595",
    "iso8859-6": "iso88596",
    "iso8859-7": "iso88597",
    "iso8859-8": "iso88598",
    "iso8859-15": "iso885915 latin9",
    "koi8-r": "koi8r",
}
_MULTI_BYTE = {
    "cp932": "cp932 windows31j ms932 windows932 cswindows31j shiftjis sjis mskanji cp943",
    "euc_jp": "eucjp xeucjp ujis",
    "iso2022_jp": "iso2022jp jis",
    "gb18030": "gb18030 gbk cp936 ms936 windows936 gb2312 euccn",
    "cp950": "big5 cp950 ms950 windows950",
    "big5hkscs": "big5hkscs",
    "cp949": "cp949 ms949 windows949 euckr ksc5601 ksc56011987",
}
_BY_SPELLING = {
    spelling: codec
    for table in (_UNICODE, _SINGLE_BYTE, _MULTI_BYTE)
    for codec, spellings in table.items()
    for spelling in spellings.split()
}

WIDE = frozenset(_UNICODE) - {"utf-8"}
"""Codecs with two or four bytes per character."""

SINGLE_BYTE = frozenset(_SINGLE_BYTE)
"""Codecs with one byte per character. They decode nearly any bytes, so success proves little."""

MULTI_BYTE = frozenset(_MULTI_BYTE)
"""East Asian codecs. ASCII bytes are ASCII in all of them, except in escapes of ISO-2022."""

ESCAPING = "iso2022_jp"
"""The codec in which ASCII bytes may encode other characters."""

# Order matters: the marks of UTF-32 begin with those of UTF-16.
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def codec_named(charset: str | None) -> str | None:
    """Return the codec of a charset name in any spelling, or None for an unknown name."""
    return _BY_SPELLING.get("".join(filter(str.isalnum, charset or "")).lower())


def codec_of_mark(head: bytes) -> str | None:
    """Return the codec of the byte order mark, or None without one."""
    return next((codec for mark, codec in _MARKS.items() if head.startswith(mark)), None)


BLOCK_SIZE = 64 * 1024

_MIN_ZEROS = 0.1  # share of high or low bytes; UTF-16 text has tabs, digits, line ends
_MIN_ZEROS_IF_UTF_8 = 0.75  # where the bytes are valid UTF-8, too, as in short Turkish texts
_MIN_ZEROS_UTF_32 = 0.9  # share of the bytes at one position in UTF-32
_MIN_VALID_RATIO = 4  # UTF-8 characters for each invalid byte

_CHARACTER = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_LEAD_OF_THREE = re.compile(rb"[\xe0-\xf4]")
_ASCII = bytes(range(128))

# Kana in Shift_JIS, or two double-byte characters side by side. Text in a single-byte charset
# rarely has four letters in a row that are not ASCII.
_EAST_ASIAN = re.compile(rb"\x82[\x9f-\xf1]|\x83[\x40-\x96]|[\x81-\xfe]{4}")


class Utf8Match(Enum):
    """How far the bytes of a document are UTF-8.

    MOSTLY: a few invalid bytes among many UTF-8 characters.
    """

    ASCII = "ascii"
    WHOLLY = "wholly"
    MOSTLY = "mostly"
    NOT = "not"


def match_utf8(path: Path) -> Utf8Match:
    """Return how far a document is UTF-8, in one pass."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    beyond_ascii = 0
    cut = b""  # a character that continues in the next block
    for block in _blocks(path):
        if block.isascii() and not cut:
            continue
        try:
            text = decoder.decode(block)
        except UnicodeDecodeError:
            return _match_invalid(cut + block, beyond_ascii)
        beyond_ascii += len(block) - len(text)
        cut, _ = decoder.getstate()
    if cut:
        return _match_invalid(cut, beyond_ascii)
    return Utf8Match.WHOLLY if beyond_ascii else Utf8Match.ASCII


def _match_invalid(block: bytes, before: int) -> Utf8Match:
    """Decide from the first invalid block and the UTF-8 characters before it."""
    characters = _CHARACTER.findall(block)
    odd = len(block.translate(None, _ASCII)) - sum(map(len, characters))
    return Utf8Match.MOSTLY if before + len(characters) >= _MIN_VALID_RATIO * odd else Utf8Match.NOT


def only_short_characters(path: Path) -> bool:
    """Whether UTF-8 text has two-byte characters only, as East Asian bytes may by chance."""
    return not any(_LEAD_OF_THREE.search(block) for block in _blocks(path))


def codec_by_zeros(head: bytes) -> str | None:
    """Return the codec that the zero bytes at the start of a document indicate, or None.

    Text in UTF-16 has a zero beside every ASCII character, text in UTF-32 beside every character.
    Where the bytes are valid UTF-8, too, most of them must be beside a zero: a few zeros may be
    characters themselves.
    """
    quarter = len(head) // 4
    zeros = [head[place : quarter * 4 : 4].count(0) for place in range(4)]
    # The second-highest byte of an emoji is one.
    if zeros[0] == quarter > zeros[3] and zeros[1] > quarter * _MIN_ZEROS_UTF_32:
        return "utf-32-be"
    if zeros[3] == quarter > zeros[0] and zeros[2] > quarter * _MIN_ZEROS_UTF_32:
        return "utf-32-le"
    high, low = head[::2].count(0), head[1::2].count(0)
    fewest = _MIN_ZEROS_IF_UTF_8 if _may_be_utf_8(head) else _MIN_ZEROS
    if max(high, low) < len(head) / 2 * fewest or not high + low:
        return None
    if min(high, low) > max(high, low) * _MIN_ZEROS:
        return None
    return "utf-16-be" if high > low else "utf-16-le"


def _may_be_utf_8(head: bytes) -> bool:
    """Whether the start of a document is UTF-8; its last character may be incomplete."""
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(head)
    except UnicodeDecodeError:
        return False
    return True


def looks_east_asian(path: Path) -> bool:
    """Whether a document has byte sequences that are rare in single-byte text."""
    return any(_EAST_ASIAN.search(block) for block in _blocks(path))


def likely_east_asian(path: Path) -> str | None:
    """Return the Japanese or Chinese codec whose typical letters a document has, or None.

    The codec must decode the whole document, and nearly all letters beyond ASCII must be common in
    its language: full-width Japanese, or the first level of GB 2312. A single letter in a word of
    ASCII is not: an accented letter and the next one of a European word are read as one, too.
    """
    for encoding, typical in _TYPICAL_LETTERS.items():
        if not fits(path, encoding):
            continue
        letters = others = 0
        for block in _text_blocks(path, encoding):
            beyond = _BEYOND_ASCII.findall(_IN_A_WORD.sub("", block))
            found = sum(1 for letter in beyond if typical(letter))
            letters, others = letters + found, others + len(_BEYOND_ASCII.findall(block)) - found
        if letters >= _MIN_LETTERS and letters >= _MIN_LETTER_RATIO * others:
            return encoding
    return None


_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_IN_A_WORD = re.compile(
    r"(?<=[A-Za-z])[^\x00-\x7f](?![^\x00-\x7f])|(?<![^\x00-\x7f])[^\x00-\x7f](?=[A-Za-z])"
)
_FULL_WIDTH_JAPANESE = re.compile("[\u3000-\u30ff\u4e00-\u9fff\uff01-\uff5e]")
_MIN_LETTERS = 4
_MIN_LETTER_RATIO = 4  # typical letters for each other one
_FIRST_LEVEL = range(0xB0, 0xD8)  # of GB 2312, by the first byte
_PUNCTUATION = range(0xA1, 0xA4)
_GB_2312 = 0xA1  # the lowest second byte
_RARE_KANJI = 0xE0  # the lowest first byte; Latin letters with accents begin there, too


@cache
def _is_common_chinese(letter: str) -> bool:
    first, *others = letter.encode("gb18030")
    return (first in _FIRST_LEVEL or first in _PUNCTUATION) and others[0] >= _GB_2312


@cache
def _is_common_japanese(letter: str) -> bool:
    encoded = letter.encode("cp932", "replace")
    return bool(_FULL_WIDTH_JAPANESE.fullmatch(letter)) and encoded[0] < _RARE_KANJI


_TYPICAL_LETTERS: dict[str, Callable[[str], object]] = {
    "cp932": _is_common_japanese,
    "gb18030": _is_common_chinese,
}


def _text_blocks(path: Path, encoding: str) -> Iterator[str]:
    decode = codecs.getincrementaldecoder(encoding)("strict").decode
    yield from map(decode, _blocks(path))


def fits(path: Path, encoding: str) -> bool:
    """Whether a codec decodes the whole document without error."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for block in _blocks(path):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def count_decode_errors(path: Path, encoding: str) -> int:
    """Return how many errors a codec has in a document."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    count = sum(decoder.decode(block).count("\ufffd") for block in _blocks(path))
    return count + decoder.decode(b"", final=True).count("\ufffd")


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as document:
        while block := document.read(BLOCK_SIZE):
            yield block
