"""XML from a stranger: no DTD, no entities, no network, and names without their namespaces.

Amazon's answers come with three different namespaces that say nothing, so none is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

# https://www.w3.org/TR/xml/#charsets; Amazon puts U+FFFD in place of everything else.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NotXml(ValueError):
    """The bytes are not an XML document, or one with a DOCTYPE."""


def parse(body: bytes) -> etree._Element:
    """Read a document and return its root.

    Raises:
        NotXml: it is not well-formed, or declares a document type.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        message = f"not XML: {error}"
        raise NotXml(message) from error
    if root.getroottree().docinfo.internalDTD is not None:
        message = "a document type is declared, which no answer of Amazon does"
        raise NotXml(message)
    return root


def name(element: etree._Element) -> str:
    """Return an element's name without its namespace."""
    return etree.QName(element).localname


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Yield the children that bear one of ``names``, wherever they stand."""
    return (child for child in element if name(child) in names)


def text(element: etree._Element, *names: str) -> str | None:
    """Return the text of the first such child; None when there is none or it is empty."""
    for child in children(element, *names):
        content = "".join(map(str, child.itertext())).strip()
        if content:
            return content
    return None


def append(parent: etree._Element, tag: str, content: str | None = None) -> etree._Element:
    """Append an element of the parent's namespace."""
    namespace = etree.QName(parent).namespace
    child = etree.SubElement(parent, f"{{{namespace}}}{tag}")
    if content is not None:
        child.text = _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", content)
    return child


def root(tag: str, namespace: str) -> etree._Element:
    """Return a new root element with a default namespace."""
    return etree.fromstring(f'<{tag} xmlns="{namespace}"/>')


def document(element: etree._Element) -> bytes:
    """Write a document the way Amazon did from 2015 on: no encoding named, indented by two."""
    return b'<?xml version="1.0"?>\n' + etree.tostring(element, encoding="utf-8", pretty_print=True)
