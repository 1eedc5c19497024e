"""Where the header of a document is: usually its first line, sometimes below an explanation.

Payments for a range of dates begin with seven lines of explanation in Japan and nine in Germany.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import islice, zip_longest

from tap_mws_reports.documents.columns import known_headers
from tap_mws_reports.documents.dialect import (
    LINE_END,
    Dialect,
    Record,
    detect_dialect,
    detect_line_end,
    read_tsv,
)
from tap_mws_reports.documents.limits import LONGEST_HEADER
from tap_mws_reports.errors import UnreadableDocument
from tap_mws_reports.report_types.naming import header_key
from tap_mws_reports.report_types.report_type import ReportType

_PREAMBLE = 40  # lines; more than any seen
_FEWEST_CELLS = 3  # of a header that is found below an explanation
_MOST_CONTROLS = 20  # one in so many characters; one in nine random bytes is one
# Without the escapes of ISO-2022-JP and what may pass for a blank.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x7f]")


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a document: its cells as they are, and how many records stand before it."""

    cells: Record
    before: int
    layout: Dialect


def is_blank(record: Record) -> bool:
    """Whether a line holds nothing but delimiters and blanks."""
    return not any(map(str.strip, record))


def find_header(head: str, report_type: ReportType) -> Header:
    """Find the header in the beginning of a document.

    It is the first line that is not blank, unless a later line has most of the type's columns; or,
    where no line has, unless the first lines are single cells and wide lines follow, of which the
    second, if there is one, is not wider than the first.

    Raises:
        UnreadableDocument: the document is empty or no text, or the first line longer than
            `LONGEST_HEADER`.
    """
    text = head.lstrip("\r\n")
    if len(head) >= LONGEST_HEADER and not LINE_END.search(text):
        raise UnreadableDocument(
            f"the first line is longer than {LONGEST_HEADER} characters",
            hint="look at the document; it is no flat file as Amazon makes",
        )
    first_lines = LINE_END.split(text, _PREAMBLE)[:_PREAMBLE]
    line_end = detect_line_end(head)
    layouts = dict.fromkeys(detect_dialect(line, line_end) for line in first_lines if line.strip())
    candidates = [found for layout in layouts if (found := list(_candidates(head, layout)))]
    if not candidates:
        raise UnreadableDocument(
            "the document is empty, without even a header line", hint="try the report again later"
        )
    keys = known_headers(report_type.columns)
    known = (
        header for headers in candidates for header in headers if _is_known(header.cells, keys)
    )
    header = next(known, None) or _below_explanation(candidates) or candidates[0][0]
    _refuse_bytes("".join(header.cells))
    return header


def _refuse_bytes(text: str) -> None:
    """Refuse a document whose names are full of characters that no text has."""
    if len(_CONTROLS.findall(text)) * _MOST_CONTROLS > len(text):
        raise UnreadableDocument(
            "the document is no text: its first line is full of control characters",
            hint="look at the document; it is no report as Amazon makes",
        )


def _candidates(head: str, layout: Dialect) -> Iterator[Header]:
    """Yield the first lines of a document that are not blank, each as a header."""
    for index, record in enumerate(islice(_records(head, layout), _PREAMBLE)):
        if not is_blank(record):
            yield Header(record, index, layout)


def _records(head: str, layout: Dialect) -> Iterator[Record]:
    if layout.quoted:
        # The beginning may end inside a quoted cell, which the csv module forgives.
        yield from csv.reader(StringIO(head, newline=""), delimiter=layout.delimiter)
        return
    for lines in read_tsv([head], layout):
        yield from lines.records


def _is_known(cells: Sequence[str], known: Container[str]) -> bool:
    keys = {key for cell in cells if (key := header_key(cell))}
    return sum(key in known for key in keys) >= max(2, len(keys) / 2)


def _below_explanation(candidates: Sequence[Sequence[Header]]) -> Header | None:
    """Return the first line of some names that the next one does not surpass."""
    if any(len(headers[0].cells) > 1 for headers in candidates):
        return None
    for headers in candidates:
        for header, row in zip_longest(headers, headers[1:]):
            fits = row is None or 1 < len(row.cells) <= len(header.cells)
            if fits and len(header.cells) >= _FEWEST_CELLS and all(_named(header)):
                return header
    return None


def _named(header: Header) -> Iterator[bool]:
    """Yield of every cell whether it can be a name."""
    return map(bool, map(header_key, header.cells))
