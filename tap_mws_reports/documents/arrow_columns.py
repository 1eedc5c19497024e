"""Split flat files into Arrow columns of text, without a Python object per cell. Needs pyarrow.

Only lines that are not plain rows (blank, too short, too long, maybe a header) are handled by
Python. Documents that are not delimited by tabs are split as always.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from tap_mws_reports.documents.dialect import BLOCK_SIZE, TAB, RowChunk
from tap_mws_reports.documents.document_reader import DocumentReader
from tap_mws_reports.documents.flat_file import FlatFile
from tap_mws_reports.documents.record_batch import ColumnChunk
from tap_mws_reports.documents.row_filter import LineCounts, RowFilter

_CHUNK_ROWS = 20_000
"""Rows of a chunk: with more of them, columns repeat more of their values."""

_FIRST_CHUNK_ROWS = 4_000
"""Rows of the first chunk: with fewer, the next step begins earlier. Later ones have more."""

_CHUNK_SIZE = 8 * 1024**2
"""Bytes of text of a chunk of long rows, which has fewer of them."""

_MOST_ODD_LINES = 64
"""Lines of a piece (1 MB) that have another width than the header. With more, Python is faster."""

_FEED = b"\n"

_FEW_LINES = 10
"""With fewer lines, Python splits them faster."""


@dataclass(frozen=True, slots=True)
class ArrowChunk:
    """The cells of some rows: an Arrow array of text per header column, null for an empty cell.

    ``beyond`` is that of `ColumnChunk`.
    """

    columns: Sequence[Any]
    beyond: Sequence[str | None] | None = None

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.columns[0])


def arrow_cells(form: DocumentReader, row_filter: RowFilter) -> Generator[ArrowChunk | ColumnChunk]:
    """Yield the cells of the rows of a document."""
    if not isinstance(form, FlatFile) or not form.splits_at_tabs:
        for chunk in form.lines():
            if cells := row_filter.cells(chunk):
                yield cells
        return
    line_end = form.header.dialect.line_end.encode()
    parts: list[ArrowChunk] = []
    rows, size, enough = 0, 0, _FIRST_CHUNK_ROWS
    for number, text in form.whole_lines():
        size += len(text)
        for part in _rows(number, text, line_end, row_filter, len(form.cells)):
            if isinstance(part, ArrowChunk):
                parts.append(part)
                rows += len(part)
            is_full = rows >= enough or size >= _CHUNK_SIZE
            if parts and (is_full or not isinstance(part, ArrowChunk)):
                yield _joined(parts)
                parts, rows, size = [], 0, 0
                enough = min(2 * enough, _CHUNK_ROWS)
            if not isinstance(part, ArrowChunk):
                yield part
    if parts:
        yield _joined(parts)


def has_plain_rows(form: DocumentReader) -> bool:
    """Whether Arrow can split the first megabyte of a document, which then needs no Python.

    It cannot if many lines have more or fewer cells than the header, or if some have no first cell,
    repeat the header or have carriage returns.
    """
    if not isinstance(form, FlatFile) or not form.splits_at_tabs:
        return False
    if form.header.dialect.line_end.encode() != _FEED:
        return False
    _, text = next(form.whole_lines(), (1, b""))
    below = text.split(_FEED, form.before + 1)[form.before + 1 :]
    row_filter = RowFilter(form.cells, -1, LineCounts(), lambda *_: None)
    plain = (_plain_rows(rows, len(form.cells)) for rows in below)
    return any(rows is not None and _are_rows(rows, row_filter) for rows in plain)


def _rows(
    first: int, text: bytes, line_end: bytes, row_filter: RowFilter, width: int
) -> Iterator[ArrowChunk | ColumnChunk]:
    """Yield the rows among consecutive lines; Python splits them if they may not be plain rows.

    Args:
        first: the number of the first line.
        text: the lines in UTF-8, without the last line end.
        line_end: between them.
        row_filter: passes the rows.
        width: the number of cells of the header.
    """
    if above := row_filter.lines_to_header:
        lines = text.split(line_end, above)
        row_filter.whole_lines(first, _decoded(lines[:above]))
        if len(lines) <= above:
            return
        first, text = first + above, lines[above]
    plain = _plain_rows(text, width) if line_end == _FEED else None
    if plain is not None and _are_rows(plain, row_filter):
        yield from plain.rows(first, row_filter)
    else:
        yield from _python_rows(first, text, line_end, row_filter)


def _python_rows(
    first: int, text: bytes, line_end: bytes, row_filter: RowFilter
) -> Iterator[ColumnChunk]:
    lines = _decoded(text.split(line_end))
    step = 1 + len(lines) * BLOCK_SIZE // (len(text) + 1)
    for start in range(0, len(lines), step):
        records = [line.split(TAB) for line in lines[start : start + step]]
        if cells := row_filter.cells(RowChunk(first + start, records)):
            yield cells


def _decoded(lines: Sequence[bytes]) -> list[str]:
    return [line.decode().rstrip("\r") for line in lines]


@dataclass(frozen=True, slots=True)
class _PlainRows:
    """Consecutive lines, most of which have the header's width."""

    chunk: ArrowChunk
    """The cells of those lines."""

    odd: dict[int, str]
    """The other lines, by their place among all of them."""

    def rows(self, first: int, row_filter: RowFilter) -> Iterator[ArrowChunk]:
        """Yield the rows in order; the number of the first line is ``first``."""
        mended: list[str] = []
        parts: list[tuple[int, int, Sequence[str | None] | None]] = []
        start = 0
        for before, (place, line) in enumerate(self.odd.items()):
            row_filter.count_rows(place - before - start)
            start = place - before
            rows, beyond = row_filter.whole_lines(first + place, [line])
            if rows:
                parts.append((start, len(mended), beyond))
                mended += rows
        row_filter.count_rows(len(self.chunk) - start)
        others = ArrowChunk(_split(mended, len(self.chunk.columns)))
        start = 0
        for end, place, beyond in parts:
            yield from _slice(self.chunk, start, end)
            yield from _slice(others, place, place + 1, beyond)
            start = end
        yield from _slice(self.chunk, start, len(self.chunk))


