"""Convert XML parser events to values with their paths, and plan the rows they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from tap_mws_reports.documents.dialect import Record
from tap_mws_reports.documents.limits import LONGEST_LINE
from tap_mws_reports.documents.xml.value_paths import (
    MOST_PATHS,
    ElementNode,
    InferredSchema,
    ValuePath,
    local_name,
    raise_invalid_xml,
)
from tap_mws_reports.report_types.naming import header_key, path_from
from tap_mws_reports.report_types.report_type import ReportType

if TYPE_CHECKING:
    from tap_mws_reports.documents.xml.row_feed import RowShapes

# Its attributes describe the schema, not the report.
_SCHEMA_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"


class RowShape:
    """The events of an element whose texts are left open; see `row_feed`.

    ``events`` are start tags with attributes, end tags with None, and texts with their number.
    ``markers`` are texts by number that occur in no tag.
    """

    __slots__ = ("events", "markers")

    def __init__(
        self, events: list[tuple[str, Mapping[str, str] | None, int]], markers: list[str]
    ) -> None:
        self.events = events
        self.markers = markers

    def replay(self, handler: SaxHandler, texts: Sequence[str]) -> None:
        """Send the events to a handler, with these texts."""
        for tag, attributes, slot in self.events:
            if slot >= 0:
                handler.data(texts[slot])
            elif attributes is None:
                handler.end(tag)
            else:
                handler.start(tag, attributes)


Row = tuple[RowShape, list[str]]
"""A complete element: its shape, and its texts. None of them is blank."""


class SaxHandler:
    """A parser target that reports values and their paths. It does not store the document.

    The text of an element is its direct text, without whitespace between its children; whitespace
    alone is not a value.

    Source: https://lxml.de/parsing.html#the-target-parser-interface

    Args:
        parent: of the first element; the schema's top for a document.
    """

    def __init__(self, parent: ElementNode) -> None:
        self._open: list[ElementNode] = [parent]
        self._texts: list[str] = [""]
        self._text_pieces: list[str] = []
        self._size = 0

    def enter(self, node: ElementNode) -> None:
        """Handle the start of an element."""

    def found(self, leaf: ValuePath, value: str) -> None:
        """Handle a value."""

    def leave(self, node: ElementNode) -> None:
        """Handle the end of an element."""

    def rows(self, run: Sequence[Row]) -> None:
        """Handle consecutive elements with the same parent, the innermost open element."""
        for shape, texts in run:
            shape.replay(self, texts)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Called by the parser at a start tag."""
        if self._text_pieces:
            self.end_text()
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
            raise_invalid_xml(f"a text is longer than {LONGEST_LINE} characters")

    def end(self, _tag: str) -> None:
        """Called by the parser at an end tag."""
        if self._text_pieces:
            self.end_text()
        node = self._open.pop()
        if text := self._texts.pop():
            self.found(node.leaf(""), text)
        self.leave(node)

    def doctype(self, *_declared: object) -> NoReturn:
        """Reject a DTD: no report has one, and XML attacks use its entities."""
        raise_invalid_xml(
            "the document has a document type declaration (DTD); no report of Amazon has one"
        )

    def close(self) -> None:
        """Called by the parser at the end of the document."""

    def end_text(self) -> None:
        """Add the text between two tags, unless it is whitespace."""
        if not self._text_pieces:
            return
        text = "".join(self._text_pieces)
        if not text.isspace():
            self._texts[-1] += text
        self._text_pieces.clear()
        self._size = 0

    def _add_attributes(self, node: ElementNode, attributes: Mapping[str, str]) -> None:
        for name, value in attributes.items():
            if value and not name.startswith(_SCHEMA_INSTANCE):
                self.found(node.leaf(local_name(name)), value)


_ENVELOPE = "AmazonEnvelope"
_ENVELOPE_METADATA = ("Header", "MessageType")


@dataclass(frozen=True, slots=True)
class RowPlan:
    """The columns and row elements of a document.

    ``cells`` is the header. ``constants`` is a record with the values of every row. ``streamed``
    are the row elements that are read one by one: the outermost that occur more than once. A
    document that ``has_no_data`` has no rows. ``row_shapes`` are those of the elements to read by
    their shape, or None.
    """

    schema: InferredSchema
    cells: Record
    constants: Record
    streamed: frozenset[ElementNode]
    has_no_data: bool
    row_shapes: RowShapes | None


def make_row_plan(
    schema: InferredSchema, report_type: ReportType, row_shapes: RowShapes | None = None
) -> RowPlan:
    """Assign columns to every value path: as many as its most occurrences in a row.

    Raises:
        UnreadableDocument: there are more than `MOST_PATHS` columns.
    """
    cells: Record = []
    for node in schema.nodes():
        for leaf in node.leaves():
            leaf.place = len(cells)
            cells += [path_from(report_type.root, leaf.path)] * leaf.occurrences.most
    if len(cells) > MOST_PATHS:
        raise_invalid_xml(f"the document has more than {MOST_PATHS} columns")
    without = _has_no_data(schema)
    if without:
        cells += _missing(cells, report_type)
    around, streamed = _streamed_rows(schema)
    constants = _constants(around, len(cells))
    return RowPlan(schema, cells, constants, frozenset(streamed), without, row_shapes)


def _has_no_data(schema: InferredSchema) -> bool:
    """Whether a document has no values, or is an envelope without a message."""
    document = schema.document
    is_envelope = document.name == _ENVELOPE
    metadata = _ENVELOPE_METADATA if is_envelope else ()
    parts = [child for name, child in document.children.items() if name not in metadata]
    return not any(node.attributes for part in parts for node in part.all()) and (
        is_envelope or not document.attributes
    )


def _missing(cells: Record, report_type: ReportType) -> Record:
    """Return the known columns that a document without rows lacks."""
    keys = {header_key(cell) for cell in cells}
    return [spec.header for spec in report_type.columns if not spec.keys & keys]


def _streamed_rows(schema: InferredSchema) -> tuple[list[ElementNode], list[ElementNode]]:
    """Return the elements around all rows, outermost first, and those to read one by one.

    A single row element with nested ones is not buffered until its end: its own values are known
    from the first pass.
    """
    around = [schema.document]
    while True:
        streamed = list(around[-1].outermost_rows())
        alone = len(streamed) == 1 and streamed[0].occurrences.total == 1
        if not alone or not any(streamed[0].outermost_rows()):
            return around, streamed
        around += streamed


def _constants(around: list[ElementNode], width: int) -> Record:
    record = [""] * width
    for node in around:
        for leaf in node.own_leaves():
            record[leaf.place : leaf.place + len(leaf.first)] = leaf.first
    return record
