"""Flat files: documents delimited by tabs, commas or semicolons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tap_mws_reports.documents.decoding import (
    Decoding,
    decide_encoding,
    open_text,
    text_blocks,
    utf8_blocks,
)
from tap_mws_reports.documents.dialect import (
    TAB,
    Record,
    RowChunk,
    complete_lines,
    read_csv,
    read_tsv,
)
from tap_mws_reports.documents.document_reader import DocumentInput
from tap_mws_reports.documents.error_documents import raise_if_sentence, raise_trailing_message
from tap_mws_reports.documents.header import Header, find_header
from tap_mws_reports.documents.limits import LONGEST_HEADER
from tap_mws_reports.documents.truncation import (
    ends_within_header,
    ends_within_line,
    lacks_line_end,
    last_line_cells,
    message_at_end,
)
from tap_mws_reports.documents.wrapped_tsv import quotes_are_doubled, read_wrapped
from tap_mws_reports.errors import UnreadableDocument
from tap_mws_reports.report_types.naming import header_key
from tap_mws_reports.report_types.report_type import ReportType

_QUOTES = {
    True: "quotes inside cells are doubled throughout, and are read as one",
    False: "quotes inside cells are not doubled throughout, and are read as they are",
}

WHOLE_LINES_SIZE = 1024**2
"""Bytes of text that are split at once if no cell becomes an object."""


@dataclass(frozen=True, slots=True)
class FlatFile:
    """A flat file whose header has been found."""

    path: Path
    decoding: Decoding
    header: Header
    decisions: tuple[str, ...] = ()
    """The decisions that are based on evidence, for the log."""

    @property
    def cells(self) -> Record:
        """The cells of the header, unchanged."""
        return self.header.cells

    @property
    def before(self) -> int:
        """The number of lines before the header."""
        return self.header.before

    @property
    def preamble(self) -> str:
        """The settings that the lines before the header state, as JSON text."""
        return self.header.preamble

    @property
    def lists(self) -> dict[str, int]:
        """Empty: the document is a single table."""
        return {}

    @property
    def splits_at_tabs(self) -> bool:
        """Whether every tab, and nothing else, separates cells."""
        dialect = self.header.dialect
        return dialect.delimiter == TAB and not dialect.wrapped and len(self.cells) > 1

    def cells_of_cut_line(self) -> int:
        """Return the number of cells of a last line that is possibly cut, otherwise zero."""
        return last_line_cells(self.path, self.decoding, self.header.dialect, len(self.cells))

    @property
    def lacks_line_end(self) -> bool:
        """Whether the last line has no line end."""
        return lacks_line_end(self.path, self.decoding)

    @property
    def ends_within_header(self) -> bool:
        """Whether the document has no line end, so that its header may be cut."""
        return ends_within_header(self.path, self.decoding)

    def whole_lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield all lines of a document with tabs, unsplit; see `lines`.

        Yields the number of the first line, and many consecutive lines in UTF-8, without the last
        line end.
        """
        line_end = self.header.dialect.line_end.encode()
        text = utf8_blocks(self.path, self.decoding, WHOLE_LINES_SIZE)
        first = 1
        for piece in complete_lines(text, line_end):
            yield first, piece
            first += piece.count(line_end) + 1

    def lines(self) -> Iterator[RowChunk]:
        """Yield all lines of the document, including the header.

        Raises:
            UnreadableDocument: a line is too long, or a quote is not closed.
        """
        dialect = self.header.dialect
        if dialect.quoted:
            with open_text(self.path, self.decoding) as stream:
                yield from read_csv(stream, dialect.delimiter)
        else:
            read = read_wrapped if dialect.wrapped else read_tsv
            yield from read(text_blocks(self.path, self.decoding), dialect)


def open_flat_file(document_input: DocumentInput) -> FlatFile:
    """Find the header of a document.

    Raises:
        ErrorDocument: Amazon delivered a message instead of the report or of its end.
        UnreadableDocument: the document is empty or binary, or its first line is too long.
    """
    path, report_type = document_input.path, document_input.report_type
    decoding = decide_encoding(
        path, charset=document_input.charset, code_page=document_input.marketplace_format.code_page
    )
    with open_text(path, decoding) as stream:
        head = stream.read(LONGEST_HEADER)
    header = find_header(head, report_type)
    if header.dialect.quoted or len(header.cells) == 1:
        _raise_if_sentence(head, header.cells, report_type)
    if not document_input.proved and ends_within_line(
        path, decoding, header.dialect, len(header.cells)
    ):
        raise UnreadableDocument(
            "the document ends within its last line, and came without its length",
            hint="check whether a proxy truncates responses; the next run requests it again",
        )
    if words := message_at_end(path, decoding, header.dialect, len(header.cells)):
        raise_trailing_message(words)
    if not header.dialect.wrapped:
        return FlatFile(path, decoding, header)
    doubled = quotes_are_doubled(text_blocks(path, decoding), header.dialect)
    header = replace(header, dialect=replace(header.dialect, doubled=bool(doubled)))
    return FlatFile(path, decoding, header, (_QUOTES[doubled],) if doubled is not None else ())


def _raise_if_sentence(head: str, cells: Record, report_type: ReportType) -> None:
    known = {key for spec in report_type.columns for key in spec.keys}
    if known.isdisjoint(map(header_key, cells)):
        raise_if_sentence(cells, beginning=head, known_type=bool(report_type.columns))
