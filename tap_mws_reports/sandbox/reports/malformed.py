"""Malformed flat files: what users have found in Amazon's documents.

Lines and cells are split in bytes: no charset of the marketplaces has a tab or a line feed
within a character.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from tap_mws_reports.sandbox.faults import FaultKind, Faults
from tap_mws_reports.sandbox.reports.document import Document
from tap_mws_reports.sandbox.reports.orders_xml import XML_ORDERS
from tap_mws_reports.sandbox.reports.sales_and_traffic import SALES_AND_TRAFFIC
from tap_mws_reports.sandbox.reports.workbooks import QUOTES

_NO_FLAT_FILES = frozenset({SALES_AND_TRAFFIC, XML_ORDERS, QUOTES})
Table = list[list[bytes]]
_UTF8_MARK = b"\xef\xbb\xbf"
_NUMBER = re.compile(rb"-?\d+\.\d+")
_LONG_CELL = 300_000
_EVERY = 5
"""Every fifth row is ragged."""


def malformed(
    write: Callable[[], Document], report_type: str, faults: Faults
) -> Callable[[], Document]:
    """Return what writes a document changed by faults; only flat files are changed.

    Args:
        write: writes the document.
        report_type: of the document.
        faults: the remaining faults.
    """
    if report_type in _NO_FLAT_FILES:
        return write
    changes = [change for kind, change in _CHANGES.items() if faults.strikes(kind, report_type)]
    return partial(_changed, write, changes) if changes else write


def _changed(
    write: Callable[[], Document], changes: Sequence[Callable[[Document], Document]]
) -> Document:
    document = write()
    for change in changes:
        document = change(document)
    return document


def _table(document: Document) -> tuple[Table, bytes]:
    """Return the cells of all lines, and what ends a line."""
    first = document.body.partition(b"\n")[0]
    end = b"\r\n" if first.endswith(b"\r") else b"\n"
    return [line.split(b"\t") for line in document.body.removesuffix(end).split(end)], end


def _by_table(change: Callable[[Table], Table]) -> Callable[[Document], Document]:
    def changed(document: Document) -> Document:
        table, end = _table(document)
        lines = (b"\t".join(cells) + end for cells in change(table))
        return Document(b"".join(lines), document.charset)

    return changed


def _with_mark(document: Document) -> Document:
    try:
        document.body.decode("utf-8")
    except UnicodeDecodeError:
        return document
    body = _UTF8_MARK + document.body.removeprefix(_UTF8_MARK)
    return Document(body, document.charset)


def _without_charset(document: Document) -> Document:
    return Document(document.body, None)


def _middle_cell(change: Callable[[bytes], bytes]) -> Callable[[Table], Table]:
    """Return a change of the last text of the row in the middle."""

    def changed(table: Table) -> Table:
        row = table[len(table) // 2]
        texts = [n for n, cell in enumerate(row) if re.fullmatch(rb"[A-Za-z -]{4,}", cell)]
        if len(table) > 1 and texts:
            row[texts[-1]] = change(row[texts[-1]])
        return table

    return changed


def _ragged(table: Table) -> Table:
    """Remove the empty cells at the end of every fifth row, or add empty ones."""
    header, *rows = table
    for number, row in enumerate(rows[:-1]):
        if number % _EVERY == 0:
            while len(row) > 1 and not row[-1]:
                row.pop()
        elif number % _EVERY == 1:
            row += [b"", b""]
    return [header, *rows]


def _with_column(table: Table) -> Table:
    header, *rows = table
    return [[*header, b"unheard-of"], *([*row, b"value %d" % n] for n, row in enumerate(rows))]


def _renamed(table: Table) -> Table:
    header, *rows = table
    return [[*header[:-1], header[-1].rstrip() + b"-renamed"], *rows]


def _turned(table: Table) -> Table:
    return [row[::-1] for row in table]


def _with_repeated_column(table: Table) -> Table:
    header, *rows = table
    return [[*header, header[0].removeprefix(_UTF8_MARK)], *([*row, row[0]] for row in rows)]


def _with_commas(table: Table) -> Table:
    header, *rows = table
    return [header, *([_NUMBER.sub(_comma, cell) for cell in row] for row in rows)]


def _comma(number: re.Match[bytes]) -> bytes:
    return number[0].replace(b".", b",") if number[0] == number.string else number[0]


# An empty document is the last change: the others need a header.
_CHANGES: dict[FaultKind, Callable[[Document], Document]] = {
    FaultKind.HEADER_ONLY: _by_table(lambda table: table[:1]),
    FaultKind.NUL: _by_table(_middle_cell(lambda cell: cell[:2] + b"\0" + cell[2:])),
    FaultKind.STRAY_QUOTE: _by_table(_middle_cell(lambda cell: b'"' + cell)),
    FaultKind.LONG_CELL: _by_table(_middle_cell(lambda cell: cell + b"x" * _LONG_CELL)),
    FaultKind.LOCAL_NUMBERS: _by_table(_with_commas),
    FaultKind.NEW_COLUMN: _by_table(_with_column),
    FaultKind.RENAMED_COLUMN: _by_table(_renamed),
    FaultKind.DUPLICATE_COLUMN: _by_table(_with_repeated_column),
    FaultKind.REORDERED_COLUMNS: _by_table(_turned),
    FaultKind.RAGGED_ROWS: _by_table(_ragged),
    FaultKind.CHARSET_UNTOLD: _without_charset,
    FaultKind.BYTE_ORDER_MARK: _with_mark,
    FaultKind.EMPTY_FILE: lambda document: Document(b"", document.charset),
}
