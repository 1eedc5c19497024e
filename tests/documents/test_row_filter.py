"""Lines that are not rows are distinguished from rows, counted and named."""

from __future__ import annotations

import pytest

from tap_mws_reports.documents.dialect import Record, RowChunk
from tap_mws_reports.documents.row_filter import LineCounts, RowFilter

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
def test_header_is_known_again_in_any_spelling(again: Record) -> None:
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
def test_row_that_is_much_like_the_header_stays(header: Record, row: Record) -> None:
    assert sift(header, [row]) == ([row], [])


@pytest.mark.parametrize("header", [["sku"], ["-", "?"], ["", "sku", "x"], [" sku", "a"]])
def test_header_without_three_names_is_known_again_as_it_is(header: Record) -> None:
    row = ["1"] * len(header)

    assert sift(header, [row, header]) == ([row], [(3, "header-repeat")])


def test_blank_lines_are_counted_and_no_rows() -> None:
    assert sift(HEADER, [[""], ["1", "2", "3"], ["", " ", "\t"]]) == ([["1", "2", "3"]], [])
