"""Hardened XML parser: no external entities, no DTD, no network.

Characters that XML forbids are removed and counted before. Some settlements contain control
characters; a single one would make the whole document unreadable.
Sources: https://www.w3.org/TR/xml/#charsets, https://www.w3.org/TR/xml/#sec-cdata-sect
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NoReturn

from lxml import etree

from tap_mws_reports.documents.decoding import Decoding, text_blocks
from tap_mws_reports.documents.limits import LONGEST_LINE
from tap_mws_reports.documents.xml.sax_handler import SaxHandler
from tap_mws_reports.documents.xml.value_paths import raise_invalid_xml

# A byte order mark may precede it, also as decoded by a single-byte code page.
_DECLARATION = re.compile(r"(?:\ufeff|\u00ef\u00bb\u00bf)?\s*(?:<\?xml\s[^>]*>)?")


def parse(text: Iterable[str], handler: SaxHandler) -> Iterator[None]:
    """Send the events of a document to a handler; yield after every piece of text.

    The XML declaration is removed: the document is already decoded, so its encoding does not apply,
    and even whitespace before it would be an error.

    Raises:
        UnreadableDocument: the document is malformed or truncated; the error has line and column.
    """
    parser = new_parser(handler)
    try:
        for piece in without_declaration(text):
            parser.feed(piece.encode())
            yield
        parser.close()
    except etree.XMLSyntaxError as error:
        raise_syntax_error(error)


def new_parser(target: object) -> etree.XMLParser:
    """Return a parser that sends its events to a target; it takes UTF-8."""
    return etree.XMLParser(
        target=target,  # type: ignore[arg-type]  # the stubs require optional methods
        encoding="utf-8",
        # Not False: a target would receive `&amp;` in an attribute as `&#38;`. Only a DTD can
        # declare entities, and the handler rejects it.
        resolve_entities="internal",  # type: ignore[arg-type]  # the stubs accept only booleans
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )


def without_declaration(text: Iterable[str]) -> Iterator[str]:
    """Yield a document without its XML declaration."""
    pieces = iter(text)
    for first in pieces:
        yield _DECLARATION.sub(_line_feeds, first, count=1)
        break
    yield from pieces


def _line_feeds(declaration: re.Match[str]) -> str:
    """Return the line feeds of the declaration, which keep line numbers correct."""
    return "\n" * declaration[0].count("\n")


def raise_syntax_error(error: etree.XMLSyntaxError) -> NoReturn:
    """Raise for a document that is not well-formed."""
    line, column = error.position
    reason = str(error.msg).removesuffix(f", line {line}, column {column}").strip()
    raise_invalid_xml(
        f"the document is malformed or truncated: {reason} (line {line}, column {column})"
    )


FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE = re.compile("&#(?:([0-9]{1,9})|x([0-9a-fA-F]{1,9}));")
_CDATA_START = "<![CDATA["
_CDATA_END = "]]>"
_LAST_CHARACTER = 0x10FFFF

# An incomplete reference, section start or section end at the end of a piece.
_UNFINISHED = re.compile(r"(?:[<&][^<>&;\s]{0,15}|\]{1,2})\Z")
_LONGEST_UNFINISHED = 16

# Bytes of UTF-8 that are in no forbidden character: no control character, and neither of the first
# bytes of surrogates, U+FFFE and U+FFFF.
_HARMLESS = bytes({*range(0x20, 0x100), *b"\t\n\r"} - {0xED, 0xEF})


def _may_have_forbidden(text: str) -> bool:
    """Whether a text may have characters that XML forbids; much faster than a pattern."""
    return bool(text.encode("utf-8", "surrogatepass").translate(None, _HARMLESS))


class SanitizedText:
    """The text of a document without characters that XML forbids.

    ``dropped`` is the number of characters removed in the last complete read.
    """

    def __init__(self, path: Path, decoding: Decoding) -> None:
        self.decoding = decoding
        self.dropped = 0
        self._path = path

    def __call__(self) -> Iterator[str]:
        """Yield the text from its start, in pieces that are not empty."""
        sanitize = XmlSanitizer()
        yield from _with_short_tags(sanitize(text_blocks(self._path, self.decoding)))
        self.dropped = sanitize.dropped


def _with_short_tags(text: Iterable[str]) -> Iterator[str]:
    """Yield a text; the parser would hold all attributes of a tag in memory before the handler.

    Raises:
        UnreadableDocument: no tag ends within `LONGEST_LINE` characters.
    """
    length = 0
    for piece in text:
        end = piece.rfind(">")
        length = length + len(piece) if end < 0 else len(piece) - end
        if length > LONGEST_LINE:
            raise_invalid_xml(f"a tag or a text is longer than {LONGEST_LINE} characters")
        yield piece


class XmlSanitizer:
    """Removes characters that XML forbids; ``dropped`` counts them."""

    def __init__(self) -> None:
        self.dropped = 0
        self._in_cdata = False

    def __call__(self, text: Iterable[str]) -> Iterator[str]:
        """Yield the sanitized text."""
        rest = ""
        for piece in text:
            joined = rest + piece
            unfinished = _UNFINISHED.search(joined, max(0, len(joined) - _LONGEST_UNFINISHED))
            rest = unfinished[0] if unfinished else ""
            if sanitized := self._sanitized(joined.removesuffix(rest)):
                yield sanitized
        if sanitized := self._sanitized(rest):
            yield sanitized

    def _sanitized(self, text: str) -> str:
        if (
            self._in_cdata
            or "&#" in text
            or _CDATA_START in text
            or (_may_have_forbidden(text) and FORBIDDEN.search(text))
        ):
            return "".join(self._parts(text))
        return text

    def _parts(self, text: str) -> Iterator[str]:
        """Yield the parts inside and outside of CDATA sections, in which ``&#1;`` is plain text."""
        while text:
            if self._in_cdata:
                inside, end, text = text.partition(_CDATA_END)
                yield self._without_forbidden(inside) + end
                self._in_cdata = not end
            else:
                before, mark, text = text.partition(_CDATA_START)
                yield _REFERENCE.sub(self._reference, self._without_forbidden(before)) + mark
                self._in_cdata = bool(mark)

    def _without_forbidden(self, text: str) -> str:
        sanitized, dropped = FORBIDDEN.subn("", text)
        self.dropped += dropped
        return sanitized

    def _reference(self, found: re.Match[str]) -> str:
        code = int(found[1]) if found[1] else int(found[2], 16)
        if code <= _LAST_CHARACTER and not FORBIDDEN.match(chr(code)):
            return found[0]
        self.dropped += 1
        return ""
