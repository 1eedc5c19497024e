"""How rows become columns: with Python, or with Arrow."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

from tap_mws_reports.documents.block_parser import BlockParser
from tap_mws_reports.documents.document_reader import DocumentReader
from tap_mws_reports.documents.record_batch import ColumnChunk
from tap_mws_reports.documents.row_filter import RowFilter


@dataclass(frozen=True, slots=True)
class Engine:
    """The two steps between the lines of a document and its batches."""

    cells: Callable[[DocumentReader, RowFilter], Generator[Any]]
    """Yields the cells of the rows in chunks, which ``parser`` takes."""

    parser: type[BlockParser]
    """Converts the chunks to batches of values."""

    reads_ahead: bool = False
    """Whether threads make the next chunk and batch while the last ones are used."""


def _python_cells(form: DocumentReader, row_filter: RowFilter) -> Generator[ColumnChunk]:
    for lines in form.lines():
        if cells := row_filter.cells(lines):
            yield cells


PYTHON = Engine(_python_cells, BlockParser)
"""Reads documents into Python sequences."""
