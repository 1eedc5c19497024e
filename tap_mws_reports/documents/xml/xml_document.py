"""An XML document: its header of element paths, and its rows."""

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


def decide_xml_encoding(delivery: DocumentInput) -> Decoding:
    """Return the decoding of an XML document."""
    with delivery.path.open("rb") as document:
        declared = _DECLARED.match(document.read(_HEAD_SIZE))
    return decide_encoding(
        delivery.path,
        charset=delivery.charset,
        code_page=delivery.habits.code_page,
        declared=declared[1].decode() if declared else None,
    )


logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class XmlDocument:
    """A document that has been read once, and is whole.

    ``dropped`` is how many characters were left out because XML forbids them.
    """

    text: SanitizedText
    plan: RowPlan
    dropped: int

    @property
    def before(self) -> int:
        """Return -1: the header is made of paths, and is none of the records."""
        return -1

    @property
    def lists(self) -> Mapping[str, int]:
        """Return nothing: XML holds no lists of different things."""
        return {}

    @property
    def decoding(self) -> Decoding:
        """How the document's bytes are read as text."""
        return self.text.decoding

    @property
    def cells(self) -> Record:
        """The paths of the elements and attributes that have values."""
        return self.plan.cells

    def lines(self) -> Iterator[RowChunk]:
        """Yield the rows."""
        return records_of(self.text(), self.plan)


def open_xml(delivery: DocumentInput) -> XmlDocument:
    """Read the whole of a document once.

    Raises:
        UnreadableDocument: the document is broken, cut off, declares a document type, or is beyond
            a limit.
    """
    text = SanitizedText(delivery.path, decide_xml_encoding(delivery))
    plan = make_row_plan(infer_xml_schema(text, delivery.report_type), delivery.report_type)
    if text.dropped:
        what = "Left out of %s, because XML forbids them: %d characters"
        logger.warning(what, delivery.path.name, text.dropped)
    return XmlDocument(text, plan, text.dropped)
