"""Text of a tab- or comma-separated document to lists of cells.

In a tab file quotes are ordinary characters (`4" x 2"`), unless every cell of the header is wrapped
in them, as in the ledger reports. A comma file follows the rules of the csv module.
Sources: https://github.com/amzn/selling-partner-api-models/issues/2739,
https://github.com/jlevers/selling-partner-api/issues/387
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import chain
from typing import NoReturn, TextIO

from tap_mws_reports.documents.accounting import Accounting
from tap_mws_reports.errors import UnreadableDocument

BLOCK_SIZE = 64 * 1024  # characters; larger blocks fall out of the processor's cache
LONGEST_HEADER = BLOCK_SIZE  # characters
LONGEST_LINE = 16 * 1024 * 1024  # characters, of a tab-separated line or of a quoted cell

TAB = "\t"
COMMA = ","

_LINE_END = re.compile(r"\r*\n|\r")
# Fed to the csv reader after the last line: it comes back alone unless a quote is still open.
_END = "\0end of document\0"


@dataclass(frozen=True, slots=True)
class Layout:
    """How the lines of a document are made.

    ``line_end`` is a line feed also where carriage returns stand before it; ``wrapped`` says that
    every cell of a tab file stands in one pair of quotes.
    """

    delimiter: str
    line_end: str
    wrapped: bool = False


def look(head: str) -> Layout:
    """Tell the layout by the first line that is not blank.

    Args:
        head: the beginning of the document, with the whole header line in it.

    Raises:
        UnreadableDocument: the header line is longer than `LONGEST_HEADER`.
    """
    end = _LINE_END.search(head.lstrip("\r\n"))
    if end is None and len(head) >= LONGEST_HEADER:
        _refuse(f"the first line is longer than {LONGEST_HEADER} characters")
    line = _first_line(head)
    line_end = "\r" if end and end[0] == "\r" else "\n"
    if TAB not in line and COMMA in line:
        return Layout(COMMA, line_end)
    return Layout(TAB, line_end, wrapped=all(map(_is_wrapped, line.split(TAB))))


def records(stream: TextIO, layout: Layout, accounting: Accounting) -> Iterator[list[str]]:
    """Yield the cells of every line, blank lines too, and count the lines in ``accounting``.

    Raises:
        UnreadableDocument: a line or cell is longer than `LONGEST_LINE`, or a quote is left open.
    """
    if layout.delimiter == COMMA:
        yield from _quoted_records(stream, accounting)
        return
    for lines in line_blocks(stream, layout.line_end):
        accounting.lines += len(lines)
        for line in lines:
            cells = line.split(TAB)
            yield list(map(_unwrapped, cells)) if layout.wrapped else cells


def header_cells(head: str, layout: Layout) -> list[str]:
    """Return the cells of the first line that is not blank, as they are in the document.

    Raises:
        UnreadableDocument: there is no such line. A report without rows has a header.
    """
    for cells in records(StringIO(head, newline=""), layout, Accounting()):
        if not is_blank(cells):
            return cells
    raise UnreadableDocument(
        "the document is empty, without even a header line",
        hint="try the report again later",
    )


def is_blank(cells: list[str]) -> bool:
    """Whether a line holds nothing but delimiters and blanks."""
    return not any(map(str.strip, cells))


def line_blocks(stream: TextIO, line_end: str) -> Iterator[list[str]]:
    """Yield the lines of about `BLOCK_SIZE` characters at a time, without their ends.

    Only ``line_end``, and a carriage return before a line feed, ends a line: not the other
    characters that `str.splitlines` takes for ends, which occur inside titles and comments.
    """
    rest = ""
    while block := stream.read(BLOCK_SIZE):
        whole, end, rest = (rest + block).rpartition(line_end)
        if end:
            yield _lines(whole, line_end)
        if len(rest) > LONGEST_LINE:
            _refuse(f"a line is longer than {LONGEST_LINE} characters")
    if rest:
        yield _lines(rest, line_end)


def _lines(text: str, line_end: str) -> list[str]:
    if line_end == "\n":
        text = text.replace("\r\n", "\n").removesuffix("\r")
    return text.split(line_end)


def _first_line(head: str) -> str:
    lines = (line for line in _LINE_END.split(head) if line.strip())
    return next(lines, "")


def _is_wrapped(cell: str) -> bool:
    return len(cell) > 1 and cell[0] == cell[-1] == '"'


def _unwrapped(cell: str) -> str:
    return cell[1:-1] if _is_wrapped(cell) else cell


def _quoted_records(stream: TextIO, accounting: Accounting) -> Iterator[list[str]]:
    # The limit is the whole process's; it is raised, never lowered.
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_LINE))
    reader = csv.reader(chain(_counted_lines(stream, accounting), [_END]))
    before = 0
    try:
        for record in reader:
            if record == [_END]:
                return
            if record and record[-1].endswith(_END):
                _refuse(f"a quote opened in line {before + 1} is never closed")
            accounting.lines -= reader.line_num - before - 1
            before = reader.line_num
            yield record
    except csv.Error:
        _refuse_length(before + 1)


def _counted_lines(stream: TextIO, accounting: Accounting) -> Iterator[str]:
    while line := stream.readline(LONGEST_LINE + 1):
        accounting.lines += 1
        if len(line) > LONGEST_LINE:
            _refuse_length(accounting.lines)
        yield line


def _refuse_length(line: int) -> NoReturn:
    _refuse(f"line {line} or a cell in it is longer than {LONGEST_LINE} characters")


def _refuse(what: str) -> NoReturn:
    raise UnreadableDocument(what, hint="look at the document; it is no flat file as Amazon makes")
