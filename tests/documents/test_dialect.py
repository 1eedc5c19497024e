from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator

import pytest

from tap_mws_reports.documents.dialect import (
    BLOCK_SIZE,
    Dialect,
    Record,
    RowChunk,
    detect_dialect,
    detect_line_end,
    read_csv,
    read_tsv,
)
from tap_mws_reports.documents.limits import LONGEST_LINE
from tap_mws_reports.documents.wrapped_tsv import read_wrapped
from tap_mws_reports.errors import UnreadableDocument


def blocks(stream: io.StringIO, layout: Dialect) -> Iterator[RowChunk]:
    if layout.quoted:
        return read_csv(stream, layout.delimiter)
    read = read_wrapped if layout.wrapped else read_tsv
    return read(iter(lambda: stream.read(BLOCK_SIZE), ""), layout)


def records(stream: io.StringIO, layout: Dialect) -> Iterator[Record]:
    for lines in blocks(stream, layout):
        yield from lines.records


def look(head: str) -> Dialect:
    return detect_dialect(head.lstrip().splitlines()[0], detect_line_end(head))


LAYOUTS = [
    ("a\tb\nc", Dialect("\t", "\n")),
    ("a\tb\r\nc", Dialect("\t", "\n")),
    ("a\tb\r\r\nc", Dialect("\t", "\n")),
    ("a\tb\rc", Dialect("\t", "\r")),
    ("a,b\nc\td", Dialect(",", "\n")),
    ("a, (b, c)\td", Dialect("\t", "\n")),
    ('"a","b"', Dialect(",", "\n")),
    ('"a"\t"b"\n', Dialect("\t", "\n", wrapped=True)),
    ('"a"\tb\n', Dialect("\t", "\n")),
    ('"\t"\n', Dialect("\t", "\n")),
    ("a\n", Dialect("\t", "\n")),
    ("\r\n\n  \na,b", Dialect(",", "\n")),
    ("a;b;c\r\n1,5;2;3", Dialect(";", "\n")),
    ('"a";"b";"c"\n', Dialect(";", "\n")),
    # A semicolon in a name, and sentences.
    ("a;b\n", Dialect("\t", "\n")),
    ("a;b;c\td\n", Dialect("\t", "\n")),
    ("a;b;c,d\n", Dialect(",", "\n")),
    ("All amounts in EUR; tax is included; see below\n", Dialect("\t", "\n")),
]


@pytest.mark.parametrize(("head", "layout"), LAYOUTS)
def test_dialect_is_detected_from_the_header_line(head: str, layout: Dialect) -> None:
    assert look(head) == layout


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("a\tb\nc", [["a", "b"], ["c"]]),
        ("a\tb\r\nc\t\r\n", [["a", "b"], ["c", ""]]),
        ("a\tb\n\nc\n", [["a", "b"], [""], ["c"]]),
        ('a\tb\n"c\t"d""\n', [["a", "b"], ['"c', '"d""']]),
        ('"a"\t"b"\n"c "d" e"\tf"\n', [["a", "b"], ['c "d" e', 'f"']]),
        ('a;b;c\n"d;e";"f ""g""";1,5\n', [["a", "b", "c"], ["d;e", 'f "g"', "1,5"]]),
        ("a\tb\nc\u2028\x85\tv\x0b\x0c\x1c\n", [["a", "b"], ["c\u2028\x85", "v\x0b\x0c\x1c"]]),
        ("a\tb\r\nc\td\ne\tf\r\n", [["a", "b"], ["c", "d"], ["e", "f"]]),
        ("a\tb\nc\rd\te\n", [["a", "b"], ["c\rd", "e"]]),
        # Converted twice.
        ("a\tb\r\r\nc\td\r\r\n", [["a", "b"], ["c", "d"]]),
        ('"a"\t"b"\r\r\n"c"\t"d"\r\r\n', [["a", "b"], ["c", "d"]]),
        ("a\tb\rc\td\r", [["a", "b"], ["c", "d"]]),
        ('a,b\n"c\nd","e ""f"""\n,', [["a", "b"], ["c\nd", 'e "f"'], ["", ""]]),
        ('a,b\r\n"c\r\n\r\nd",e\r\n\r\n', [["a", "b"], ["c\r\n\r\nd", "e"], []]),
        ('a,b\n"c\u2028\x85",\x0b\n', [["a", "b"], ["c\u2028\x85", "\x0b"]]),
        ("a,b\n\0,\n", [["a", "b"], ["\0", ""]]),
    ],
)
def test_records(document: str, expected: list[list[str]]) -> None:
    stream = io.StringIO(document, newline="")

    assert list(records(stream, look(document))) == expected


