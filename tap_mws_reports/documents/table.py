"""A document as a table: its columns, and its rows in batches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator, Mapping
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
from tap_mws_reports.documents.engine import PYTHON, Engine
from tap_mws_reports.documents.error_documents import no_rows, raise_if_error_message
from tap_mws_reports.documents.flat_file import FlatFile, open_flat_file
from tap_mws_reports.documents.limits import MOST_COLUMNS
from tap_mws_reports.documents.media_types import head_of, media_type_of
from tap_mws_reports.documents.read_ahead import read_ahead
from tap_mws_reports.documents.record_batch import ColumnChunk, RecordBatch, Row
from tap_mws_reports.documents.row_filter import KeyCells, LineCounts, RejectLine, RowFilter
from tap_mws_reports.errors import TapError, UnreadableDocument
from tap_mws_reports.report_types.kinds import Kind
from tap_mws_reports.report_types.report_type import DateOrder, ReportType

PREAMBLE_COLUMN = "_preamble"
"""The column of the settings that a document states above its header."""


def _open_xml(document_input: DocumentInput) -> DocumentReader:
    from tap_mws_reports.documents.xml.xml_document import open_xml  # noqa: PLC0415 - few need it

    return open_xml(document_input)


def _open_json(document_input: DocumentInput) -> DocumentReader:
    from tap_mws_reports.documents.json import open_json  # noqa: PLC0415 - few need it

    return open_json(document_input)


_OPENERS: dict[str, Callable[[DocumentInput], DocumentReader]] = {
    "<": _open_xml,
    "{": _open_json,
    "[": _open_json,
}
"""The opener of a document by its first character; all others open as flat files."""


def detect_format(document_input: DocumentInput) -> DocumentReader:
    """Detect the format of a document, and read its header.

    Raises:
        ErrorDocument: Amazon delivered a message instead of the report; the error quotes it.
        UnreadableDocument: the document is empty, damaged, or of a format without rows.
    """
    if file := media_type_of(document_input.path):
        no_rows(file.called)(document_input)
    text = beginning(head_of(document_input.path))
    raise_if_error_message(text)
    return _OPENERS.get(text[:1], open_flat_file)(document_input)


def _ignore_line(_number: int, _reason: str, _record: Record) -> None:
    """Ignore a rejected line; it is counted nonetheless."""


@dataclass(slots=True)
class Table:
    """A document whose header has been read.

    ``counts`` counts the lines read by the last `blocks`; ``columns`` are in document order.
    ``timestamps`` says how timestamps are written.
    """

    path: Path
    report_type: ReportType
    marketplace_format: MarketplaceFormat
    reader: DocumentReader
    columns: tuple[Column, ...]
    timestamps: Timestamps = "utc"
    counts: LineCounts = field(default_factory=LineCounts)

    @property
    def decoding(self) -> Decoding:
        """How the document's bytes are decoded, and by which rule."""
        return self.reader.decoding

    @property
    def lists(self) -> Mapping[str, int]:
        """The number of elements of each list in the document, by path."""
        return self.reader.lists

    @property
    def header(self) -> Record:
        """The cells of the header, unchanged."""
        return self.reader.cells

    @property
    def kinds(self) -> dict[str, Kind]:
        """The kinds of all columns of the document by name, in order."""
        kinds = {}
        for column in self.columns:
            kinds[column.name] = column.kind
            if column.dates:
                kinds[column.dates_name] = Kind.TEXT
        if self.preamble:
            kinds[PREAMBLE_COLUMN] = Kind.TEXT
        return kinds

    @property
    def preamble(self) -> str:
        """The settings stated above the header of a flat file, as JSON text, or an empty text."""
        return self.reader.preamble if isinstance(self.reader, FlatFile) else ""

    @property
    def decisions(self) -> tuple[str, ...]:
        """The decisions that are based on evidence in the document, for the log."""
        return self.reader.decisions if isinstance(self.reader, FlatFile) else ()

    @property
    def cells_of_cut_line(self) -> int:
        """The number of cells of a last line that is possibly cut, otherwise zero."""
        return self.reader.cells_of_cut_line() if isinstance(self.reader, FlatFile) else 0

    @property
    def splits_at_tabs(self) -> bool:
        """Whether every tab, and nothing else, separates cells."""
        return isinstance(self.reader, FlatFile) and self.reader.splits_at_tabs

    @property
    def lacks_line_end(self) -> bool:
        """Whether the last line has no line end: its last cell may be cut, though it need not."""
        return isinstance(self.reader, FlatFile) and self.reader.lacks_line_end

    @property
    def ends_within_header(self) -> bool:
        """Whether the document has no line end, so that its header may be cut."""
        return isinstance(self.reader, FlatFile) and self.reader.ends_within_header

    def read_as(self, kinds: Mapping[str, Kind]) -> None:
        """Set the kinds of columns by name; names that the document lacks are ignored."""
        self.columns = tuple(
            replace(column, kind=kinds.get(column.name, column.kind)) for column in self.columns
        )

    def order_dates(self, orders: Mapping[str, DateOrder]) -> None:
        """Set the order of day, month and year of columns by name."""
        self.columns = tuple(
            replace(column, date_order=orders.get(column.name, column.date_order))
            for column in self.columns
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
        reject: RejectLine = _ignore_line,
        engine: Engine = PYTHON,
    ) -> Iterator[RecordBatch]:
        """Yield the rows in batches of typed values.

        Every batch has the columns, ``_unparsed`` (JSON text: column to the text of an invalid
        cell, or None), ``_extra`` (JSON text: an array of the cells beyond the header, or None),
        ``_line`` for types identified by a group, and ``_row_number`` from 1. Decimals are
        `decimal.Decimal`, dates and timestamps ISO text. If timestamps are written in UTC, there is
        also ``_offsets`` (JSON text: column to original offset, such as ``-07:00``; None if all
        were UTC). A document that states settings above its header has ``_preamble`` (JSON text).
        Memory does not grow with the document.

        Args:
            wanted: the names of the columns to read; None for all.
            exact: converts the digits of decimals.
            reject: called for every rejected line.
            engine: makes the batches.

        Raises:
            RowsLost: the counts of lines and rows do not match.
            UnreadableDocument: a line is too long, or a quote is not closed.
        """
        self.counts = LineCounts()
        if self.report_type.filled_down:
            engine = PYTHON
        read = engine.parser(
            self.columns, self.report_type, self.marketplace_format, wanted, exact, self.timestamps
        )
        with _add_location(self.report_type, self.path):
            read.look_ahead(self._cells(PYTHON, _ignore_line, LineCounts()))
            cells = self._cells(engine, reject, self.counts)
            batches = self._batches(engine, read, cells, wanted)
            yield from read_ahead(batches) if engine.reads_ahead else batches
            self.counts.check()

    def _batches(
        self,
        engine: Engine,
        read: BlockParser,
        cells: Generator[ColumnChunk],
        wanted: Collection[str] | None,
    ) -> Generator[RecordBatch]:
        for chunk in read_ahead(cells) if engine.reads_ahead else cells:
            self.counts.rows += len(chunk)
            yield self._with_preamble(read(chunk), wanted)

    def _with_preamble(self, batch: RecordBatch, wanted: Collection[str] | None) -> RecordBatch:
        if not self.preamble or (wanted is not None and PREAMBLE_COLUMN not in wanted):
            return batch
        column = [self.preamble] * len(batch)
        return replace(
            batch, names=(*batch.names, PREAMBLE_COLUMN), columns=(*batch.columns, column)
        )

    def _cells(
        self, engine: Engine, reject: RejectLine, counts: LineCounts
    ) -> Generator[ColumnChunk]:
        header, before = self.reader.cells, self.reader.before
        row_filter = RowFilter(header, before, counts, reject, self._key_cells)
        return engine.cells(self.reader, row_filter)

    @property
    def _key_cells(self) -> KeyCells:
        """The cells of which a row must have one; none where rows above fill all of them."""
        identity = self.report_type.identity
        names = set(identity.columns).difference(self.report_type.filled_down)
        places = [place for place, column in enumerate(self.columns) if column.name in names]
        return KeyCells(tuple(places), continued=identity.kind == "group")


