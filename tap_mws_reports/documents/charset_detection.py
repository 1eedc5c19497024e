"""What the bytes of a document say about its character set, whatever is announced."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

BLOCK_SIZE = 64 * 1024

_FEWEST_ZEROS = 0.1  # of the bytes on one side; a document in UTF-16 has tabs, digits, line ends
_FEWEST_ZEROS_OF_UTF_8 = (
    0.75  # the same where the bytes are UTF-8, too; short Turkish texts have it
)
_MOST_ZEROS = 0.9  # of the bytes at one place in UTF-32
_MOSTLY = 4  # characters of UTF-8 for each byte that is not part of one

_CHARACTER = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_LEAD_OF_THREE = re.compile(rb"[\xe0-\xf4]")
_ASCII = bytes(range(128))

# Kana in Shift_JIS, or two double-byte characters side by side. Text in a single-byte charset has
# hardly ever four letters in a row that are not ASCII.
_EAST_ASIAN = re.compile(rb"\x82[\x9f-\xf1]|\x83[\x40-\x96]|[\x81-\xfe]{4}")


class Utf8Match(Enum):
    """How much the bytes are like UTF-8.

    MOSTLY: bytes that are not UTF-8 stand among many characters that are.
    """

    ASCII = "ascii"
    WHOLLY = "wholly"
    MOSTLY = "mostly"
    NOT = "not"


def match_utf8(path: Path) -> Utf8Match:
    """Compare a document with UTF-8, in one pass."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    beyond_ascii = 0
    cut = b""  # a character that goes on in the next block
    for block in _blocks(path):
        if block.isascii() and not cut:
            continue
        try:
            text = decoder.decode(block)
        except UnicodeDecodeError:
            return _broken(cut + block, beyond_ascii)
        beyond_ascii += len(block) - len(text)
        cut, _ = decoder.getstate()
    if cut:
        return _broken(cut, beyond_ascii)
    return Utf8Match.WHOLLY if beyond_ascii else Utf8Match.ASCII


def _broken(block: bytes, before: int) -> Utf8Match:
    """Tell by the first block that is not UTF-8, and by how much of UTF-8 stands before it."""
    characters = _CHARACTER.findall(block)
    odd = len(block.translate(None, _ASCII)) - sum(map(len, characters))
    return Utf8Match.MOSTLY if before + len(characters) >= _MOSTLY * odd else Utf8Match.NOT


def only_short_characters(path: Path) -> bool:
    """Whether UTF-8 has characters of two bytes only, as a few East Asian ones are by chance."""
    return not any(_LEAD_OF_THREE.search(block) for block in _blocks(path))


def codec_by_zeros(head: bytes) -> str | None:
    """Return the codec whose zero bytes the beginning of a document has, or None.

    Text in UTF-16 has a zero beside every ASCII character, text in UTF-32 beside every character.
    Bytes that are UTF-8, too, hardly ever are other letters than ASCII in UTF-16, so that most have
    to stand beside a zero: a few zeros may as well be characters themselves.
    """
    quarter = len(head) // 4
    zeros = [head[place : quarter * 4 : 4].count(0) for place in range(4)]
    # Emoji have a one in the second byte from above.
    if zeros[0] == quarter > zeros[3] and zeros[1] > quarter * _MOST_ZEROS:
        return "utf-32-be"
    if zeros[3] == quarter > zeros[0] and zeros[2] > quarter * _MOST_ZEROS:
        return "utf-32-le"
    high, low = head[::2].count(0), head[1::2].count(0)
    fewest = _FEWEST_ZEROS_OF_UTF_8 if _may_be_utf_8(head) else _FEWEST_ZEROS
    if max(high, low) < len(head) / 2 * fewest or not high + low:
        return None
    if min(high, low) > max(high, low) * _FEWEST_ZEROS:
        return None
    return "utf-16-be" if high > low else "utf-16-le"


def _may_be_utf_8(head: bytes) -> bool:
    """Whether the beginning of a document is UTF-8; its last character may be cut."""
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(head)
    except UnicodeDecodeError:
        return False
    return True


def looks_east_asian(path: Path) -> bool:
    """Whether a document has bytes that single-byte text hardly has."""
    return any(_EAST_ASIAN.search(block) for block in _blocks(path))


def fits(path: Path, encoding: str) -> bool:
    """Whether a codec decodes every byte of a document."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for block in _blocks(path):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def misfits(path: Path, encoding: str) -> int:
    """Return how often a codec fails in a document."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    count = sum(decoder.decode(block).count("\ufffd") for block in _blocks(path))
    return count + decoder.decode(b"", final=True).count("\ufffd")


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as document:
        while block := document.read(BLOCK_SIZE):
            yield block
