"""Find the header of a flat file: usually the first line, sometimes below a preamble.

Date range payment reports begin with seven lines of preamble in Japan and nine in Germany.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from io import StringIO
from itertools import islice, takewhile, zip_longest

from tap_mws_reports.documents.columns import known_headers
from tap_mws_reports.documents.dialect import (
    LINE_END,
    Dialect,
    Record,
    detect_dialect,
    detect_line_end,
    read_csv,
    read_tsv,
)
from tap_mws_reports.documents.limits import LONGEST_HEADER
from tap_mws_reports.documents.preamble import is_metadata, preamble_settings
from tap_mws_reports.documents.wrapped_tsv import read_wrapped
from tap_mws_reports.errors import UnreadableDocument
from tap_mws_reports.report_types.catalog import all_known
from tap_mws_reports.report_types.naming import header_key
from tap_mws_reports.report_types.report_type import ReportType
from tap_mws_reports.report_types.type_detection import detect_type

_PREAMBLE = 40  # lines; more than in any known report
_FEWEST_CELLS = 3  # of a header below a preamble
_SETTING_CELLS = 2
_FEWEST_SETTINGS = 2
_CONTROL_RATIO = 20  # at most 1 in 20 characters; of random bytes, 1 in 9 is one
# Without the escape of ISO-2022-JP and whitespace.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x7f]")


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a document: its unchanged cells, and the number of records before it.

    ``preamble``: the settings that these records state, as JSON text; see `preamble_settings`.
    """

    cells: Record
    before: int
    dialect: Dialect
    preamble: str = ""


def is_blank(record: Record) -> bool:
    """Whether a line has only delimiters and whitespace."""
    return not any(map(str.strip, record))


def find_header(head: str, report_type: ReportType) -> Header:
    """Find the header in the start of a document.

    The first line with most of the type's known columns is the header; of an unknown type, the
    first line that is the header of a known one, if all above are narrower. If there is none, and
    the first lines are single cells or metadata, it is the first wide line that the next line does
    not exceed in width. So it is below several lines of a name and a value. Otherwise it is the
    first line that is not blank. Blank cells at the end of a line do not count: spreadsheets pad
    all lines to one width.

    Raises:
        UnreadableDocument: the document is empty or binary, or the first line is longer than
            `LONGEST_HEADER`.
    """
    text = head.lstrip("\r\n")
    if len(head) >= LONGEST_HEADER and not LINE_END.search(text):
        raise UnreadableDocument(
            f"the first line is longer than {LONGEST_HEADER} characters",
            hint="inspect the document; it is not a flat file from Amazon",
        )
    first_lines = LINE_END.split(text, _PREAMBLE)[:_PREAMBLE]
    line_end = detect_line_end(head)
    dialects = dict.fromkeys(detect_dialect(line, line_end) for line in first_lines if line.strip())
    candidates = [found for dialect in dialects if (found := list(_candidates(head, dialect)))]
    if not candidates:
        raise UnreadableDocument(
            "the document is empty and has no header line", hint="request the report again later"
        )
    keys = known_headers(report_type.columns)
    known = (
        header for headers in candidates for header in headers if _is_known(header.cells, keys)
    )
    header = next(known, None) or (None if keys else _recognised(candidates))
    header = header or _below_preamble(candidates)
    header = header or _below_settings(candidates) or candidates[0][0]
    _raise_if_binary("".join(header.cells))
    above = _above(header, candidates)
    return replace(
        header, preamble=preamble_settings(list(map(_line, above)), header.cells, _settings(above))
    )


def _above(header: Header, candidates: Sequence[Sequence[Header]]) -> list[Header]:
    """Return the lines before a header."""
    return [
        each
        for headers in candidates
        for each in headers
        if each.dialect == header.dialect and each.before < header.before
    ]


def _settings(above: Sequence[Header]) -> list[tuple[str, str]]:
    """Return the names and values of lines that consist of both; most of them have a value."""
    valued = sum(_width(each) == _SETTING_CELLS for each in above)
    if len(above) < _FEWEST_SETTINGS or 2 * valued < len(above) or not _are_settings(above):
        return []
    return [(each.cells[0].strip(), each.cells[1].strip()) for each in above]


