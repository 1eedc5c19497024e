"""Text of a tab-separated document to lines, a block at a time.

A block holds about `BLOCK_SIZE` characters, so that memory does not grow with the document and a
block stays in the processor's cache while it is worked on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tap_mws_reports.documents.layout import TAB, Layout, is_wrapped
from tap_mws_reports.documents.limits import LONGEST_LINE
from tap_mws_reports.documents.lines import Lines, refuse


def tab_lines(text: Iterable[str], layout: Layout) -> Iterator[Lines]:
    """Yield the lines of a document, blank ones too, some at a time.

    Args:
        text: the document, in pieces.
        layout: of the document.

    Raises:
        UnreadableDocument: a line is longer than `LONGEST_LINE`.
    """
    first = 1
    for piece in whole_lines(text, layout.line_end):
        # A return that stays before a feed is cut off line by line, the fastest of several ways.
        lines = piece.split(layout.line_end)
        records = [line.removesuffix("\r").split(TAB) for line in lines]
        if layout.wrapped:
            records = [list(map(_unwrapped, record)) for record in records]
        yield Lines(first, records)
        first += len(records)


def whole_lines(text: Iterable[str], line_end: str) -> Iterator[str]:
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
            refuse(f"a line is longer than {LONGEST_LINE} characters")
    if rest:
        yield rest


def _unwrapped(cell: str) -> str:
    return cell[1:-1] if is_wrapped(cell) else cell
