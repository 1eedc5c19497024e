"""Text of a document with commas or semicolons to lines, by the rules of the csv module."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain
from typing import NoReturn, TextIO

from tap_mws_reports.documents.limits import LONGEST_LINE
from tap_mws_reports.documents.lines import BLOCK_SIZE, Lines, Record, refuse

# Fed to the csv reader after the last line: it comes back alone unless a quote is still open.
_END = "\0end of document\0"


def quoted_lines(stream: TextIO, delimiter: str) -> Iterator[Lines]:
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
                refuse(f"a quote opened in line {first + len(records)} is never closed")
            records.append(record)
            if text.size > BLOCK_SIZE or reader.line_num >= first + len(records):
                yield Lines(first, records)
                first, records, text.size = reader.line_num + 1, [], 0
    except csv.Error:
        _refuse_length(first + len(records))
    if records:
        yield Lines(first, records)


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
    refuse(f"line {line} or a cell in it is longer than {LONGEST_LINE} characters")
