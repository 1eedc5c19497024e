"""A document with tabs, commas or semicolons between cells: its header, and the records below."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tap_mws_reports.documents.decoding import Decoding, decide_encoding, open_text, text_blocks
from tap_mws_reports.documents.dialect import Record, RowChunk, read_csv, read_tsv
from tap_mws_reports.documents.document_reader import DocumentInput
from tap_mws_reports.documents.error_documents import refuse_rest, refuse_sentence
from tap_mws_reports.documents.header import Header, find_header
from tap_mws_reports.documents.limits import LONGEST_HEADER
from tap_mws_reports.documents.truncation import message_at_end
from tap_mws_reports.report_types.naming import header_key
from tap_mws_reports.report_types.report_type import ReportType


@dataclass(frozen=True, slots=True)
class FlatFile:
    """A document whose header has been found."""

    path: Path
    decoding: Decoding
    header: Header

    @property
    def cells(self) -> Record:
        """The cells of the header, as they are in the document."""
        return self.header.cells

    @property
    def before(self) -> int:
        """How many lines stand before the header."""
        return self.header.before

    @property
    def lists(self) -> dict[str, int]:
        """Nothing: the document is one table."""
        return {}

    def lines(self) -> Iterator[RowChunk]:
        """Yield all lines of the document, the header among them.

        Raises:
            UnreadableDocument: a line is too long, or a quote is left open.
        """
        layout = self.header.layout
        if layout.quoted:
            with open_text(self.path, self.decoding) as stream:
                yield from read_csv(stream, layout.delimiter)
        else:
            yield from read_tsv(text_blocks(self.path, self.decoding), layout)


def open_flat_file(delivery: DocumentInput) -> FlatFile:
    """Find the header of a document.

    Raises:
        ErrorDocument: a message was delivered in place of the report or of its rest.
        UnreadableDocument: the document is empty or no text, or its first line too long.
    """
    path, report_type = delivery.path, delivery.report_type
    decoding = decide_encoding(path, charset=delivery.charset, code_page=delivery.habits.code_page)
    with open_text(path, decoding) as stream:
        head = stream.read(LONGEST_HEADER)
    header = find_header(head, report_type)
    if header.layout.quoted or len(header.cells) == 1:
        _refuse_sentence(head, header.cells, report_type)
    if words := message_at_end(path, decoding, header.layout, len(header.cells)):
        refuse_rest(words)
    return FlatFile(path, decoding, header)


def _refuse_sentence(head: str, cells: Record, report_type: ReportType) -> None:
    known = {key for spec in report_type.columns for key in spec.keys}
    if known.isdisjoint(map(header_key, cells)):
        refuse_sentence(cells, beginning=head, known_type=bool(report_type.columns))
