"""The text of a JSON document, taken value by value; only the value at hand is in memory.

The standard library decodes the values: it is quick, it says where a text is wrong, and it hands
over numbers digit by digit. Streaming parsers do not: ijson reads `-0` as 0 and half of a surrogate
pair as a question mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from json import JSONDecodeError

from tap_mws_reports.documents.json.json_values import (
    DECODER,
    DEEPEST,
    Value,
    refuse_end,
    refuse_text,
    refuse_value,
)

MAX_VALUE_LENGTH = 2 * 1024 * 1024
"""Characters of an element of a list. Decoded, one that may be met takes less than 70 MB."""

# A text that ends within a value is wrong at most so far before its end: within `-Infinity` or the
# escapes of a surrogate pair. A number that ends there may go on, too.
_MARGIN = 16
_BLANKS = re.compile(r"[ \t\r\n]*")


class JsonScanner:
    """Takes one value after the other from a text.

    Args:
        blocks: the text, in pieces.
    """

    def __init__(self, blocks: Iterator[str]) -> None:
        self._blocks = blocks
        self._text = ""
        self._at = 0
        self._dropped = 0

    @property
    def position(self) -> int:
        """How many characters have been taken."""
        return self._dropped + self._at

    def peek(self) -> str:
        """Return the next character that is no blank, or an empty text at the end."""
        while True:
            self._at = _end_of_blanks(self._text, self._at)
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._grow():
                return ""

    def take(self, wanted: str) -> str:
        """Take the next character that is no blank.

        Raises:
            UnreadableDocument: it is none of those wanted, or the document ends.
        """
        found = self.peek()
        if not found:
            refuse_end(self.position)
        if found not in wanted:
            refuse_text(f"Expecting {' or '.join(map(repr, wanted))}", self.position)
        self._at += 1
        return found

    def key(self) -> str:
        """Take the key of an object and the colon behind it."""
        if self.peek() not in ('"', ""):
            refuse_text("Expecting a key in quotes", self.position)
        key = self.value()
        self.take(":")
        return str(key)

    def value(self) -> Value:
        """Take a whole value.

        Raises:
            UnreadableDocument: there is none, it is longer than `MAX_VALUE_LENGTH`, or lists and
                objects lie too deep in each other for it to be decoded.
        """
        if not self.peek():
            refuse_end(self.position)
        while True:
            try:
                value, end = DECODER.raw_decode(self._text, self._at)
            except JSONDecodeError as error:
                self._read_on(error)
            except RecursionError:
                refuse_value(
                    f"more than {DEEPEST} objects and lists lie within each other"
                    f" at character {self.position + 1}"
                )
            else:
                if end + _MARGIN <= len(self._text) or not self._grow():
                    self._at = end
                    return value  # type: ignore[no-any-return]

    def _read_on(self, error: JSONDecodeError) -> None:
        """Get more of a text that is wrong only because it ends here."""
        unclosed = error.msg.startswith("Unterminated string")
        ends_here = unclosed or error.pos + _MARGIN > len(self._text)
        if ends_here and self._grow():
            return
        if unclosed or error.pos >= len(self._text):
            refuse_end(self._dropped + len(self._text))
        refuse_text(error.msg, self._dropped + error.pos)

    def _grow(self) -> bool:
        """Read at least as much as there is already; return whether there was anything."""
        rest = self._text[self._at :]
        if len(rest) > MAX_VALUE_LENGTH:
            refuse_value(
                f"the value at character {self.position + 1} is longer than {MAX_VALUE_LENGTH}"
                " characters"
            )
        blocks, size = [], 0
        for block in self._blocks:
            blocks.append(block)
            size += len(block)
            if size > len(rest):
                break
        if size:
            self._text = "".join((rest, *blocks))
            self._dropped += self._at
            self._at = 0
        return size > 0


def _end_of_blanks(text: str, start: int) -> int:
    found = _BLANKS.match(text, start)
    return found.end() if found else start
