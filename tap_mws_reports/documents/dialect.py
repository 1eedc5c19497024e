"""Dialects of flat files (delimiters, line ends, quotes), and TSV and CSV parsing."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import AnyStr, NoReturn, TextIO

from tap_mws_reports.documents.limits import LONGEST_LINE
from tap_mws_reports.errors import UnreadableDocument

BLOCK_SIZE = 64 * 1024  # characters; larger blocks are slower, they exceed the CPU cache

Record = list[str]


@dataclass(frozen=True, slots=True)
class RowChunk:
    """The cells of consecutive lines.

    ``first`` is the number of the first line in the document, from 1. ``malformed``: the last
    record is a line that breaks the quoting rules, unsplit.
    """

    first: int
    records: list[Record]
    malformed: bool = False


def raise_unreadable(what: str) -> NoReturn:
    """Raise `UnreadableDocument` for a document that is not a flat file."""
    raise UnreadableDocument(what, hint="inspect the document; it is not a flat file from Amazon")


TAB = "\t"
COMMA = ","
SEMICOLON = ";"

_FEWEST_SEMICOLONS = 2  # in a header; one may be part of a name

LINE_END = re.compile(r"\r*\n|\r")


@dataclass(frozen=True, slots=True)
class Dialect:
    """The delimiter, line end and quoting of a flat file.

    ``line_end`` is a line feed also after carriage returns; ``wrapped``: every cell of the TSV
    header is in quotes; ``doubled``: quotes inside such cells are doubled.
    """

    delimiter: str
    line_end: str
    wrapped: bool = False
    doubled: bool = False

    @property
    def quoted(self) -> bool:
        """Whether quotes are special characters."""
        return self.delimiter != TAB


def is_wrapped(cell: str) -> bool:
    """Whether a cell is enclosed in quotes."""
    return len(cell) > 1 and cell[0] == cell[-1] == '"'


def detect_line_end(head: str) -> str:
    """Return the line end of a document that begins with ``head``."""
    end = LINE_END.search(head.lstrip("\r\n"))
    return "\r" if end and end[0] == "\r" else "\n"


def detect_dialect(line: str, line_end: str) -> Dialect:
    """Detect the dialect from the header line."""
    if TAB not in line and COMMA in line:
        return Dialect(COMMA, line_end)
    if TAB not in line and _has_semicolons(line):
        return Dialect(SEMICOLON, line_end)
    return Dialect(TAB, line_end, wrapped=all(map(is_wrapped, line.split(TAB))))


def _has_semicolons(line: str) -> bool:
    """Whether semicolons separate names, not parts of a sentence."""
    return line.count(SEMICOLON) >= _FEWEST_SEMICOLONS and f"{SEMICOLON} " not in line


def read_tsv(text: Iterable[str], dialect: Dialect) -> Iterator[RowChunk]:
    """Yield the lines of a document in chunks, blank ones included; quotes are not special.

    Args:
        text: the document, in pieces.
        dialect: of the document.

    Raises:
        UnreadableDocument: a line is longer than `LONGEST_LINE`.
    """
    first = 1
    for piece in complete_lines(text, dialect.line_end):
        # Removing the returns before a feed line by line is the fastest of several ways. A document
        # that was converted twice has two of them.
        lines = piece.split(dialect.line_end)
        records = [line.rstrip("\r").split(TAB) for line in lines]
        yield RowChunk(first, records)
        first += len(records)


def complete_lines(text: Iterable[AnyStr], line_end: AnyStr) -> Iterator[AnyStr]:
    """Yield pieces of complete lines, without the last line end.

    Only ``line_end``, and carriage returns before a line feed, end a line. The other line
    boundaries of `str.splitlines` occur inside titles and comments.

    Args:
        text: the document, in pieces; bytes are UTF-8.
        line_end: of the document.

    Raises:
        UnreadableDocument: a line is longer than `LONGEST_LINE`.
    """
    rest = line_end[:0]
    for piece in text:
        end = piece.rfind(line_end)
        if end < 0:
            rest += piece
        else:
            yield rest + piece[:end]
            rest = piece[end + 1 :]
        if len(rest) > LONGEST_LINE and _characters(rest) > LONGEST_LINE:
            raise_unreadable(f"a line is longer than {LONGEST_LINE} characters")
    if rest:
        yield rest


def _characters(text: str | bytes) -> int:
    """Return the number of characters; bytes are UTF-8, whose last character may be cut."""
    return len(text if isinstance(text, str) else text.decode(errors="ignore"))


# Parts of the csv module's messages; its errors have no codes.
_TOO_LONG = "field larger"
_OPEN_QUOTE = "unexpected end of data"


def read_csv(stream: TextIO, delimiter: str, *, partial: bool = False) -> Iterator[RowChunk]:
    """Yield the lines of a document in chunks, blank ones included.

    A chunk ends after a record of several lines, so that all line numbers are correct. It also ends
    after a line that breaks the rules of RFC 4180: text after a closing quote that is neither a
    delimiter nor a line end. Such a line is not split, since its values could be in other columns;
    reading continues with the next line.

    Args:
        stream: the document.
        delimiter: of the cells.
        partial: whether the document may end inside a quote, as its beginning may.

    Raises:
        UnreadableDocument: a line or cell is longer than `LONGEST_LINE`, or a quote is not closed.
    """
    # The limit is global to the process: raise it, never lower it.
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_LINE))
    text = _CountedLines(stream)
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    records = list[Record]()
    while True:
        try:
            record = next(reader, None)
        except csv.Error as error:
            _check_csv_error(error, text.first + len(records), partial=partial)
            if _OPEN_QUOTE in str(error):
                record = next(csv.reader(text.lines[len(records) :], delimiter=delimiter))
                yield RowChunk(text.first, [*records, record])
                return
            line = text.return_to(len(records))
            yield RowChunk(text.first, [*records, [line]], malformed=True)
            text.begin_chunk(text.first + len(records) + 1)
            reader, records = csv.reader(text, delimiter=delimiter, strict=True), []
            continue
        if record is None:
            break
        records.append(record)
        if text.size > BLOCK_SIZE or len(text.lines) > len(records):
            yield RowChunk(text.first, records)
            text.begin_chunk(text.first + len(text.lines))
            records = []
    if records:
        yield RowChunk(text.first, records)


def _check_csv_error(error: csv.Error, line: int, *, partial: bool) -> None:
    """Raise `UnreadableDocument` for an error after which the document cannot be read on."""
    if _TOO_LONG in str(error):
        _raise_too_long(line)
    if _OPEN_QUOTE in str(error) and not partial:
        raise_unreadable(f"a quote opened in line {line} is never closed")


class _CountedLines:
    """Iterates over lines, with their ends, and keeps those of the current chunk.

    ``first`` is the number of the chunk's first line, ``lines`` are the lines read since then,
    ``size`` counts their characters.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._again = deque[str]()
        self.first = 1
        self.lines: list[str] = []
        self.size = 0

    def __iter__(self) -> Iterator[str]:
        while line := self._next():
            self.lines.append(line)
            self.size += len(line)
            if len(line) > LONGEST_LINE:
                _raise_too_long(self.first + len(self.lines) - 1)
            yield line

    def _next(self) -> str:
        return self._again.popleft() if self._again else self._stream.readline(LONGEST_LINE + 1)

    def begin_chunk(self, first: int) -> None:
        """Begin a chunk with the line of this number."""
        self.first, self.lines, self.size = first, [], 0

    def return_to(self, place: int) -> str:
        """Return a line of the chunk without its end, and read those after it once more."""
        self._again.extendleft(reversed(self.lines[place + 1 :]))
        return self.lines[place].rstrip("\r\n")


def _raise_too_long(line: int) -> NoReturn:
    raise_unreadable(f"line {line} or a cell in it is longer than {LONGEST_LINE} characters")
