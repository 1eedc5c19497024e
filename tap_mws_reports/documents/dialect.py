"""Dialects of flat files: separators, line ends and quotes, and text to rows of cells."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import NoReturn, TextIO

from tap_mws_reports.documents.limits import LONGEST_LINE
from tap_mws_reports.errors import UnreadableDocument

BLOCK_SIZE = 64 * 1024  # characters; larger blocks are slower, they fall out of the cache

Record = list[str]


@dataclass(frozen=True, slots=True)
class RowChunk:
    """The cells of lines that follow each other.

    ``first`` is the number of the first line in the document, from 1.
    """

    first: int
    records: list[Record]


def reject_document(what: str) -> NoReturn:
    """Raise `UnreadableDocument` for a document that is no flat file."""
    raise UnreadableDocument(what, hint="look at the document; it is no flat file as Amazon makes")


TAB = "\t"
COMMA = ","
SEMICOLON = ";"

_FEWEST_SEMICOLONS = 2  # of a header; one may stand in a name

LINE_END = re.compile(r"\r*\n|\r")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the lines of a document are made.

    ``line_end`` is a line feed also where carriage returns stand before it; ``wrapped`` says that
    every cell of a tab file stands in one pair of quotes.
    """

    delimiter: str
    line_end: str
    wrapped: bool = False

    @property
    def quoted(self) -> bool:
        """Whether a quote is more than an ordinary character."""
        return self.delimiter != TAB


def detect_line_end(head: str) -> str:
    """Return what ends the lines of a document that begins with ``head``."""
    end = LINE_END.search(head.lstrip("\r\n"))
    return "\r" if end and end[0] == "\r" else "\n"


def detect_dialect(line: str, line_end: str) -> Dialect:
    """Tell the layout by the header line."""
    if TAB not in line and COMMA in line:
        return Dialect(COMMA, line_end)
    if TAB not in line and _has_semicolons(line):
        return Dialect(SEMICOLON, line_end)
    return Dialect(TAB, line_end, wrapped=all(map(is_wrapped, line.split(TAB))))


def _has_semicolons(line: str) -> bool:
    """Whether semicolons divide names, not the parts of a sentence."""
    return line.count(SEMICOLON) >= _FEWEST_SEMICOLONS and f"{SEMICOLON} " not in line


def is_wrapped(cell: str) -> bool:
    """Whether a cell stands in one pair of quotes."""
    return len(cell) > 1 and cell[0] == cell[-1] == '"'


def read_tsv(text: Iterable[str], layout: Dialect) -> Iterator[RowChunk]:
    """Yield the lines of a document, blank ones too, some at a time.

    Args:
        text: the document, in pieces.
        layout: of the document.

    Raises:
        UnreadableDocument: a line is longer than `LONGEST_LINE`.
    """
    first = 1
    for piece in complete_lines(text, layout.line_end):
        # A return that stays before a feed is cut off line by line, the fastest of several ways.
        lines = piece.split(layout.line_end)
        records = [line.removesuffix("\r").split(TAB) for line in lines]
        if layout.wrapped:
            records = [list(map(_unwrapped, record)) for record in records]
        yield RowChunk(first, records)
        first += len(records)


def complete_lines(text: Iterable[str], line_end: str) -> Iterator[str]:
    """Yield pieces of whole lines, without the end of the last one.

    Only ``line_end``, and a carriage return before a line feed, ends a line: not the other
    characters that `str.splitlines` takes for ends, which occur inside titles and comments.
    """
    rest = ""
    for piece in text:
        end = piece.rfind(line_end)
        if end < 0:
            rest += piece
        else:
            yield rest + piece[:end]
            rest = piece[end + 1 :]
        if len(rest) > LONGEST_LINE:
            reject_document(f"a line is longer than {LONGEST_LINE} characters")
    if rest:
        yield rest


def _unwrapped(cell: str) -> str:
    return cell[1:-1] if is_wrapped(cell) else cell


# Fed to the csv reader after the last line: it comes back alone unless a quote is still open.
_END = "\0end of document\0"


def read_csv(stream: TextIO, delimiter: str) -> Iterator[RowChunk]:
    """Yield the lines of a document, blank ones too, some at a time.

    A block ends where a record has several lines, so that all line numbers are true.

    Raises:
        UnreadableDocument: a line or cell is longer than `LONGEST_LINE`, or a quote is left open.
    """
    # The limit is the whole process's; it is raised, never lowered.
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_LINE))
    text = _Document(stream)
    reader = csv.reader(chain(text, [_END]), delimiter=delimiter)
    first, records = 1, list[Record]()
    try:
        for record in reader:
            if record == [_END]:
                break
            if record and record[-1].endswith(_END):
                reject_document(f"a quote opened in line {first + len(records)} is never closed")
            records.append(record)
            if text.size > BLOCK_SIZE or reader.line_num >= first + len(records):
                yield RowChunk(first, records)
                first, records, text.size = reader.line_num + 1, [], 0
    except csv.Error:
        _refuse_length(first + len(records))
    if records:
        yield RowChunk(first, records)


class _Document:
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
    reject_document(f"line {line} or a cell in it is longer than {LONGEST_LINE} characters")