def open_table(
    path: Path,
    *,
    report_type: ReportType,
    charset: str | None,
    marketplace_format: MarketplaceFormat,
    timestamps: Timestamps = "utc",
    proved: bool = True,
) -> Table:
    """Open a document and read its header.

    Args:
        path: the document.
        report_type: of the document.
        charset: of the Content-Type header, or None.
        marketplace_format: the formats of its marketplace.
        timestamps: how timestamps are written.
        proved: whether its length or a checksum proves it complete.

    Raises:
        ErrorDocument: Amazon delivered a message instead of the report; the error quotes it.
        UnreadableDocument: the document is empty, of a format without rows, has more columns
            than `MOST_COLUMNS`, or, if it is not proved complete, ends within a line.
    """
    with _add_location(report_type, path):
        form = detect_format(DocumentInput(path, report_type, charset, marketplace_format, proved))
        _check_width(form.cells)
        columns = columns_of(form.cells, report_type)
    return Table(path, report_type, marketplace_format, form, columns, timestamps)


def _check_width(cells: Record) -> None:
    if len(cells) > MOST_COLUMNS:
        raise UnreadableDocument(
            f"the document has {len(cells):,} columns, more than {MOST_COLUMNS:,}",
            hint="inspect the document; no report of Amazon has that many columns",
        )


@contextmanager
def _add_location(report_type: ReportType, path: Path) -> Iterator[None]:
    """Add the report type and file name to every error."""
    try:
        yield
    except TapError as error:
        error.where = error.where or f"{report_type.name}, {path.name}"
        raise
