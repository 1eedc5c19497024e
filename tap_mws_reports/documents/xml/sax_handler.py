"""The events of an XML parser to values with their paths."""

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

# Its attributes speak of the schema, not of the report.
_SCHEMA_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"


class SaxHandler:
    """A parser's target, which says what is found where. Nothing of the document is kept.

    The text of an element is what stands directly in it, without the blanks between its children;
    blanks alone are no value.

    Source: https://lxml.de/parsing.html#the-target-parser-interface
    """

    def __init__(self, outline: InferredSchema) -> None:
        self._open: list[ElementNode] = [outline.top]
        self._texts: list[str] = [""]
        self._run: list[str] = []
        self._size = 0

    def enter(self, node: ElementNode) -> None:
        """Take note that an element begins."""

    def found(self, leaf: ValuePath, value: str) -> None:
        """Take note of a value."""

    def leave(self, node: ElementNode) -> None:
        """Take note that an element ends."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Begin an element."""
        if self._run:
            self._end_run()
        node = self._open[-1].child(tag)
        self._open.append(node)
        self._texts.append("")
        self.enter(node)
        if attributes:
            self._take(node, attributes)

    def data(self, text: str) -> None:
        """Take a piece of text."""
        self._run.append(text)
        self._size += len(text)
        if self._size > LONGEST_LINE:
            reject_xml(f"a text is longer than {LONGEST_LINE} characters")

    def end(self, _tag: str) -> None:
        """End an element."""
        if self._run:
            self._end_run()
        node = self._open.pop()
        if text := self._texts.pop():
            self.found(node.leaf(""), text)
        self.leave(node)

    def doctype(self, *_declared: object) -> NoReturn:
        """Refuse a document type: no report has one, and entities are how XML attacks."""
        reject_xml("the document declares a document type (DTD), which no report of Amazon does")

    def close(self) -> None:
        """End the document."""

    def _end_run(self) -> None:
        """Take the text between two tags, unless it is the blanks there."""
        text = "".join(self._run)
        if not text.isspace():
            self._texts[-1] += text
        self._run.clear()
        self._size = 0

    def _take(self, node: ElementNode, attributes: Mapping[str, str]) -> None:
        for name, value in attributes.items():
            if value and not name.startswith(_SCHEMA_INSTANCE):
                self.found(node.leaf(local_name(name)), value)
