"""Characters that XML forbids are left out, and counted.

Settlements with control characters were seen; one of them would make the whole document
unreadable. Everything else reaches the parser as it is.
Sources: https://www.w3.org/TR/xml/#charsets, https://www.w3.org/TR/xml/#sec-cdata-sect
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tap_mws_reports.documents.decoding import Decoding, text_blocks

FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE = re.compile("&#(?:([0-9]{1,9})|x([0-9a-fA-F]{1,9}));")
_LITERAL = "<![CDATA["
_LITERAL_END = "]]>"
_LAST_CHARACTER = 0x10FFFF

# The beginning of a reference or of a section, or the end of one, at the end of a piece.
_UNFINISHED = re.compile(r"(?:[<&][^<>&;\s]{0,15}|\]{1,2})\Z")


class SanitizedText:
    """The text of a document that a parser will take.

    ``dropped`` is how many characters were left out by the last reading that came to the end.
    """

    def __init__(self, path: Path, decoding: Decoding) -> None:
        self.decoding = decoding
        self.dropped = 0
        self._path = path

    def __call__(self) -> Iterator[str]:
        """Yield the text from its beginning, in pieces that are not empty."""
        admit = XmlSanitizer()
        yield from admit(text_blocks(self._path, self.decoding))
        self.dropped = admit.dropped


class XmlSanitizer:
    """Leaves out what XML forbids; ``dropped`` counts the characters left out."""

    def __init__(self) -> None:
        self.dropped = 0
        self._literal = False

    def __call__(self, text: Iterable[str]) -> Iterator[str]:
        """Yield what is left of a text."""
        rest = ""
        for piece in text:
            joined = rest + piece
            unfinished = _UNFINISHED.search(joined)
            rest = unfinished[0] if unfinished else ""
            if admitted := self._admitted(joined.removesuffix(rest)):
                yield admitted
        if admitted := self._admitted(rest):
            yield admitted

    def _admitted(self, text: str) -> str:
        if self._literal or "&#" in text or _LITERAL in text or FORBIDDEN.search(text):
            return "".join(self._parts(text))
        return text

    def _parts(self, text: str) -> Iterator[str]:
        """Yield what is inside and outside of literal sections, where ``&#1;`` is just text."""
        while text:
            if self._literal:
                inside, end, text = text.partition(_LITERAL_END)
                yield self._without_forbidden(inside) + end
                self._literal = not end
            else:
                before, mark, text = text.partition(_LITERAL)
                yield _REFERENCE.sub(self._reference, self._without_forbidden(before)) + mark
                self._literal = bool(mark)

    def _without_forbidden(self, text: str) -> str:
        admitted, dropped = FORBIDDEN.subn("", text)
        self.dropped += dropped
        return admitted

    def _reference(self, found: re.Match[str]) -> str:
        code = int(found[1]) if found[1] else int(found[2], 16)
        if code <= _LAST_CHARACTER and not FORBIDDEN.match(chr(code)):
            return found[0]
        self.dropped += 1
        return ""
