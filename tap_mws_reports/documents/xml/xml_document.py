"""XML documents as tables, read in two passes: infer the schema, then build the rows."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from operator import itemgetter

from tap_mws_reports.documents.decoding import Decoding, decide_encoding
from tap_mws_reports.documents.dialect import Record, RowChunk
from tap_mws_reports.documents.document_reader import DocumentInput
from tap_mws_reports.documents.xml.hardened_parser import SanitizedText, parse
from tap_mws_reports.documents.xml.row_feed import (
    Displaced,
    RowShapes,
    parse_rows,
    repeating_tag,
)
from tap_mws_reports.documents.xml.sax_handler import (
    Row,
    RowPlan,
    RowShape,
    SaxHandler,
    make_row_plan,
)
from tap_mws_reports.documents.xml.value_paths import ElementNode, ValuePath
from tap_mws_reports.documents.xml.xml_schema_inference import infer_xml_schema
from tap_mws_reports.errors import UnreadableDocument
from tap_mws_reports.report_types.report_type import ReportType

logger = logging.getLogger(__name__)


_BLOCK_CELLS = 16 * 1024  # cells per chunk
_HEAD_BLOCKS = 2  # blocks of text that show which element repeats


@dataclass(slots=True)
class _RowElement:
    """A row element: its own values by column, and its nested row elements."""

    own: dict[int, str] = field(default_factory=dict)
    inner: list[_RowElement] = field(default_factory=list)

    def add(self, place: int, value: str) -> None:
        while place in self.own:
            place += 1
        self.own[place] = value

    def records(self, around: Record) -> Iterator[Record]:
        """Yield one record per innermost row element, with the values of ``around`` and its own."""
        record = around.copy()
        for place, value in self.own.items():
            record[place] = value
        if not self.inner:
            yield record
        for row in self.inner:
            yield from row.records(record)


def records_of(text: Iterable[str], plan: RowPlan) -> Iterator[RowChunk]:
    """Yield the rows of a document.

    If no row element has a value, the constants are the only row.
    """
    if plan.has_no_data:
        return
    builder = _RecordBuilder(plan)
    first = 1
    row_shapes = plan.row_shapes
    for _ in parse_rows(text, builder, row_shapes) if row_shapes else parse(text, builder):
        if len(builder.records) * len(plan.cells) > _BLOCK_CELLS:
            yield RowChunk(first, builder.records)
            first += len(builder.records)
            builder.records = []
    if first == 1 and not builder.records:
        builder.records = [plan.constants]
    if builder.records:
        yield RowChunk(first, builder.records)


class _RecordBuilder(SaxHandler):
    """Builds records from completed row elements."""

    def __init__(self, plan: RowPlan, parent: ElementNode | None = None) -> None:
        super().__init__(parent or plan.schema.top)
        self.records: list[Record] = []
        self._plan = plan
        self._getters: dict[tuple[ElementNode, RowShape], _RecordGetters | None] = {}
        self._constants = plan.constants
        self._streamed = plan.streamed
        self._open_rows: list[_RowElement] = []

    def rows(self, run: Sequence[Row]) -> None:
        if self._open_rows:
            super().rows(run)
            return
        parent = self._open[-1]
        for shape, texts in run:
            key = parent, shape
            if key not in self._getters:
                self._getters[key] = self._new_getters(parent, shape)
            if getters := self._getters[key]:
                self.records += getters(texts)
            else:
                shape.replay(self, texts)

    def _new_getters(self, parent: ElementNode, shape: RowShape) -> _RecordGetters | None:
        """Find the place of every text in the records of a shape, by building them once."""
        blank = replace(self._plan, constants=[""] * len(self._constants))
        builder = _RecordBuilder(blank, parent)
        shape.replay(builder, shape.markers)
        return _record_getters(builder.records, shape.markers, self._constants)

    def enter(self, node: ElementNode) -> None:
        if node.is_row and (self._open_rows or node in self._streamed):
            self._open_rows.append(_RowElement())

    def found(self, leaf: ValuePath, value: str) -> None:
        if self._open_rows:
            self._open_rows[-1].add(leaf.place, value)

    def leave(self, node: ElementNode) -> None:
        if not node.is_row or not self._open_rows:
            return
        row = self._open_rows.pop()
        if not row.own and not row.inner:
            return
        if self._open_rows:
            self._open_rows[-1].inner.append(row)
        else:
            self.records.extend(row.records(self._constants))


class _RecordGetters:
    """Make the records of elements of one shape: each cell is a text of the element, or fixed."""

    def __init__(self, places: Sequence[Sequence[int]], fixed: list[str]) -> None:
        # Of a single place, `itemgetter` would return no tuple.
        self._getters = [itemgetter(*each, each[0]) for each in places]
        self._fixed = fixed

    def __call__(self, texts: list[str]) -> list[Record]:
        """Return the records of an element with these texts."""
        cells = texts + self._fixed
        records = [list(get(cells)) for get in self._getters]
        for record in records:
            del record[-1]
        return records


def _record_getters(
    records: Sequence[Record], markers: Sequence[str], constants: Record
) -> _RecordGetters | None:
    """Return what makes such records; None if a cell has several texts.

    Args:
        records: of an element whose texts are the markers, with blank cells for constants.
        markers: the texts.
        constants: the cells that other rows have there, too.
    """
    slots = {marker: slot for slot, marker in enumerate(markers)}
    fixed = constants.copy()
    places = []
    for record in records:
        place = []
        for column, cell in enumerate(record):
            if not cell:
                place.append(len(markers) + column)
            elif cell in slots:
                place.append(slots[cell])
            elif any(marker in cell for marker in markers):
                return None
            else:
                place.append(len(markers) + len(fixed))
                fixed.append(cell)
        places.append(place)
    return _RecordGetters(places, fixed)


_HEAD_SIZE = 1024  # more than any declaration
_DECLARED = re.compile(rb"""(?:\xef\xbb\xbf)?\s*<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)["']""")


