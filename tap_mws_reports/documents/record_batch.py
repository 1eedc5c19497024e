"""Columnar rows: text cells and typed values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tap_mws_reports.documents.dialect import Record
from tap_mws_reports.documents.header import is_blank

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class RecordBatch:
    """Consecutive rows of a document.

    ``columns`` has the values of all rows for each of ``names``: text, integers, decimals,
    booleans or None, or an Arrow array of them. ``constants`` are leading columns with one value
    for all rows.
    """

    names: tuple[str, ...]
    columns: tuple[Sequence[object], ...]
    constants: Mapping[str, object] = field(default_factory=dict)

    def rows(self) -> Iterator[Row]:
        """Yield the rows one at a time."""
        for values in zip(*self.columns, strict=True):
            yield {**self.constants, **dict(zip(self.names, values, strict=True))}

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.columns[0]) if self.columns else 0

    def __getitem__(self, rows: slice) -> RecordBatch:
        """Return some of the rows."""
        columns = tuple(values[rows] for values in self.columns)
        return RecordBatch(self.names, columns, self.constants)


@dataclass(frozen=True, slots=True)
class ColumnChunk:
    """The cells of some rows, one sequence per header column.

    ``beyond`` has for every row its cells beyond the header as JSON text, or None. It is None if no
    row has such cells. ``widths`` has the number of cells of every row, or nothing if all rows are
    as wide as the header.
    """

    columns: Sequence[Sequence[str]]
    beyond: Sequence[str | None] | None
    widths: Sequence[int] = ()

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.columns[0])


def align_columns(records: Sequence[Record], width: int) -> ColumnChunk:
    """Pad short records, and move the extra cells of long ones to ``beyond``."""
    widths = list(map(len, records))
    if widths.count(width) == len(widths):
        return ColumnChunk(list(zip(*records, strict=True)), None)
    columns = zip(*(_padded(record, width) for record in records), strict=True)
    beyond = [_extra_cells(record, width) for record in records] if max(widths) > width else None
    return ColumnChunk(list(columns), beyond, widths)


def _padded(record: Record, width: int) -> Record:
    missing = width - len(record)
    return record[:width] + [""] * missing if missing else record


def _extra_cells(record: Record, width: int) -> str | None:
    if len(record) <= width or is_blank(record[width:]):
        return None
    return json.dumps(record[width:], ensure_ascii=False)
