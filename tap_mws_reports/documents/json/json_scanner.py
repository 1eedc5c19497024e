"""Scan a JSON document value by value; only the current value is in memory.

The standard library decodes the values: it is fast, reports error positions, and keeps the digits
of numbers. Streaming parsers do not: ijson reads `-0` as 0 and half of a surrogate pair as a
question mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from json import JSONDecodeError

from tap_mws_reports.documents.json.json_values import (
    DECODER,
    DEEPEST,
    Value,
    raise_invalid_json,
    raise_truncated,
    raise_unreadable,
)

MAX_VALUE_LENGTH = 2 * 1024 * 1024
"""Characters of a value. A decoded value of that length takes less than 70 MB."""

# If the text ends within a value, the error is at most this far before the end: within `-Infinity`
# or the escapes of a surrogate pair. A number at the end may continue, too.
_MARGIN = 16
_WHITESPACE = re.compile(r"[ \t\r\n]*")

# The text between two objects of a list, or of JSON lines, and the first key of the second.
_BETWEEN = re.compile(r'([ \t\r\n]*(?:,[ \t\r\n]*)?)\{[ \t\r\n]*"[^"\\]*"[ \t\r\n]*:')
_BLOCK_LENGTH = 32 * 1024
"""Characters; of several elements, about as many are decoded at once."""


class JsonScanner:
    """Reads values from a text one by one.

    Args:
        blocks: the text, in pieces.
    """

    def __init__(self, blocks: Iterator[str]) -> None:
        self._blocks = blocks
        self._text = ""
        self._at = 0
        self._dropped = 0
        self._block_end = 0
        self._tried = 0

    @property
    def position(self) -> int:
        """The number of characters read."""
        return self._dropped + self._at

    def peek(self) -> str:
        """Return the next character that is not whitespace, or an empty text at the end."""
        while True:
            self._at = _skip_whitespace(self._text, self._at)
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._grow():
                return ""

    def take(self, wanted: str) -> str:
        """Read the next character that is not whitespace.

        Raises:
            UnreadableDocument: it is not one of ``wanted``, or the document ends.
        """
        found = self.peek()
        if not found:
            raise_truncated(self.position)
        if found not in wanted:
            raise_invalid_json(f"Expecting {' or '.join(map(repr, wanted))}", self.position)
        self._at += 1
        return found

    def key(self) -> str:
        """Read the key of an object and the colon after it."""
        if self.peek() not in ('"', ""):
            raise_invalid_json("Expecting a key in quotes", self.position)
        key = self.value()
        self.take(":")
        return str(key)

    def value(self) -> Value:
        """Read a complete value.

        Raises:
            UnreadableDocument: there is none, or it is longer than `MAX_VALUE_LENGTH` or nested
                too deeply to be decoded.
        """
        if not self.peek():
            raise_truncated(self.position)
        while True:
            try:
                value, end = DECODER.raw_decode(self._text, self._at)
            except JSONDecodeError as error:
                self._read_more(error)
            except RecursionError:
                raise_unreadable(
                    f"objects and lists are nested more than {DEEPEST} levels deep"
                    f" at character {self.position + 1}"
                )
            else:
                if end + _MARGIN <= len(self._text) or not self._grow():
                    self._at = end
                    return value  # type: ignore[no-any-return]

    def elements_ahead(self) -> str:
        """Return the text of many objects after the value just read, without reading on.

        The text ends where the same text follows as after that value: the end of an object, a
        comma, and an object with the same first key. That may be inside another value; then the
        text is not a sequence of complete values. It is empty if there is no such place, or if the
        elements returned last time were not skipped and have not been read yet.
        """
        if self.position < self._tried:
            return ""
        if len(self._text) - self._at < _BLOCK_LENGTH:
            self._grow()
        between = _BETWEEN.match(self._text, self._at)
        end = self._text.rfind("}" + between[0], between.end()) + 1 if between else 0
        self._tried = self._dropped + (end or self._at + _BLOCK_LENGTH)
        if not between or not end:
            return ""
        self._block_end = end
        return self._text[between.end(1) : end]

    def skip_elements(self) -> None:
        """Continue after the elements that `elements_ahead` returned."""
        self._at = self._block_end

    def _read_more(self, error: JSONDecodeError) -> None:
        """Read more text if the error is only that it ends here; else raise."""
        unclosed = error.msg.startswith("Unterminated string")
        ends_here = unclosed or error.pos + _MARGIN > len(self._text)
        if ends_here and self._grow():
            return
        if unclosed or error.pos >= len(self._text):
            raise_truncated(self._dropped + len(self._text))
        raise_invalid_json(error.msg, self._dropped + error.pos)

    def _grow(self) -> bool:
        """Read at least as much text as is buffered; return whether there was any."""
        rest = self._text[self._at :]
        if len(rest) > MAX_VALUE_LENGTH:
            raise_unreadable(
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


def _skip_whitespace(text: str, start: int) -> int:
    found = _WHITESPACE.match(text, start)
    return found.end() if found else start
