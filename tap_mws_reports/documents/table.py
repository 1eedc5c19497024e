"""A document as a table: its columns, and its rows a block at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from tap_mws_reports.documents.block_parser import BlockParser, Timestamps
from tap_mws_reports.documents.cells import Exact
from tap_mws_reports.documents.columns import Column, columns_of
from tap_mws_reports.documents.decoding import Decoding, beginning
from tap_mws_reports.documents.dialect import Record
from tap_mws_reports.documents.document_reader import (
    DocumentInput,
    DocumentReader,
    MarketplaceFormat,
)
from tap_mws_reports.documents.error_documents import no_rows, refuse_message
from tap_mws_reports.documents.flat_file import open_flat_file
from tap_mws_reports.documents.json import open_json
from tap_mws_reports.documents.limits import MOST_COLUMNS
from tap_mws_reports.documents.media_types import head_of, media_type_of
from tap_mws_reports.documents.record_batch import ColumnChunk, RecordBatch, Row
from tap_mws_reports.documents.row_filter import LineCounts, RejectLine, RowFilter
from tap_mws_reports.documents.xml.xml_document import open_xml
from tap_mws_reports.errors import TapError, UnreadableDocument
from tap_mws_reports.report_types.kinds import Kind
from tap_mws_reports.report_types.report_type import ReportType

_OPENERS: dict[str, Callable[[DocumentInput], DocumentReader]] = {
    "<": open_xml,
    "{": open_json,
    "[": open_json,
}
"""What opens a document, by its first character; any other opens as a flat file."""


def detect_format(delivery: DocumentInput) -> DocumentReader:
    """Read the header of a document, whatever its form.

    Raises:
        ErrorDocument: a message was delivered in place of the report; Amazon's words are in it.
        UnreadableDocument: the document is empty, damaged, or of a form that has no rows.
    """
    if file := media_type_of(delivery.path):
        no_rows(file.called)(delivery)
    text = beginning(head_of(delivery.path))
    refuse_message(text)
    return _OPENERS.get(text[:1], open_flat_file)(delivery)


def _ignore(_number: int, _reason: str, _record: Record) -> None:
    """Do nothing with a refused line, which is counted all the same."""


@dataclass(slots=True)
class Table:
    """A document whose header has been read.

    ``accounting`` counts the rows read by the last `blocks`; ``columns`` are in the document's
    order. ``timestamps`` says how moments are written.
    """

    path: Path
    report_type: ReportType
    habits: MarketplaceFormat
    form: DocumentReader
    columns: tuple[Column, ...]
    timestamps: Timestamps = "utc"
    accounting: LineCounts = field(default_factory=LineCounts)

    @property
    def decoding(self) -> Decoding:
        """How the document's bytes are read as text, and why so."""
        return self.form.decoding

    @property
    def lists(self) -> Mapping[str, int]:
        """How many elements each list in the document has, by its path."""
        return self.form.lists

    @property
    def header(self) -> Record:
        """The cells of the header, as they are in the document."""
        return self.form.cells

    @property
    def kinds(self) -> dict[str, Kind]:
        """The kinds of all columns that the document gives, by name, in their order."""
        kinds = {}
        for column in self.columns:
            kinds[column.name] = column.kind
            if column.dates:
                kinds[column.dates_name] = Kind.TEXT
        return kinds

    def read_as(self, kinds: Mapping[str, Kind]) -> None:
        """Read columns as other kinds, by name; names that the document lacks are passed over."""
        self.columns = tuple(
            replace(column, kind=kinds.get(column.name, column.kind)) for column in self.columns
        )

    @property
    def missing_identity(self) -> tuple[str, ...]:
        """The columns that identify a row of this type and that the document lacks."""
        names = {column.name for column in self.columns}
        return tuple(name for name in self.report_type.identity.columns if name not in names)

    def rows(self) -> Iterator[Row]:
        """Yield the rows one at a time; see `blocks`."""
        for block in self.blocks():
            yield from block.rows()

    def blocks(
        self,
        *,
        wanted: Collection[str] | None = None,
        exact: Exact = Decimal,
        refuse: RejectLine = _ignore,
    ) -> Iterator[RecordBatch]:
        """Yield the rows, typed, with what did not fit beside them, some at a time.

        Every block has the columns, ``_unparsed`` (JSON text: column to cell text, or None),
        ``_extra`` (JSON text: an array of the cells beyond the header, or None), for types
        identified by a group ``_line``, and ``_row_number`` from 1. Decimals are
        `decimal.Decimal`, dates and moments ISO text. Where moments are written in UTC, there is
        ``_offsets``, too (JSON text: column to the offset it was told with, such as ``-07:00``;
        None where all were told in UTC). Memory does not grow with the document.

        Args:
            wanted: the names of the columns to read; None for all.
            exact: what to make of the digits of decimals.
            refuse: is told of every line that is no row.

        Raises:
            RowsLost: the lines of the document and the rows made of it do not add up.
            UnreadableDocument: a line is too long, or a quote is left open.
        """
        self.accounting = LineCounts()
        read = BlockParser(
            self.columns, self.report_type, self.habits, wanted, exact, self.timestamps
        )
        with _located(self.report_type, self.path):
            read.look_ahead(self._cells(_ignore, LineCounts()))
            for cells in self._cells(refuse, self.accounting):
                self.accounting.rows += len(cells)
                yield read(cells)
            self.accounting.check()

    def _cells(self, refuse: RejectLine, accounting: LineCounts) -> Iterator[ColumnChunk]:
        sieve = RowFilter(self.form.cells, self.form.before, accounting, refuse)
        for lines in self.form.lines():
            if cells := sieve.cells(lines):
                yield cells


def open_table(
    path: Path,
    *,
    report_type: ReportType,
    charset: str | None,
    habits: MarketplaceFormat,
    timestamps: Timestamps = "utc",
) -> Table:
    """Read the header of a document and decide how its rows are to be read.

    Args:
        path: the document.
        report_type: what is known of its type.
        charset: what the Content-Type header announced, or None.
        habits: of the marketplace it comes from.
        timestamps: how moments are written.

    Raises:
        ErrorDocument: a message was delivered in place of the report; Amazon's words are in it.
        UnreadableDocument: the document is empty, of a form that has no rows, or has more columns
            than `MOST_COLUMNS`.
    """
    with _located(report_type, path):
        form = detect_format(DocumentInput(path, report_type, charset, habits))
        _check_width(form.cells)
        columns = columns_of(form.cells, report_type)
    return Table(path, report_type, habits, form, columns, timestamps)


def _check_width(cells: Record) -> None:
    if len(cells) > MOST_COLUMNS:
        raise UnreadableDocument(
            f"the document has {len(cells):,} columns, more than {MOST_COLUMNS:,}",
            hint="look at the document; Amazon makes none that is so wide",
        )


@contextmanager
def _located(report_type: ReportType, path: Path) -> Iterator[None]:
    """Say in every error which document it is about."""
    try:
        yield
    except TapError as error:
        error.where = error.where or f"{report_type.name}, {path.name}"
        raise