def decide_xml_encoding(document_input: DocumentInput) -> Decoding:
    """Return the decoding of an XML document."""
    with document_input.path.open("rb") as document:
        declared = _DECLARED.match(document.read(_HEAD_SIZE))
    return decide_encoding(
        document_input.path,
        charset=document_input.charset,
        code_page=document_input.marketplace_format.code_page,
        declared=declared[1].decode() if declared else None,
    )


@dataclass(frozen=True, slots=True)
class XmlDocument:
    """A complete XML document whose schema has been inferred.

    ``dropped`` is the number of removed characters that XML forbids.
    """

    text: SanitizedText
    plan: RowPlan
    dropped: int

    @property
    def before(self) -> int:
        """Return -1: the header consists of paths, and is not a record."""
        return -1

    @property
    def lists(self) -> Mapping[str, int]:
        """Empty: an XML document is a single table."""
        return {}

    @property
    def decoding(self) -> Decoding:
        """How the document's bytes are decoded."""
        return self.text.decoding

    @property
    def cells(self) -> Record:
        """The paths of the elements and attributes that have values."""
        return self.plan.cells

    def lines(self) -> Iterator[RowChunk]:
        """Yield the rows."""
        return records_of(self.text(), self.plan)


def open_xml(document_input: DocumentInput) -> XmlDocument:
    """Read a document once, and infer its schema.

    Raises:
        UnreadableDocument: the document is malformed, truncated, has a DTD, or exceeds a limit.
    """
    text = SanitizedText(document_input.path, decide_xml_encoding(document_input))
    plan = _infer_plan(text, document_input.report_type)
    if text.dropped:
        what = "Removed from %s: %d characters that XML forbids"
        logger.warning(what, document_input.path.name, text.dropped)
    return XmlDocument(text, plan, text.dropped)


def _infer_plan(text: SanitizedText, report_type: ReportType) -> RowPlan:
    """Infer the schema by the shapes of repeating elements, if there are any.

    Other documents are read event by event, which also raises the error of a document that cannot
    be read at all.
    """
    tag = repeating_tag("".join(islice(text(), _HEAD_BLOCKS)))
    if tag:
        row_shapes = RowShapes(tag)
        try:
            return make_row_plan(
                infer_xml_schema(text, report_type, row_shapes), report_type, row_shapes
            )
        except (Displaced, UnreadableDocument):
            logger.debug("Reading the elements `%s` event by event", tag)
    return make_row_plan(infer_xml_schema(text, report_type), report_type)
