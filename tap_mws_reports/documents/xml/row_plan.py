"""How the rows of a document are made: what stands where in them, and what is in all of them."""

from __future__ import annotations

from dataclasses import dataclass

from tap_mws_reports.documents.dialect import Record
from tap_mws_reports.documents.xml.value_paths import (
    MOST_PATHS,
    ElementNode,
    InferredSchema,
    reject_xml,
)
from tap_mws_reports.report_types.naming import header_key, path_from
from tap_mws_reports.report_types.report_type import ReportType

_ENVELOPE = "AmazonEnvelope"
_ABOUT_THE_ENVELOPE = ("Header", "MessageType")


@dataclass(frozen=True, slots=True)
class RowPlan:
    """How the rows of a document are made.

    ``cells`` is the header. ``constants`` is a record with the values that every row has.
    ``pieces`` are the row elements that are read one after the other: the outermost that occur more
    than once. A document that ``has_no_data`` has no rows.
    """

    outline: InferredSchema
    cells: Record
    constants: Record
    pieces: frozenset[ElementNode]
    has_no_data: bool


def make_row_plan(outline: InferredSchema, report_type: ReportType) -> RowPlan:
    """Give every value its columns: one for each time that it can occur in a row.

    Raises:
        UnreadableDocument: there are more than `MOST_PATHS` columns.
    """
    cells: Record = []
    for node in outline.nodes():
        for leaf in node.leaves():
            leaf.place = len(cells)
            cells += [path_from(report_type.root, leaf.path)] * leaf.tally.most
    if len(cells) > MOST_PATHS:
        reject_xml(f"the document has more than {MOST_PATHS} columns")
    without = _has_no_data(outline)
    if without:
        cells += _missing(cells, report_type)
    around, pieces = _pieces(outline)
    return RowPlan(outline, cells, _constants(around, len(cells)), frozenset(pieces), without)


def _has_no_data(outline: InferredSchema) -> bool:
    """Whether a document has no value at all, or is an envelope without a message."""
    document = outline.document
    is_envelope = document.name == _ENVELOPE
    about = _ABOUT_THE_ENVELOPE if is_envelope else ()
    parts = [child for name, child in document.children.items() if name not in about]
    return not any(node.attributes for part in parts for node in part.all()) and (
        is_envelope or not document.attributes
    )


def _missing(cells: Record, report_type: ReportType) -> Record:
    """Return the known columns that a document without rows cannot have."""
    keys = {header_key(cell) for cell in cells}
    return [spec.header for spec in report_type.columns if not spec.keys & keys]


def _pieces(outline: InferredSchema) -> tuple[list[ElementNode], list[ElementNode]]:
    """Return the elements around all rows, outermost first, and those to be read one by one.

    A row element that is alone, with other ones inside, is not held back until its end: what it
    says itself is known from the first reading.
    """
    around = [outline.document]
    while True:
        pieces = list(around[-1].outermost_rows())
        alone = len(pieces) == 1 and pieces[0].tally.total == 1
        if not alone or not any(pieces[0].outermost_rows()):
            return around, pieces
        around += pieces


def _constants(around: list[ElementNode], width: int) -> Record:
    record = [""] * width
    for node in around:
        for leaf in node.own_leaves():
            record[leaf.place : leaf.place + len(leaf.first)] = leaf.first
    return record
