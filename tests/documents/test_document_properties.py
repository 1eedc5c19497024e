"""Whatever stands in the cells of a document, nothing is lost and only our own errors come out."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tap_mws_reports import report_types
from tap_mws_reports.documents import Habits, Table, open_table
from tap_mws_reports.errors import TapError

UNKNOWN = report_types.load("_GET_SOMETHING_NEW_")

# No surrogates, which have no bytes; no character that ends a cell or a line of a tab file.
TAB_CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\t\r\n"))
ANY_CELL = st.text(st.characters(exclude_categories=["Cs"]))
HEADERS = ["sku", "Quantity", "", "sku", "note"]


def table_of(folder: str, content: bytes, report_type: report_types.ReportType = UNKNOWN) -> Table:
    path = Path(folder) / "document.txt"
    path.write_bytes(content)
    return open_table(path, report_type=report_type, charset=None, habits=Habits())


def as_written(cells: list[str]) -> list[str | None]:
    return [cell if cell.strip() else None for cell in cells]


def rows_of(table: Table) -> list[list[object]]:
    return [[row[column.name] for column in table.columns] for row in table.rows()]


def not_blank(rows: list[list[str]]) -> list[list[str]]:
    return [row for row in rows if any(map(str.strip, row)) and row != HEADERS]


@given(
    rows=st.lists(st.lists(TAB_CELL, min_size=5, max_size=5)),
    end=st.sampled_from(["\n", "\r\n"]),
    last=st.booleans(),
)
def test_cells_of_a_tab_file_come_out_as_they_went_in(
    rows: list[list[str]], end: str, last: bool
) -> None:
    text = end.join("\t".join(row) for row in [HEADERS, *rows]) + end * last
    with tempfile.TemporaryDirectory() as folder:
        table = table_of(folder, text.encode())

        assert rows_of(table) == [as_written(row) for row in not_blank(rows)]


@given(rows=st.lists(st.lists(ANY_CELL, min_size=5, max_size=5)))
def test_cells_of_a_comma_file_come_out_as_they_went_in(rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADERS, *rows])
    with tempfile.TemporaryDirectory() as folder:
        table = table_of(folder, text.getvalue().encode())

        assert rows_of(table) == [as_written(row) for row in not_blank(rows)]


@given(rows=st.lists(st.lists(TAB_CELL, max_size=9)))
def test_no_cell_of_an_uneven_row_is_lost(rows: list[list[str]]) -> None:
    text = "\n".join("\t".join(row) for row in [HEADERS, *rows])
    with tempfile.TemporaryDirectory() as folder:
        table = table_of(folder, text.encode())
        found = list(table.rows())

    for row, cells in zip(found, not_blank(rows), strict=True):
        values = [row[column.name] for column in table.columns]
        assert values == (as_written(cells) + [None] * 5)[:5]
        beyond = json.loads(str(row["_extra"])) if row["_extra"] else []
        assert as_written(beyond) == as_written(cells[5:] if any(as_written(cells[5:])) else [])


@given(cells=st.lists(TAB_CELL, min_size=100, max_size=100))
def test_cell_of_a_known_column_is_a_value_or_unparsed(cells: list[str]) -> None:
    report_type = report_types.load("_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_")
    header = [spec.header for spec in report_type.columns]
    text = "\t".join(header) + "\n" + "\t".join(cells)
    with tempfile.TemporaryDirectory() as folder:
        table = table_of(folder, text.encode(), report_type)
        rows = list(table.rows())

    for row in rows:
        unparsed = json.loads(str(row["_unparsed"])) if row["_unparsed"] else {}
        for column, cell in zip(table.columns, cells, strict=True):
            has_value = row[column.name] is not None or unparsed.get(column.name) == cell
            assert has_value == (cell.strip() not in {"", "--", "N/A"} or row[column.name] == cell)


@given(content=st.binary())
def test_any_bytes_give_rows_or_one_of_our_errors(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            for _ in table_of(folder, content).rows():
                pass
        except TapError as error:
            assert error.where  # noqa: PT017


@given(content=st.text(st.sampled_from('a",\t\r\n\ufeff. <{0')))
def test_any_arrangement_of_delimiters_gives_rows_or_one_of_our_errors(content: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            for _ in table_of(folder, content.encode()).rows():
                pass
        except TapError as error:
            assert error.where  # noqa: PT017
