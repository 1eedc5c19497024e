"""Text of a tab- or comma-separated document to lists of cells, a block of lines at a time.

A block holds about `BLOCK_SIZE` characters, so that memory does not grow with the document and a
block stays in the processor's cache while it is worked on.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import NoReturn, TextIO

from tap_mws_reports.documents.layout import COMMA, TAB, Layout, is_wrapped
from tap_mws_reports.errors import UnreadableDocument

BLOCK_SIZE = 64 * 1024  # characters; larger blocks are slower, they fall out of the cache
LONGEST_LINE = 16 * 1024 * 1024  # characters, of a tab-separated line or of a quoted cell

Record = list[str]

# Fed to the csv reader after the last line: it comes back alone unless a quote is still open.
_END = "\0end of document\0"


@dataclass(frozen=True, slots=True)
class Lines:
    """Records that follow each other; ``first`` is the number of the first one's line, from 1."""

    first: int
    records: list[Record]


def blocks(stream: TextIO, layout: Layout) -> Iterator[Lines]:
    """Yield the cells of every line, blank lines too.

    Raises:
        UnreadableDocument: a line or cell is longer than `LONGEST_LINE`, or a quote is left open.
    """
    if layout.delimiter == COMMA:
        yield from _quoted_blocks(stream)
        return
    first = 1
    for lines in line_blocks(stream, layout.line_end):
        records = [line.split(TAB) for line in lines]
        if layout.wrapped:
            records = [list(map(_unwrapped, record)) for record in records]
        yield Lines(first, records)
        first += len(records)


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


def _unwrapped(cell: str) -> str:
    return cell[1:-1] if is_wrapped(cell) else cell


def _quoted_blocks(stream: TextIO) -> Iterator[Lines]:
    """Yield blocks that end where a record has several lines, so that all line numbers are true."""
    # The limit is the whole process's; it is raised, never lowered.
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_LINE))
    text = _Text(stream)
    reader = csv.reader(chain(text, [_END]))
    first, records = 1, list[Record]()
    try:
        for record in reader:
            if record == [_END]:
                break
            if record and record[-1].endswith(_END):
                _refuse(f"a quote opened in line {first + len(records)} is never closed")
            records.append(record)
            if text.size > BLOCK_SIZE or reader.line_num >= first + len(records):
                yield Lines(first, records)
                first, records, text.size = reader.line_num + 1, [], 0
    except csv.Error:
        _refuse_length(first + len(records))
    if records:
        yield Lines(first, records)


class _Text:
    """The lines of a document, with their ends; ``size`` counts the characters of those read."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lines = 0
        self.size = 0

    def __iter__(self) -> Iterator[str]:
        while line := self._stream.readline(LONGEST_LINE + 1):
            self._lines += 1
            self.size += len(line)
            if len(line) > LONGEST_LINE:
                _refuse_length(self._lines)
            yield line


def _refuse_length(line: int) -> NoReturn:
    _refuse(f"line {line} or a cell in it is longer than {LONGEST_LINE} characters")


def _refuse(what: str) -> NoReturn:
    raise UnreadableDocument(what, hint="look at the document; it is no flat file as Amazon makes")
