"""Lines above a header, and lines that break the quoting rules, are kept and counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.documents import MarketplaceFormat, Table, open_table
from tap_mws_reports.documents.preamble import is_metadata

UNKNOWN = report_types.load("_GET_SOMETHING_NEW_")
FILTERS = 'Reporting Range=["Quarterly"],Select year=["2026"]'


def table_of(tmp_path: Path, content: str) -> Table:
    path = tmp_path / "report.csv"
    path.write_text(content, encoding="utf-8")
    return open_table(
        path, report_type=UNKNOWN, charset=None, marketplace_format=MarketplaceFormat()
    )


def test_settings_are_in_every_row(tmp_path: Path) -> None:
    table = table_of(tmp_path, f"{FILTERS}\nrank,term,clicks\n1,socks,2\n2,hats,3\n")

    rows = list(table.rows())

    settings = '{"Reporting Range": ["Quarterly"], "Select year": ["2026"]}'
    assert [(row["term"], row["_preamble"]) for row in rows] == [
        ("socks", settings),
        ("hats", settings),
    ]
    assert list(table.kinds) == ["rank", "term", "clicks", "_preamble"]
    assert table.counts.rejections == {"preamble": 1}


def test_deselected_settings_are_left_out(tmp_path: Path) -> None:
    table = table_of(tmp_path, f"{FILTERS}\nrank,term,clicks\n1,socks,2\n")

    (block,) = table.blocks(wanted={"term"})

    assert "_preamble" not in block.names


def test_document_without_settings_has_no_column_for_them(tmp_path: Path) -> None:
    table = table_of(tmp_path, "Explained,,\nrank,term,clicks\n1,socks,2\n")

    assert "_preamble" not in table.kinds
    assert all("_preamble" not in row for row in table.rows())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (FILTERS, True),
        (f"{FILTERS},,, ", True),
        ('Department=["Books","Toys"]', True),
        ("Week=[12]", True),
        ("", False),
        ("rank,term,clicks", False),
        ('term="[socks]",clicks', False),
        ('socks=["red"],2', False),
    ],
)
def test_metadata_is_distinguished_from_cells(line: str, expected: bool) -> None:
    assert is_metadata(line) is expected


def test_line_with_a_stray_quote_is_rejected_completely(tmp_path: Path) -> None:
    table = table_of(
        tmp_path,
        'sku,name,price,units\n"A","a","1.00","1"\n"B","B1,"2.00","3"\n"C","c","2.00","2"\n',
    )
    refused: list[tuple[int, str, list[str]]] = []

    rows = [
        row for b in table.blocks(reject=lambda *line: refused.append(line)) for row in b.rows()
    ]

    assert [(row["sku"], row["price"], row["units"]) for row in rows] == [
        ("A", "1.00", "1"),
        ("C", "2.00", "2"),
    ]
    assert refused == [(3, "malformed-quotes", ['"B","B1,"2.00","3"'])]
    assert table.counts.lines == 3


def test_preamble_with_a_stray_quote_counts_as_one_line(tmp_path: Path) -> None:
    table = table_of(
        tmp_path, '"Lamps of 12" and more"\nsku,name,units\n"A","Lamp 12"","3"\nB,"two\nlines",4\n'
    )

    rows = list(table.rows())

    assert [(row["sku"], row["name"], row["units"]) for row in rows] == [("B", "two\nlines", "4")]
    assert table.counts.rejections == {"preamble": 1, "malformed-quotes": 1}
