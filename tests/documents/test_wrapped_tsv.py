"""Cells in quotes, in documents with tabs: what is inside the quotes is read as it was meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.documents import MarketplaceFormat, Table, open_table
from tap_mws_reports.documents.dialect import Dialect
from tap_mws_reports.documents.wrapped_tsv import quotes_are_doubled, read_wrapped

UNKNOWN = report_types.load("_GET_SOMETHING_NEW_")
HEADER = '"sku"\t"name"\t"units"\n'
TABS = Dialect("\t", "\n", wrapped=True)

DECISIONS = [
    ('"A"\t"Frame 5" x 7""\t"1"\n', False, ['Frame 5" x 7"']),
    ('"A"\t"Frame 5"" x 7"""\t"1"\n', True, ['Frame 5" x 7"']),
    ('"A"\t"Frame 5"""\t"1"\n', True, ['Frame 5"']),
    ('"A"\t"""Best"" frame"\t"1"\n', True, ['"Best" frame']),
    # One quote that is not doubled: neither are the others.
    ('"A"\t"5"" wide"\t"1"\n"B"\t"5" wide"\t"2"\n', False, ['5"" wide', '5" wide']),
    ('"A"\t""\t"1"\n', None, [None]),
    ('"A"\t"Frame"\t"1"\n', None, ["Frame"]),
    # Line feeds inside quotes.
    ('"A"\t"two\nlines"\t"1"\n"B"\t"b"\t"2"\n', None, ["two\nlines", "b"]),
    ('"A"\t"three\n\nlines"\t"1"\r\n"B"\t"b"\t"2"\r\n', None, ["three\n\nlines", "b"]),
    # An open quote that the next lines do not close is text.
    ('"A"\t"a"\t"1\n"B"\t"b"\t"2"\n', None, ["a", "b"]),
    ('"A"\t"a"\t"1\nB\tb\t2\n', None, ["a", "b"]),
]


def table_of(tmp_path: Path, content: str) -> Table:
    path = tmp_path / "ledger.txt"
    path.write_bytes(content.encode())
    return open_table(
        path, report_type=UNKNOWN, charset=None, marketplace_format=MarketplaceFormat()
    )


@pytest.mark.parametrize(("rows", "doubled", "names"), DECISIONS)
def test_quotes_and_line_feeds_inside_cells(
    tmp_path: Path, rows: str, doubled: bool | None, names: list[str | None]
) -> None:
    table = table_of(tmp_path, HEADER + rows)

    assert [row["name"] for row in table.rows()] == names
    assert quotes_are_doubled([HEADER + rows], TABS) is doubled
    message = {True: "are read as one", False: "are read as they are", None: ""}[doubled]
    assert "".join(table.decisions).endswith(message)
    assert bool(table.decisions) == (doubled is not None)


def test_line_numbers_are_correct_below_a_multiline_cell() -> None:
    text = '"A"\t"two\nlines"\n"B"\t"b"\n"C"\t"c"'

    found = [(each.first, each.records) for each in read_wrapped([text], TABS)]

    assert found == [(1, [["A", "two\nlines"]]), (3, [["B", "b"], ["C", "c"]])]


def test_cells_do_not_depend_on_the_chunks() -> None:
    text = '"A"\t"two\nlines"\t"1"\n\n"B"\t"b"\t"2'
    whole = [record for each in read_wrapped([text], TABS) for record in each.records]

    for size in range(1, 9):
        pieces = [text[place : place + size] for place in range(0, len(text), size)]
        assert [r for each in read_wrapped(pieces, TABS) for r in each.records] == whole


def test_quote_open_for_very_long_is_text() -> None:
    lines = ['"A"\t"open', *["x"] * 2_000]

    records = [r for each in read_wrapped(["\n".join(lines)], TABS) for r in each.records]

    assert len(records) == len(lines)