def _slice(
    chunk: ArrowChunk, start: int, end: int, beyond: Sequence[str | None] | None = None
) -> Iterator[ArrowChunk]:
    if end > start:
        columns = [column.slice(start, end - start) for column in chunk.columns]
        yield ArrowChunk(columns, beyond)


def _plain_rows(text: bytes, width: int) -> _PlainRows | None:
    """Split lines at their tabs; None if Arrow would not see the same lines."""
    if text.startswith((_FEED, BOM_UTF8)) or text.endswith(_FEED):
        return None  # Arrow leaves out a last empty line, and a byte order mark
    odd: dict[int, str] = {}

    def keep(line: csv.InvalidRow) -> str:
        odd[line.number - 1] = line.text
        return "skip" if len(odd) <= _MOST_ODD_LINES else "error"

    try:
        columns = _read(text, width, keep)
    except pa.ArrowInvalid:
        return None
    if len(columns[0]) + len(odd) != text.count(_FEED) + 1:
        return None  # there are carriage returns within a line
    return _PlainRows(ArrowChunk(columns), odd)


def _are_rows(plain: _PlainRows, row_filter: RowFilter) -> bool:
    """Whether the cells rule out blank lines, repeated headers and lines without a key."""
    columns = plain.chunk.columns
    first = columns[0]
    if first.null_count:
        return False
    starts = pc.utf8_slice_codeunits(first, 0, 1)
    odd = [start for start in starts.unique().to_pylist() if row_filter.begins_oddly(start)]
    if odd:
        cells = first.filter(pc.is_in(starts, pa.array(odd, pa.string())))
        if not row_filter.all_are_rows(cells.to_pylist()):
            return False
    key = row_filter.required_cells
    return not key or 0 in key or _has_cell([columns[place] for place in key])


def _has_cell(columns: Sequence[Any]) -> bool:
    """Whether every row has a cell in one of the columns."""
    blank = pa.scalar(value=True)
    for column in columns:
        blank = pc.and_(blank, pc.fill_null(pc.utf8_is_space(column), fill_value=True))
    return not pc.any(blank).as_py()


def _joined(parts: Sequence[ArrowChunk]) -> ArrowChunk:
    if len(parts) == 1:
        return parts[0]
    columns = [
        pa.concat_arrays(arrays) for arrays in zip(*(part.columns for part in parts), strict=True)
    ]
    if not any(part.beyond for part in parts):
        return ArrowChunk(columns)
    beyond = chain.from_iterable(part.beyond or [None] * len(part) for part in parts)
    return ArrowChunk(columns, list(beyond))


def _split(lines: Sequence[str], width: int) -> Sequence[Any]:
    """Return the columns of lines that have ``width`` cells each."""
    if not lines:
        return [pa.array([], pa.string())] * width
    text = "\n".join(lines)
    differs = "\r" in text or text.count("\n") != len(lines) - 1 or text.startswith("\ufeff")
    # Arrow would end a line there, or leave out the byte order mark. It takes long to begin.
    if differs or len(lines) < _FEW_LINES:
        cells = zip(*(line.split(TAB) for line in lines), strict=True)
        return [pa.array([cell or None for cell in column], pa.string()) for column in cells]
    return _read(text.encode(), width)


def _read(text: bytes, width: int, odd: Any = None) -> Sequence[Any]:  # noqa: ANN401
    """Return the columns of lines; ``odd`` is called for those of another width."""
    names = [str(place) for place in range(width)]
    table = csv.read_csv(
        pa.BufferReader(text),
        # The lines have numbers if one thread reads them.
        csv.ReadOptions(column_names=names, block_size=len(text) + 1, use_threads=False),
        csv.ParseOptions(
            delimiter=TAB, quote_char=False, ignore_empty_lines=False, invalid_row_handler=odd
        ),
        csv.ConvertOptions(
            check_utf8=False,
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
        ),
    )
    # The text is a single block, so each column has one chunk, or none.
    return [
        column.chunk(0) if column.num_chunks else pa.array([], pa.string())
        for column in table.columns
    ]


def bytes_of(texts: Any) -> Any:  # noqa: ANN401
    """Return the UTF-8 of all texts of an array, one after the other, as an Arrow buffer."""
    _, offsets, data = texts.buffers()
    bounds = memoryview(offsets).cast("i")
    start, end = bounds[texts.offset], bounds[texts.offset + len(texts)]
    return data.slice(start, end - start) if end > start else pa.py_buffer(b"")


def byte_range(data: Any) -> tuple[int, int]:  # noqa: ANN401
    """Return the lowest and the highest byte of a buffer that is not empty."""
    lowest, highest = (
        pc.min_max(pa.Array.from_buffers(pa.uint8(), data.size, [None, data])).as_py().values()
    )
    return lowest, highest
