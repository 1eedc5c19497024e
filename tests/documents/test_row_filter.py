"""Lines that are not rows are distinguished from rows, counted and named."""

from __future__ import annotations

import pytest

from tap_mws_reports.documents.dialect import Record, RowChunk
from tap_mws_reports.documents.row_filter import KeyCells, LineCounts, RowFilter

HEADER = ["order-id", "SKU", "fulfilment channel "]


def sift(header: Record, records: list[Record]) -> tuple[list[Record], list[tuple[int, str]]]:
    counts, refused = LineCounts(), list[tuple[int, str]]()
    row_filter = RowFilter(header, 0, counts, lambda number, why, _: refused.append((number, why)))
    cells = row_filter.cells(RowChunk(1, [header, *records]))
    counts.rows += len(cells) if cells else 0
    counts.check()
    return [list(row) for row in zip(*cells.columns, strict=True)] if cells else [], refused


@pytest.mark.parametrize(
    "again",
    [
        HEADER,
        ["Order ID", "sku", "Fulfillment-Channel"],
        ['"order-id"', '"SKU"', '"fulfilment channel"'],
        ["\ufefforder-id", "SKU", "fulfilment channel"],
        ["order-id", "SKU", "fulfilment channel", "", " "],
        ["ORDER_ID", "SKU", "FULFILMENT_CHANNEL"],
    ],
)
def test_repeated_header_is_recognised_in_any_spelling(again: Record) -> None:
    rows = [["1", "A", "x"], ["2", "B", "y"]]

    assert sift(HEADER, [rows[0], again, rows[1]]) == (rows, [(3, "header-repeat")])


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (HEADER, ["order-id", "SKU", "other"]),
        (HEADER, ["order-id", "SKU", ""]),
        (HEADER, ["Order 1", "a", "b"]),
        # A seller may well call a thing so.
        (["sku"], ["SKU"]),
        (["sku", "name"], ["SKU", "Name"]),
        (["-", "?"], ["?", "-"]),
    ],
)
def test_row_similar_to_the_header_is_kept(header: Record, row: Record) -> None:
    assert sift(header, [row]) == ([row], [])


@pytest.mark.parametrize("header", [["sku"], ["-", "?"], ["", "sku", "x"], [" sku", "a"]])
def test_repeated_header_with_few_names_must_be_equal(header: Record) -> None:
    row = ["1"] * len(header)

    assert sift(header, [row, header]) == ([row], [(3, "header-repeat")])


def test_blank_lines_are_counted_and_skipped() -> None:
    assert sift(HEADER, [[""], ["1", "2", "3"], ["", " ", "\t"]]) == ([["1", "2", "3"]], [])


KEYED = ["name", "sku", "channel"]
BY_SKU = KeyCells((1,))
BY_GROUP = KeyCells((1,), continued=True)


@pytest.mark.parametrize(
    ("key", "records", "rejected"),
    [
        (BY_SKU, [["a", "1", "x"], ["b", "", "x"], ["c", " ", "x"], ["d", "2", ""]], [3, 4]),
        (BY_SKU, [["a", "1", "x"], ["b"]], [3]),
        (KeyCells((0, 1)), [["a", "", "x"], ["", "1", "x"], ["", "", "x"]], [4]),
        (KeyCells(), [["", "", "x"]], []),
        (BY_GROUP, [["a", "", "x"], ["b", "1", "x"], ["c", "", "x"]], [2]),
        (BY_GROUP, [["a", "", "x"], ["b", "", "x"]], [2, 3]),
    ],
)
@pytest.mark.parametrize("whole_lines", [False, True])
def test_a_line_without_its_key_is_rejected_and_counted(
    key: KeyCells, records: list[Record], rejected: list[int], *, whole_lines: bool
) -> None:
    counts, refused = LineCounts(), list[tuple[int, str]]()
    row_filter = RowFilter(
        KEYED, 0, counts, lambda number, why, _: refused.append((number, why)), key
    )
    if whole_lines:
        lines = list(map("\t".join, [KEYED, *records]))
        found = [line.split("\t") for line in row_filter.whole_lines(1, lines)[0]]
    else:
        cells = row_filter.cells(RowChunk(1, [KEYED, *records]))
        found = [list(row) for row in zip(*cells.columns, strict=True)] if cells else []
    counts.rows += len(found)
    counts.check()
    assert refused == [(number, "no-key") for number in rejected]
    kept = [each for number, each in enumerate(records, start=2) if number not in rejected]
    assert found == kept