MALFORMED = [
    # A cell ends in the middle of its line.
    ('"A","1"\n"B","B1,"2.00","3"\n"C","2"\n', [2]),
    # An inch mark that is not doubled.
    ('"A","1"\n"B","Lamp 12"","3.00"\n"C","2"\n', [2]),
    # The open quote swallows the next line; that line is read for itself.
    ('A,"Lamp 12"",3\nB,"Lamp 13"",4\n"C",2\n', [1, 2]),
    ('A,"Lamp 12"",3\n"B",4\nC,2\n', [1]),
    ('"A"x,1\n"B",2', [1]),
    ('A,"several\nlines"\n"B"x,1\nC,2\n', [3]),
    ('A,1\n"B",2"\n', []),
    ('A,5" lamp\nB,2\n', []),
]


@pytest.mark.parametrize(("document", "numbers"), MALFORMED)
def test_line_that_breaks_the_quoting_rules_is_kept_completely(
    document: str, numbers: list[int]
) -> None:
    lines = document.splitlines()

    chunks = list(blocks(io.StringIO(document, newline=""), Dialect(",", "\n")))

    found = [
        (each.first + len(each.records) - 1, each.records[-1]) for each in chunks if each.malformed
    ]
    assert found == [(number, [lines[number - 1]]) for number in numbers]
    read = [record for each in chunks for record in each.records]
    assert sum(map(len, (each.records for each in chunks))) == len(read)
    assert all(len(record) == 2 for record in read if record[0] not in set(lines))


def test_line_numbers_are_correct_below_a_multiline_cell() -> None:
    stream = io.StringIO('a,b\n1,"2\n\n3"\n4,5\n6,7\n', newline="")

    found = [(lines.first, lines.records) for lines in blocks(stream, Dialect(",", "\n"))]

    assert found == [
        (1, [["a", "b"], ["1", "2\n\n3"]]),
        (5, [["4", "5"], ["6", "7"]]),
    ]


def test_lines_are_numbered_over_all_blocks() -> None:
    line = "x" * 1000
    stream = io.StringIO(f"{line}\n" * 200, newline="")

    found = list(blocks(stream, Dialect("\t", "\n")))

    assert len(found) > 2
    assert [lines.first for lines in found][1] == len(found[0].records) + 1
    assert sum(len(lines.records) for lines in found) == 200


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("offset", [-2, -1, 0, 1])
def test_line_end_at_the_end_of_a_block(end: str, offset: int) -> None:
    first = "x" * (BLOCK_SIZE + offset - len(end))
    stream = io.StringIO(f"{first}{end}second{end}", newline="")

    layout = Dialect("\t", "\r" if end == "\r" else "\n")

    assert list(records(stream, layout)) == [[first], ["second"]]


@pytest.mark.parametrize(("head", "line"), [("a\tb\n", "a line"), ('a,b\n"', "line 2")])
def test_line_has_a_limit(head: str, line: str) -> None:
    stream = io.StringIO(head + "x" * (LONGEST_LINE + BLOCK_SIZE) + "\n", newline="")

    with pytest.raises(UnreadableDocument, match=f"{line}.* longer than {LONGEST_LINE} characters"):
        list(records(stream, look(head)))


def test_cell_over_many_lines_has_a_limit() -> None:
    line = "x" * 1023 + "\n"
    stream = io.StringIO('a,b\n"' + line * (LONGEST_LINE // 1024 + 1), newline="")

    with pytest.raises(UnreadableDocument, match="line 2 or a cell in it is longer than"):
        list(records(stream, Dialect(",", "\n")))


@pytest.mark.parametrize("tail", ["", "\n", "\nmore,lines\n"])
def test_unclosed_quote_is_an_error(tail: str) -> None:
    stream = io.StringIO('a,b\nc,d\ne,"f' + tail, newline="")

    with pytest.raises(UnreadableDocument, match="a quote opened in line 3 is never closed"):
        list(records(stream, Dialect(",", "\n")))


@pytest.mark.parametrize("delimiter", ["\t", ","])
def test_memory_does_not_grow_with_the_document(delimiter: str) -> None:
    class Endless(io.StringIO):
        """Eight megabytes of rows, made as they are read: twice what may be held."""

        left = 8 * 1024 * 1024
        row = delimiter.join(["cell" * 25] * 13) + "\n"

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
        for _ in records(Endless(), Dialect(delimiter, "\n")):
            pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * 1024 * 1024
