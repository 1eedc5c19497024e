"""A document as a table: its columns, and its rows one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

from tap_mws_reports.documents import flat_file
from tap_mws_reports.documents.accounting import HEADER_REPEAT, Accounting
from tap_mws_reports.documents.columns import Column, columns_of
from tap_mws_reports.documents.decoding import Decoding, decide, open_text
from tap_mws_reports.documents.habits import Habits
from tap_mws_reports.documents.refusals import refuse_other_forms, refuse_sentence
from tap_mws_reports.documents.rows import Row, RowReader
from tap_mws_reports.errors import TapError
from tap_mws_reports.report_types.report_type import ReportType

_HEAD_SIZE = 64 * 1024


@dataclass(slots=True)
class Table:
    """A document whose header has been read.

    ``accounting`` counts the rows read by the last `rows`; ``columns`` are in the document's order.
    """

    path: Path
    report_type: ReportType
    habits: Habits
    decoding: Decoding
    layout: flat_file.Layout
    header: list[str]
    columns: tuple[Column, ...]
    accounting: Accounting = field(default_factory=Accounting)

    @property
    def missing_identity(self) -> tuple[str, ...]:
        """The columns that identify a row of this type and that the document lacks."""
        names = {column.name for column in self.columns}
        return tuple(name for name in self.report_type.identity.columns if name not in names)

    def rows(self) -> Iterator[Row]:
        """Yield the rows, typed, with what did not fit beside them.

        Every row has all columns, ``_unparsed`` (JSON text: column to cell text, or None),
        ``_extra`` (JSON text: an array of the cells beyond the header, or None), ``_row_number``
        from 1 and, for types identified by a group, ``_line``. Decimals are `decimal.Decimal`,
        dates and moments ISO text. Memory does not grow with the document, apart from a number
        for each group.

        Raises:
            RowsLost: the lines of the document and the rows made of it do not add up.
            UnreadableDocument: a line is too long, or a quote is left open.
        """
        self.accounting = Accounting()
        read_row = RowReader(self.columns, self.report_type, self.habits)
        with _located(self.report_type, self.path):
            for record in self._data_records():
                self.accounting.rows += 1
                row = read_row(record)
                row["_row_number"] = self.accounting.rows
                yield row
            self.accounting.check()

    def _data_records(self) -> Iterator[list[str]]:
        """Yield the records that are rows, and count the others."""
        accounting = self.accounting
        with open_text(self.path, self.decoding) as stream:
            records = flat_file.records(stream, self.layout, accounting)
            accounting.blank += sum(1 for _ in takewhile(flat_file.is_blank, records))
            accounting.lines -= 1  # the header, which takewhile has taken
            for record in records:
                if flat_file.is_blank(record):
                    accounting.blank += 1
                elif record == self.header:
                    accounting.refusals[HEADER_REPEAT] += 1
                else:
                    yield record


def open_table(
    path: Path, *, report_type: ReportType, charset: str | None, habits: Habits
) -> Table:
    """Read the header of a document and decide how its rows are to be read.

    Args:
        path: the document.
        report_type: what is known of its type.
        charset: what the Content-Type header announced, or None.
        habits: of the marketplace it comes from.

    Raises:
        ErrorDocument: a message was delivered in place of the report; Amazon's words are in it.
        UnreadableDocument: the document is empty, or no tab- or comma-separated text.
    """
    with _located(report_type, path):
        with path.open("rb") as document:
            refuse_other_forms(document.read(_HEAD_SIZE))
        decoding = decide(path, charset=charset, code_page=habits.code_page)
        with open_text(path, decoding) as stream:
            head = stream.read(flat_file.LONGEST_HEADER)
        layout = flat_file.look(head)
        header = flat_file.header_cells(head, layout)
        columns = columns_of(header, report_type)
        if layout.delimiter == flat_file.COMMA or len(header) == 1:
            _refuse_sentence(head, header, columns, report_type)
    return Table(path, report_type, habits, decoding, layout, header, columns)


def _refuse_sentence(
    head: str, header: list[str], columns: tuple[Column, ...], report_type: ReportType
) -> None:
    if not any(column.known for column in columns):
        refuse_sentence(header, beginning=head, known_type=bool(report_type.columns))


@contextmanager
def _located(report_type: ReportType, path: Path) -> Iterator[None]:
    """Say in every error which document it is about."""
    try:
        yield
    except TapError as error:
        error.where = error.where or f"{report_type.name}, {path.name}"
        raise
