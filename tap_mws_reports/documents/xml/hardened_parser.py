"""Hardened XML parser: no external entities, no DTD, no network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NoReturn

from lxml import etree

from tap_mws_reports.documents.xml.sax_handler import SaxHandler
from tap_mws_reports.documents.xml.value_paths import reject_xml

# A byte order mark may precede it, also as decoded by a single-byte code page.
_DECLARATION = re.compile(r"(?:\ufeff|\u00ef\u00bb\u00bf)?\s*(?:<\?xml\s[^>]*>)?")


def parse(text: Iterable[str], handler: SaxHandler) -> Iterator[None]:
    """Send the events of a document to a handler; yield after every piece of text.

    The XML declaration is removed: the document is already decoded, so its encoding does not apply,
    and even whitespace before it would be an error.

    Raises:
        UnreadableDocument: the document is malformed or truncated; the error has line and column.
    """
    parser = etree.XMLParser(
        target=handler,  # type: ignore[arg-type]  # the stubs require optional methods
        encoding="utf-8",
        # Not False: a target would receive `&amp;` in an attribute as `&#38;`. Only a DTD can
        # declare entities, and the handler rejects it.
        resolve_entities="internal",  # type: ignore[arg-type]  # the stubs accept only booleans
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        for piece in _without_declaration(text):
            parser.feed(piece.encode())
            yield
        parser.close()
    except etree.XMLSyntaxError as error:
        _refuse(error)


def _without_declaration(text: Iterable[str]) -> Iterator[str]:
    pieces = iter(text)
    for first in pieces:
        yield _DECLARATION.sub(_line_feeds, first, count=1)
        break
    yield from pieces


def _line_feeds(declaration: re.Match[str]) -> str:
    """Return the line feeds of the declaration, which keep line numbers correct."""
    return "\n" * declaration[0].count("\n")


def _refuse(error: etree.XMLSyntaxError) -> NoReturn:
    line, column = error.position
    reason = str(error.msg).removesuffix(f", line {line}, column {column}").strip()
    reject_xml(f"the document is malformed or truncated: {reason} (line {line}, column {column})")
