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
        records = [line.split(TAB) for line in _split(piece, layout.line_end)]
        if layout.wrapped:
            records = [list(map(_unwrapped, record)) for record in records]
        yield Lines(first, records)
        first += len(records)


def _split(piece: str, line_end: str) -> list[str]:
    if line_end == "\n" and "\r\n" in piece:
        lines = piece.split("\r\n")
        # Faster than to replace the ends, but right only where all of them are the same.
        return lines if len(lines) == piece.count("\n") + 1 else _split_mixed(piece)
    return piece.split(line_end)


def _split_mixed(piece: str) -> list[str]:
    return piece.replace("\r\n", "\n").split("\n")


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
            yield _without_return(rest + piece[:end], line_end)
            rest = piece[end + 1 :]
        if len(rest) > LONGEST_LINE:
            refuse(f"a line is longer than {LONGEST_LINE} characters")
    if rest:
        yield _without_return(rest, line_end)


def _without_return(lines: str, line_end: str) -> str:
    return lines.removesuffix("\r") if line_end == "\n" else lines


def _unwrapped(cell: str) -> str:
    return cell[1:-1] if is_wrapped(cell) else cell
