"""A hardened XML parser: no DTD, no entities, no network; names without their namespaces.

Amazon's answers have three different namespaces, which are ignored.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree


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
    return str(element.tag).rpartition("}")[2]


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Yield the children with one of ``names``, in any order."""
    return (child for child in element if name(child) in names)


def text(element: etree._Element, *names: str) -> str | None:
    """Return the text of the first such child; None when there is none or it is empty."""
    return next(filter(None, map(_content, children(element, *names))), None)


def texts(element: etree._Element) -> dict[str, str]:
    """Return the texts of all children by name, in their order: the first that is not empty."""
    found: dict[str, str] = {}
    for child in element:
        if (content := _content(child)) and (child_name := name(child)) not in found:
            found[child_name] = content
    return found


def _content(element: etree._Element) -> str:
    parts = map(str, element.itertext()) if len(element) else [element.text or ""]
    return "".join(parts).strip()