def _are_settings(above: Sequence[Header]) -> bool:
    return all(
        len(each.cells) >= _SETTING_CELLS >= _width(each) and each.cells[0].strip()
        for each in above
    )


def _line(header: Header) -> str:
    return header.dialect.delimiter.join(header.cells)


def _raise_if_binary(text: str) -> None:
    """Raise if a document has many control characters in its header."""
    if len(_CONTROLS.findall(text)) * _CONTROL_RATIO > len(text):
        raise UnreadableDocument(
            "the document is not text: its first line has many control characters",
            hint="inspect the document; it is not a report from Amazon",
        )


def _candidates(head: str, dialect: Dialect) -> Iterator[Header]:
    """Yield the first lines that are not blank, each as a possible header."""
    for index, record in enumerate(islice(_records(head, dialect), _PREAMBLE)):
        if not is_blank(record):
            yield Header(record, index, dialect)


def _records(head: str, dialect: Dialect) -> Iterator[Record]:
    if not dialect.quoted:
        for lines in (read_wrapped if dialect.wrapped else read_tsv)([head], dialect):
            yield from lines.records
        return
    # The head may end inside a quoted cell.
    for lines in read_csv(StringIO(head, newline=""), dialect.delimiter, partial=True):
        if lines.malformed:
            *records, (line,) = lines.records
            yield from records
            yield (
                [line]
                if is_metadata(line)
                else next(csv.reader([line], delimiter=dialect.delimiter))
            )
        else:
            yield from lines.records


def _is_known(cells: Sequence[str], known: Container[str]) -> bool:
    keys = {key for cell in cells if (key := header_key(cell))}
    return sum(key in known for key in keys) >= max(2, len(keys) / 2)


def _below_preamble(candidates: Sequence[Sequence[Header]]) -> Header | None:
    """Return the first wide line that the next line does not exceed in width."""
    if not all(_is_explanation(headers[0]) for headers in candidates):
        return None
    for headers in candidates:
        for header, row in zip_longest(headers, headers[1:]):
            fits = row is None or (len(row.cells) > 1 and _width(row) <= _width(header))
            if (
                fits
                and _width(header) >= _FEWEST_CELLS
                and all(_have_names(header))
                and not is_metadata(_line(header))
            ):
                return header
    return None


def _recognised(candidates: Sequence[Sequence[Header]]) -> Header | None:
    """Return the header of a known report type below lines that are all narrower."""
    for headers in candidates:
        widest = 0
        for header in headers:
            if _width(header) > widest and _is_of_a_type(header):
                return header
            widest = max(widest, _width(header))
    return None


def _is_of_a_type(header: Header) -> bool:
    known = _headers_of_all_types()
    keys = set(map(header_key, header.cells))
    return len(keys & known) >= _FEWEST_CELLS and bool(detect_type(header.cells))


@cache
def _headers_of_all_types() -> frozenset[str]:
    return frozenset(key for known in all_known() for spec in known.columns for key in spec.keys)


def _below_settings(candidates: Sequence[Sequence[Header]]) -> Header | None:
    """Return the first wide line below several lines of a name and a value."""
    for headers in candidates:
        above = list(takewhile(lambda each: _width(each) <= _SETTING_CELLS, headers))
        header, row = [*headers[len(above) :], None, None][:2]
        if (
            header
            and len(above) >= _FEWEST_SETTINGS
            and _are_settings(above)
            and _width(header) >= _SETTING_CELLS * 2
            and all(_have_names(header))
            and (row is None or _SETTING_CELLS < _width(row) <= _width(header))
        ):
            return header
    return None


def _is_explanation(header: Header) -> bool:
    return _width(header) == 1 or is_metadata(_line(header))


def _width(header: Header) -> int:
    """Return the number of cells up to the last that is not blank."""
    return max(place for place, cell in enumerate(header.cells, start=1) if cell.strip())


def _have_names(header: Header) -> Iterator[bool]:
    """Yield for every cell whether it can be a column name."""
    return map(bool, map(header_key, header.cells[: _width(header)]))
