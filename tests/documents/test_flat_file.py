from __future__ import annotations

import io
import tracemalloc

import pytest

from tap_mws_reports.documents.accounting import Accounting
from tap_mws_reports.documents.flat_file import (
    BLOCK_SIZE,
    LONGEST_LINE,
    Layout,
    header_cells,
    line_blocks,
    look,
    records,
)
from tap_mws_reports.errors import UnreadableDocument

LAYOUTS = [
    ("a\tb\nc", Layout("\t", "\n")),
    ("a\tb\r\nc", Layout("\t", "\n")),
    ("a\tb\r\r\nc", Layout("\t", "\n")),
    ("a\tb\rc", Layout("\t", "\r")),
    ("a,b\nc\td", Layout(",", "\n")),
    ("a, (b, c)\td", Layout("\t", "\n")),
    ('"a","b"', Layout(",", "\n")),
    ('"a"\t"b"\n', Layout("\t", "\n", wrapped=True)),
    ('"a"\tb\n', Layout("\t", "\n")),
    ('"\t"\n', Layout("\t", "\n")),
    ("a\n", Layout("\t", "\n")),
    ("\r\n\n  \na,b", Layout(",", "\n")),
]


@pytest.mark.parametrize(("head", "layout"), LAYOUTS)
def test_layout_is_told_by_the_header_line(head: str, layout: Layout) -> None:
    assert look(head) == layout


@pytest.mark.parametrize(
    ("document", "lines", "expected"),
    [
        ("a\tb\nc", 2, [["a", "b"], ["c"]]),
        ("a\tb\r\nc\t\r\n", 2, [["a", "b"], ["c", ""]]),
        ("a\tb\n\nc\n", 3, [["a", "b"], [""], ["c"]]),
        ('a\tb\n"c\t"d""\n', 2, [["a", "b"], ['"c', '"d""']]),
        ('"a"\t"b"\n"c "d" e"\tf"\n', 2, [["a", "b"], ['c "d" e', 'f"']]),
        ("a\tb\nc\u2028\x85\tv\x0b\x0c\x1c\n", 2, [["a", "b"], ["c\u2028\x85", "v\x0b\x0c\x1c"]]),
        ("a\tb\nc\rd\te\n", 2, [["a", "b"], ["c\rd", "e"]]),
        ("a\tb\rc\td\r", 2, [["a", "b"], ["c", "d"]]),
        ('a,b\n"c\nd","e ""f"""\n,', 3, [["a", "b"], ["c\nd", 'e "f"'], ["", ""]]),
        ('a,b\r\n"c\r\n\r\nd",e\r\n\r\n', 3, [["a", "b"], ["c\r\n\r\nd", "e"], []]),
        ('a,b\n"c\u2028\x85",\x0b\n', 2, [["a", "b"], ["c\u2028\x85", "\x0b"]]),
        ("a,b\n\0,\n", 2, [["a", "b"], ["\0", ""]]),
    ],
)
def test_records(document: str, lines: int, expected: list[list[str]]) -> None:
    accounting = Accounting()
    stream = io.StringIO(document, newline="")

    assert list(records(stream, look(document), accounting)) == expected
    assert accounting.lines == lines


def test_header_is_the_first_line_that_is_not_blank() -> None:
    head = '\r\n  \n"a "," b"\n1,2\n'

    assert header_cells(head, look(head)) == ["a ", " b"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("offset", [-2, -1, 0, 1])
def test_line_end_at_the_border_of_a_block(end: str, offset: int) -> None:
    first = "x" * (BLOCK_SIZE + offset - len(end))
    stream = io.StringIO(f"{first}{end}second{end}", newline="")

    blocks = line_blocks(stream, "\r" if end == "\r" else "\n")

    assert [line for block in blocks for line in block] == [first, "second"]


def test_header_line_has_a_limit() -> None:
    with pytest.raises(UnreadableDocument, match="first line is longer than 65536"):
        look("a\t" * BLOCK_SIZE)


@pytest.mark.parametrize(("head", "line"), [("a\tb\n", "a line"), ('a,b\n"', "line 2")])
def test_line_has_a_limit(head: str, line: str) -> None:
    stream = io.StringIO(head + "x" * (LONGEST_LINE + BLOCK_SIZE) + "\n", newline="")

    with pytest.raises(UnreadableDocument, match=f"{line}.* longer than {LONGEST_LINE} characters"):
        list(records(stream, look(head), Accounting()))


def test_cell_over_many_lines_has_a_limit() -> None:
    line = "x" * 1023 + "\n"
    stream = io.StringIO('a,b\n"' + line * (LONGEST_LINE // 1024 + 1), newline="")

    with pytest.raises(UnreadableDocument, match="line 2 or a cell in it is longer than"):
        list(records(stream, Layout(",", "\n"), Accounting()))


@pytest.mark.parametrize("tail", ["", "\n", "\nmore,lines\n"])
def test_quote_that_is_never_closed_is_an_error(tail: str) -> None:
    stream = io.StringIO('a,b\nc,d\ne,"f' + tail, newline="")

    with pytest.raises(UnreadableDocument, match="a quote opened in line 3 is never closed"):
        list(records(stream, Layout(",", "\n"), Accounting()))


@pytest.mark.parametrize("delimiter", ["\t", ","])
def test_memory_does_not_grow_with_the_document(delimiter: str) -> None:
    class Endless(io.StringIO):
        """Twenty megabytes of rows, made as they are read."""

        left = 20 * 1024 * 1024
        row = delimiter.join(["cell"] * 13) + "\n"

        def read(self, size: int | None = -1, /) -> str:
            assert size == BLOCK_SIZE
            self.left -= size
            return self.row * (size // len(self.row)) if self.left > 0 else ""

        def readline(self, size: int | None = -1, /) -> str:
            assert size == LONGEST_LINE + 1
            self.left -= len(self.row)
            return self.row if self.left > 0 else ""

    tracemalloc.start()
    try:
        for _ in records(Endless(), Layout(delimiter, "\n"), Accounting()):
            pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2 * 1024 * 1024
