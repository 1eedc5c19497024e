"""Documents with tabs whose cells are all in quotes: Amazon's inventory ledgers.

Amazon does not double quotes inside cells (`"Frame 5" x 7""` is a cell), but other programs that
write such files do. Quotes are read as doubled if the document has doubled quotes and no others.
A line feed inside quotes is part of the cell.
Sources: https://github.com/jlevers/selling-partner-api/issues/387,
https://github.com/amzn/selling-partner-api-models/issues/4367
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tap_mws_reports.documents.dialect import (
    BLOCK_SIZE,
    TAB,
    Dialect,
    Record,
    RowChunk,
    complete_lines,
    is_wrapped,
)

# A run of quotes inside a cell, or at one of its ends with the quote that encloses it.
_INSIDE = re.compile(r'(?<=[^"\t\r\n])("+)(?=[^"\t\r\n])')
_AT_AN_END = re.compile(
    r'(?<=[^"\t\r\n])"("+)(?=[\t\r\n]|\Z)|(?:(?<=[\t\r\n])|\A)"("+)(?=[^"\t\r\n])'
)
_LONGEST_CELL = 1_000
"""Lines of a cell; a quote that is open for longer is part of the text."""


def quotes_are_doubled(text: Iterable[str], dialect: Dialect) -> bool | None:
    """Whether quotes inside cells are doubled; None if there are none.

    Args:
        text: the document, in pieces.
        dialect: of the document.
    """
    found = None
    for piece in complete_lines(text, dialect.line_end):
        runs = [run for pattern in (_INSIDE, _AT_AN_END) for run in pattern.finditer(piece)]
        if any(len(run[run.lastindex or 1]) % 2 for run in runs):
            return False
        found = found or (True if runs else None)
    return found


def read_wrapped(text: Iterable[str], dialect: Dialect) -> Iterator[RowChunk]:
    """Yield the lines of a document in chunks, blank ones included, without the quotes.

    A chunk ends after a record of several lines, so that all line numbers are correct.

    Raises:
        UnreadableDocument: a line is longer than `LONGEST_LINE`.
    """
    first, records, size = 1, list[Record](), 0
    for lines in _records(text, dialect.line_end):
        records.append(_cells(dialect.line_end.join(lines), dialect))
        size += sum(map(len, lines))
        if len(lines) > 1 or size > BLOCK_SIZE:
            yield RowChunk(first, records)
            first, records, size = first + len(records) - 1 + len(lines), [], 0
    if records:
        yield RowChunk(first, records)


def _records(text: Iterable[str], line_end: str) -> Iterator[list[str]]:
    """Yield the lines of each record."""
    pending: list[str] = []
    for piece in complete_lines(text, line_end):
        for line in piece.split(line_end):
            if pending and not _may_continue(line, len(pending)):
                yield from ([each] for each in pending)
                pending = []
            elif pending and not _is_closed(line):
                pending.append(line)
                continue
            if _opens(line):
                pending.append(line)
            else:
                yield [*pending, line]
                pending = []
    yield from ([each] for each in pending)


def _opens(line: str) -> bool:
    """Whether the last cell of a line continues in the next one."""
    cell = line.rstrip("\r").rpartition(TAB)[2]
    return cell.startswith('"') and not is_wrapped(cell)


def _may_continue(line: str, lines: int) -> bool:
    """Whether a line may be the next one of a cell with so many lines."""
    return (
        lines < _LONGEST_CELL and not line.startswith('"') and (TAB not in line or _is_closed(line))
    )


def _is_closed(line: str) -> bool:
    """Whether the first cell of a line closes a quote."""
    return line.rstrip("\r").partition(TAB)[0].endswith('"')


def _cells(line: str, dialect: Dialect) -> Record:
    cells = [cell[1:-1] if is_wrapped(cell) else cell for cell in line.rstrip("\r").split(TAB)]
    return [cell.replace('""', '"') for cell in cells] if dialect.doubled else cells
