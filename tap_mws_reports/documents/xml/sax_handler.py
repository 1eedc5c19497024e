"""Convert XML parser events to values with their paths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

from tap_mws_reports.documents.limits import LONGEST_LINE
from tap_mws_reports.documents.xml.value_paths import (
    ElementNode,
    InferredSchema,
    ValuePath,
    local_name,
    reject_xml,
)

# Its attributes describe the schema, not the report.
_SCHEMA_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"


class SaxHandler:
    """A parser target that reports values and their paths. It does not store the document.

    The text of an element is its direct text, without whitespace between its children; whitespace
    alone is not a value.

    Source: https://lxml.de/parsing.html#the-target-parser-interface
    """

    def __init__(self, schema: InferredSchema) -> None:
        self._open: list[ElementNode] = [schema.top]
        self._texts: list[str] = [""]
        self._text_pieces: list[str] = []
        self._size = 0

    def enter(self, node: ElementNode) -> None:
        """Handle the start of an element."""

    def found(self, leaf: ValuePath, value: str) -> None:
        """Handle a value."""

    def leave(self, node: ElementNode) -> None:
        """Handle the end of an element."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Called by the parser at a start tag."""
        if self._text_pieces:
            self._end_text()
        node = self._open[-1].child(tag)
        self._open.append(node)
        self._texts.append("")
        self.enter(node)
        if attributes:
            self._add_attributes(node, attributes)

    def data(self, text: str) -> None:
        """Called by the parser with a piece of text."""
        self._text_pieces.append(text)
        self._size += len(text)
        if self._size > LONGEST_LINE:
            reject_xml(f"a text is longer than {LONGEST_LINE} characters")

    def end(self, _tag: str) -> None:
        """Called by the parser at an end tag."""
        if self._text_pieces:
            self._end_text()
        node = self._open.pop()
        if text := self._texts.pop():
            self.found(node.leaf(""), text)
        self.leave(node)

    def doctype(self, *_declared: object) -> NoReturn:
        """Reject a DTD: no report has one, and XML attacks use its entities."""
        reject_xml(
            "the document has a document type declaration (DTD); no report of Amazon has one"
        )

    def close(self) -> None:
        """Called by the parser at the end of the document."""

    def _end_text(self) -> None:
        """Add the text between two tags, unless it is whitespace."""
        text = "".join(self._text_pieces)
        if not text.isspace():
            self._texts[-1] += text
        self._text_pieces.clear()
        self._size = 0

    def _add_attributes(self, node: ElementNode, attributes: Mapping[str, str]) -> None:
        for name, value in attributes.items():
            if value and not name.startswith(_SCHEMA_INSTANCE):
                self.found(node.leaf(local_name(name)), value)
