"""The text of an XML document through a parser that trusts nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NoReturn

from lxml import etree

from tap_mws_reports.documents.xml.sax_handler import SaxHandler
from tap_mws_reports.documents.xml.value_paths import reject_xml

# Before it may stand a byte order mark, as it is or as a single-byte code page reads it.
_DECLARATION = re.compile(r"(?:\ufeff|\u00ef\u00bb\u00bf)?\s*(?:<\?xml\s[^>]*>)?")


def parse(text: Iterable[str], walk: SaxHandler) -> Iterator[None]:
    """Tell a walk what is in a document; yield after every piece of text.

    The declaration is left out: its encoding is overruled, because the document has been decoded,
    and anything before it, be it a blank, would be an error.

    Raises:
        UnreadableDocument: the document is broken or cut off; line and column say where.
    """
    parser = etree.XMLParser(
        target=walk,  # type: ignore[arg-type]  # the stubs ask for methods that may be left out
        encoding="utf-8",
        # Not False: a target would be given `&amp;` in an attribute as `&#38;`. Only a document
        # type can declare entities, and the walk refuses it.
        resolve_entities="internal",  # type: ignore[arg-type]  # the stubs know booleans only
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
        yield _DECLARATION.sub(_lines, first, count=1)
        break
    yield from pieces


def _lines(declaration: re.Match[str]) -> str:
    """Return what keeps the line numbers true."""
    return "\n" * declaration[0].count("\n")


def _refuse(error: etree.XMLSyntaxError) -> NoReturn:
    line, column = error.position
    reason = str(error.msg).removesuffix(f", line {line}, column {column}").strip()
    reject_xml(f"the document is broken or cut off: {reason} (line {line}, column {column})")
