"""Split flat files into Arrow columns of text, without a Python object per cell. Needs pyarrow.

Only lines that are not plain rows (blank, too short, too long, maybe a header) are handled by
Python. Documents that are not delimited by tabs are split as always.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import pyarrow as pa
from pyarrow import csv

from tap_mws_reports.documents.dialect import TAB
from tap_mws_reports.documents.document_reader import DocumentReader
from tap_mws_reports.documents.flat_file import FlatFile
from tap_mws_reports.documents.record_batch import ColumnChunk
from tap_mws_reports.documents.row_filter import RowFilter

_CHUNK_ROWS = 20_000
"""Rows of a chunk: with more of them, columns repeat more of their values."""


@dataclass(frozen=True, slots=True)
class ArrowChunk:
    """The cells of some rows: an Arrow array of text per header column, null for an empty cell.

    ``beyond`` is that of `ColumnChunk`.
    """

    columns: Sequence[Any]
    beyond: Sequence[str | None] | None

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.columns[0])


def arrow_cells(form: DocumentReader, row_filter: RowFilter) -> Iterator[ArrowChunk | ColumnChunk]:
    """Yield the cells of the rows of a document."""
    if not isinstance(form, FlatFile) or not form.splits_at_tabs:
        for chunk in form.lines():
            if cells := row_filter.cells(chunk):
                yield cells
        return
    width = len(form.cells)
    rows: list[str] = []
    beyond: list[str | None] = []
    for number, lines in form.whole_lines():
        some_rows, some_beyond = row_filter.whole_lines(number, lines)
        rows += some_rows
        beyond += some_beyond or repeat(None, len(some_rows))
        if len(rows) >= _CHUNK_ROWS:
            yield _chunk(rows, width, beyond)
            rows, beyond = [], []
    if rows:
        yield _chunk(rows, width, beyond)


def _chunk(rows: Sequence[str], width: int, beyond: Sequence[str | None]) -> ArrowChunk:
    return ArrowChunk(_split(rows, width), beyond if any(beyond) else None)


def _split(lines: Sequence[str], width: int) -> Sequence[Any]:
    """Return the columns of lines that have ``width`` cells each."""
    text = "\n".join(lines)
    if "\r" in text or text.count("\n") != len(lines) - 1:
        # Arrow would end a line there.
        cells = zip(*(line.split(TAB) for line in lines), strict=True)
        return [pa.array([cell or None for cell in column], pa.string()) for column in cells]
    data = text.encode()
    names = [str(place) for place in range(width)]
    table = csv.read_csv(
        pa.BufferReader(data),
        csv.ReadOptions(column_names=names, block_size=len(data) + 1),
        csv.ParseOptions(delimiter=TAB, quote_char=False, ignore_empty_lines=False),
        csv.ConvertOptions(
            check_utf8=False,
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
        ),
    )
    # The text is a single block, so each column has one chunk, or none.
    return [column.combine_chunks() for column in table.columns]
