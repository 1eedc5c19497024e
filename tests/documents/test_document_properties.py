"""Whatever the cells of a document contain, nothing is lost; only the tap's errors are raised."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from fuzz.reading import FORMATS, TYPES, check
from tap_mws_reports import report_types
from tap_mws_reports.documents import MarketplaceFormat, Table, open_table
from tap_mws_reports.documents.columns import columns_of
from tap_mws_reports.errors import TapError
from tap_mws_reports.report_types import Kind
from tap_mws_reports.report_types.naming import trimmed

UNKNOWN = report_types.load("_GET_SOMETHING_NEW_")

# No surrogates, which have no bytes; no character that ends a cell or a line of a tab file.
TAB_CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\t\r\n"))
ANY_CELL = st.text(st.characters(exclude_categories=["Cs"]))
HEADERS = ["sku", "Quantity", "", "sku", "note"]
HEADER_CELL = st.one_of(
    st.sampled_from(
        [
            *("", " ", "-", "sku", "SKU ", "\ufeffsku", "seller-sku", "Seller SKU", "sku 2", "s?u"),
            *("Deprecated column", "DEPRECATED price", "price", "Price", "quantity", "_line", "7"),
            *("Goal (5/15/2023 to 6/14/2023)", "Goal (6/15/2023)", "goal dates", "注文番号"),
            *("Order ID", "order-id", "amazon-order-id", "fulfilment-channel", "column 1"),
        ]
    ),
    TAB_CELL,
)
TYPICAL_CELL = st.one_of(
    st.sampled_from(
        [
            *(
                "",
                " ",
                "--",
                "N/A",
                "007",
                "1",
                "3.0",
                "3.5",
                "-12.50",
                "1,234.50",
                "95,00",
                "8.0E-4",
            ),
            *("4.64%", "￥32,928", "12,99 €", "yes", "ja", "maybe", "2025-05-05T10:19:22+00:00"),
            *(
                "09.06.2025 05:23:19 UTC",
                "02/05/2020 05:18:00 MEST",
                "8 juin 2025",
                "2022-09",
                "EUR",
            ),
        ]
    ),
    TAB_CELL,
)
KNOWN = st.integers(0, len(TYPES) - 1)


def table_of(folder: str, content: bytes, report_type: report_types.ReportType = UNKNOWN) -> Table:
    path = Path(folder) / "document.txt"
    path.write_bytes(content)
    return open_table(
        path, report_type=report_type, charset=None, marketplace_format=MarketplaceFormat()
    )


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
def test_cells_of_a_tab_file_are_unchanged(rows: list[list[str]], end: str, last: bool) -> None:
    text = end.join("\t".join(row) for row in [HEADERS, *rows]) + end * last
    with tempfile.TemporaryDirectory() as folder:
        table = table_of(folder, text.encode())

        assert rows_of(table) == [as_written(row) for row in not_blank(rows)]


@given(rows=st.lists(st.lists(ANY_CELL, min_size=5, max_size=5)))
def test_cells_of_a_comma_file_are_unchanged(rows: list[list[str]]) -> None:
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


WITHOUT_VALUE = {"", "-", "--", "\N{EN DASH}", "\N{EM DASH}", "N/A"}
"""What Amazon writes in place of a number, a date or a flag."""


@example(cells=["0", *["-"] * 99])
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
            assert has_value == (cell.strip() not in WITHOUT_VALUE or row[column.name] == cell)


@given(header=st.lists(HEADER_CELL, min_size=1, max_size=30), known=KNOWN)
def test_any_header_gives_every_cell_a_column_of_its_own(header: list[str], known: int) -> None:
    report_type = report_types.load(TYPES[known])

    columns = columns_of(header, report_type)

    names = [name for each in columns for name in (each.name, each.dates_name) if name]
    assert len(columns) == len(header)
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[a-z][a-z0-9_]{0,62}", name) for name in names)
    assert [each.header for each in columns] == [trimmed(cell) for cell in header]
    kinds = {spec.name: spec.kind for spec in report_type.columns}
    assert all(each.kind is kinds.get(each.name, Kind.TEXT) for each in columns)
    assert all((each.name in kinds) == each.known for each in columns)


@given(
    known=KNOWN,
    place=st.integers(0, len(FORMATS) - 1),
    charset=st.sampled_from([(0, "utf-8"), (0, "utf-8-sig"), (0, "utf-16"), (1, "utf-8")]),
    dress=st.sampled_from([("\t", False), ("\t", True), (",", False), (";", False)]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    data=st.data(),
)
def test_whole_document_of_a_known_type_is_read_without_loss(
    known: int,
    place: int,
    charset: tuple[int, str],
    dress: tuple[str, bool],
    end: str,
    data: st.DataObject,
) -> None:
    specs = report_types.load(TYPES[known]).columns
    names = st.sampled_from([spec.header for spec in specs] or ["sku"])
    header = data.draw(st.lists(st.one_of(names, names.map(str.upper), HEADER_CELL), min_size=1))
    above = data.draw(st.lists(st.lists(TYPICAL_CELL, max_size=2), max_size=3))
    rows = data.draw(st.lists(st.lists(TYPICAL_CELL, max_size=len(header) + 2), max_size=5))
    delimiter, wrapped = dress
    lines = [*above, header, *rows, header]
    if wrapped:
        lines = [[f'"{cell}"' for cell in line] for line in lines]
    text = end.join(map(delimiter.join, lines))

    check(bytes([known, place, charset[0]]) + text.encode(charset[1]))


@given(content=st.binary())
def test_any_bytes_give_rows_or_a_tap_error(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            for _ in table_of(folder, content).rows():
                pass
        except TapError as error:
            assert error.where  # noqa: PT017


@given(content=st.text(st.sampled_from('a",;\t\r\n\ufeff. <{0')))
def test_any_arrangement_of_delimiters_gives_rows_or_a_tap_error(content: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            for _ in table_of(folder, content.encode()).rows():
                pass
        except TapError as error:
            assert error.where  # noqa: PT017


@given(chosen=st.integers(128, 255), place=st.integers(0, 4), inside=st.binary(max_size=200))
def test_every_value_of_xml_and_json_with_names_of_a_type_is_in_a_row(
    chosen: int, place: int, inside: bytes
) -> None:
    check(bytes([chosen, place, 0]) + inside)


SENTENCE = st.text("abcdefgh äß円", min_size=3, max_size=30).map(lambda text: f"{text}.")
NAMES = ["sku", "name", "units", "price"]


@given(
    sentences=st.lists(SENTENCE, max_size=8),
    rows=st.lists(st.lists(TAB_CELL, min_size=4, max_size=4), min_size=1),
    filters=st.booleans(),
)
def test_header_is_found_below_a_padded_preamble(
    sentences: list[str], rows: list[list[str]], filters: bool
) -> None:
    above = [[sentence, "", "", ""] for sentence in sentences]
    text = io.StringIO(newline="")
    text.write('Week=["12"],Year=["2026"]\r\n' * filters)
    csv.writer(text).writerows([*above, NAMES, *rows])
    with tempfile.TemporaryDirectory() as folder:
        table = table_of(folder, text.getvalue().encode())

        # A first row with more cells than the header cannot be, so the header is never a row.
        assert table.header == NAMES
        assert bool(table.preamble) >= filters
        assert len(list(table.rows())) + table.counts.blank + table.counts.rejected == (
            table.counts.lines
        )


QUOTED_CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters='\r\n"'))


@given(
    rows=st.lists(st.lists(QUOTED_CELL, min_size=4, max_size=4), min_size=1),
    place=st.integers(0, 3),
    stray=st.lists(st.booleans(), min_size=1, max_size=9),
)
def test_stray_quotes_never_shift_a_value(
    rows: list[list[str]], place: int, stray: list[bool]
) -> None:
    spoilt = [stray[number % len(stray)] for number in range(len(rows))]
    lines = [
        ",".join(
            f'"{cell}"x"' if bad and at == place else f'"{cell}"' for at, cell in enumerate(row)
        )
        for row, bad in zip(rows, spoilt, strict=True)
    ]
    refused: list[list[str]] = []
    with tempfile.TemporaryDirectory() as folder:
        table = table_of(folder, "\n".join([",".join(NAMES), *lines, ""]).encode())
        blocks = table.blocks(reject=lambda _number, _reason, cells: refused.append(cells))
        read = [[row[name] for name in NAMES] for block in blocks for row in block.rows()]

    whole = [row for row, bad in zip(rows, spoilt, strict=True) if not bad]
    assert read == [as_written(row) for row in whole if any(map(str.strip, row)) and row != NAMES]
    kept = [cells for cells in refused if cells != NAMES]
    assert kept == [[line] for line, bad in zip(lines, spoilt, strict=True) if bad]