@pytest.mark.parametrize("whole_lines", [False, True])
def test_a_repeated_header_is_no_row_above(*, whole_lines: bool) -> None:
    records = [KEYED, KEYED, ["a", "", "x"], ["b", "1", "x"], ["c", "", "x"]]
    counts, refused = LineCounts(), list[tuple[int, str]]()
    row_filter = RowFilter(
        KEYED, 0, counts, lambda number, why, _: refused.append((number, why)), BY_GROUP
    )
    if whole_lines:
        counts.rows += len(row_filter.whole_lines(1, list(map("\t".join, records)))[0])
    else:
        cells = row_filter.cells(RowChunk(1, records))
        counts.rows += len(cells) if cells else 0
    counts.check()
    assert refused == [(2, "header-repeat"), (3, "no-key")]


def test_a_record_without_a_header_among_the_records_needs_its_key_too() -> None:
    counts, refused = LineCounts(), list[tuple[int, str]]()
    row_filter = RowFilter(
        KEYED, -1, counts, lambda number, why, _: refused.append((number, why)), BY_SKU
    )
    cells = row_filter.cells(RowChunk(1, [["a", "1", "x"], KEYED, ["b", "", "x"]]))
    assert cells is not None
    assert [*cells.columns[1]] == ["1", "sku"]
    assert refused == [(3, "no-key")]


@pytest.mark.parametrize(
    ("widths", "first", "short"),
    [
        ([3, 3], 0, 0),
        ([3, 2, 3], 3, 1),
        ([3, 1, 2, 4], 3, 2),
        ([1, 2], 2, 2),
        # Empty cells at the end are left out throughout.
        ([2, 2], 2, 0),
    ],
)
@pytest.mark.parametrize("whole_lines", [False, True])
def test_short_rows_are_counted(
    widths: list[int], first: int, short: int, *, whole_lines: bool
) -> None:
    counts = LineCounts()
    row_filter = RowFilter(HEADER, 0, counts, lambda *_: None)
    records = [HEADER, *(["x"] * width for width in widths)]
    if whole_lines:
        row_filter.whole_lines(1, list(map("\t".join, records)))
    else:
        row_filter.cells(RowChunk(1, records))
    counts.rows = len(widths)

    assert (counts.first_short, counts.unusually_short) == (first, short)
    remark = f"{len(widths)} rows ({short} with fewer cells than the header),"
    assert (remark in str(counts)) is (short > 0)


@pytest.mark.parametrize("whole_lines", [True, False])
@pytest.mark.parametrize(
    ("widths", "first", "long"),
    [
        ([3, 3, 3], 0, 0),
        ([3, 4, 3], 3, 1),
        ([3, 4, 2, 5], 3, 2),
        # A delimiter ends every line.
        ([4, 4], 2, 0),
    ],
)
def test_long_rows_are_counted(
    widths: list[int], first: int, long: int, *, whole_lines: bool
) -> None:
    counts = LineCounts()
    row_filter = RowFilter(HEADER, 0, counts, lambda *_: None)
    records = [["1"] * width for width in widths]
    if whole_lines:
        row_filter.whole_lines(1, ["\t".join(each) for each in [HEADER, *records]])
    else:
        row_filter.cells(RowChunk(1, [HEADER, *records]))
    counts.rows = len(widths)

    assert (counts.first_long, counts.unusually_long) == (first, long)
