"""XML documents as tables."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tap_mws_reports.documents.decoding import Decoding, decide_encoding
from tap_mws_reports.documents.dialect import Record, RowChunk
from tap_mws_reports.documents.document_reader import DocumentInput
from tap_mws_reports.documents.xml.records import records_of
from tap_mws_reports.documents.xml.row_plan import RowPlan, make_row_plan
from tap_mws_reports.documents.xml.xml_sanitizer import SanitizedText
from tap_mws_reports.documents.xml.xml_schema_inference import infer_xml_schema

_HEAD_SIZE = 1024  # more than any declaration
_DECLARED = re.compile(rb"""(?:\xef\xbb\xbf)?\s*<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)["']""")


def decide_xml_encoding(document_input: DocumentInput) -> Decoding:
    """Return the decoding of an XML document."""
    with document_input.path.open("rb") as document:
        declared = _DECLARED.match(document.read(_HEAD_SIZE))
    return decide_encoding(
        document_input.path,
        charset=document_input.charset,
        code_page=document_input.habits.code_page,
        declared=declared[1].decode() if declared else None,
    )


logger = logging.getLogger(__name__)


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
    plan = make_row_plan(
        infer_xml_schema(text, document_input.report_type), document_input.report_type
    )
    if text.dropped:
        what = "Removed from %s: %d characters that XML forbids"
        logger.warning(what, document_input.path.name, text.dropped)
    return XmlDocument(text, plan, text.dropped)
