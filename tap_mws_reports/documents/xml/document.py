"""An XML document: its header of element paths, and its rows."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tap_mws_reports.documents.decoding import Decoding
from tap_mws_reports.documents.form import Delivery
from tap_mws_reports.documents.lines import Lines, Record
from tap_mws_reports.documents.xml.characters import AdmittedText
from tap_mws_reports.documents.xml.encoding import decide_xml
from tap_mws_reports.documents.xml.plan import Plan, plan_of
from tap_mws_reports.documents.xml.records import records_of
from tap_mws_reports.documents.xml.survey import survey

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class XmlDocument:
    """A document that has been read once, and is whole.

    ``dropped`` is how many characters were left out because XML forbids them.
    """

    text: AdmittedText
    plan: Plan
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

    def lines(self) -> Iterator[Lines]:
        """Yield the rows."""
        return records_of(self.text(), self.plan)


def open_xml(delivery: Delivery) -> XmlDocument:
    """Read the whole of a document once.

    Raises:
        UnreadableDocument: the document is broken, cut off, declares a document type, or is beyond
            a limit.
    """
    text = AdmittedText(delivery.path, decide_xml(delivery))
    plan = plan_of(survey(text, delivery.report_type), delivery.report_type)
    if text.dropped:
        what = "Left out of %s, because XML forbids them: %d characters"
        logger.warning(what, delivery.path.name, text.dropped)
    return XmlDocument(text, plan, text.dropped)
