"""Every document in `files` is read as the JSON file beside it says; a new case adds no code."""

from __future__ import annotations

import dataclasses
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.documents import MarketplaceFormat, Table, open_table
from tap_mws_reports.documents.record_batch import ColumnChunk
from tap_mws_reports.documents.row_filter import RowFilter
from tap_mws_reports.errors import RowsLost

FILES = Path(__file__).parent / "files"
DOCUMENTS = sorted(path for path in FILES.iterdir() if path.suffix != ".json")


def expectation(document: Path) -> dict[str, Any]:
    text = document.with_suffix(".json").read_text("utf-8")
    expected: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return expected


def table_of(document: Path, about: dict[str, Any]) -> Table:
    return open_table(
        document,
        report_type=report_types.load(about["type"]),
        charset=about.get("charset"),
        marketplace_format=MarketplaceFormat(**about["marketplace_format"]),
    )


def read(document: Path, about: dict[str, Any]) -> dict[str, Any]:
    """Say of a document what its JSON file says; cells without a value are left out."""
    table = table_of(document, about)
    rows = [{k: v for k, v in row.items() if v is not None} for row in table.rows()]
    counts = table.counts
    return {
        "decoding": dataclasses.asdict(table.decoding),
        "columns": {c.name: [c.header, c.kind.value, c.known] for c in table.columns},
        "lines": [counts.lines, counts.rows, counts.blank, counts.rejected],
        "rows": rows,
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_document_is_read_as_expected(document: Path) -> None:
    expected = expectation(document)

    found = read(document, expected)

    assert found == {key: expected[key] for key in found}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_every_row_has_every_column_in_the_same_order(document: Path) -> None:
    table = table_of(document, expectation(document))
    own = ["_unparsed", "_offsets", "_extra", "_line", "_row_number"]
    if table.report_type.identity.kind != "group":
        own.remove("_line")

    above = ["_preamble"] if table.preamble else []
    names = [*(name for name in table.kinds if name not in above), *own, *above]

    assert all(list(row) == names for row in table.rows())


def test_every_expectation_has_its_document() -> None:
    assert {path.stem for path in FILES.glob("*.json")} == {path.stem for path in DOCUMENTS}


def test_rows_can_be_read_again() -> None:
    document = FILES / "orders_quotes_crlf.txt"
    table = table_of(document, expectation(document))

    assert list(table.rows()) == list(table.rows())
    assert table.counts.rows == 4


def test_decimals_keep_their_digits() -> None:
    document = FILES / "orders_quotes_crlf.txt"
    rows = list(table_of(document, expectation(document)).rows())

    assert [str(row["item_price"]) for row in rows] == ["19.50", "1280.00", "1280.00", "None"]


def test_missing_identity_columns_are_named() -> None:
    japanese = FILES / "listings_japanese_bom.txt"
    english = FILES / "listings_deprecated_columns.txt"

    assert table_of(japanese, expectation(japanese)).missing_identity == ("listing_id",)
    assert table_of(english, expectation(english)).missing_identity == ()


def test_a_lost_line_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    document = FILES / "one_column.txt"
    table = table_of(document, expectation(document))
    cells_of = RowFilter.cells

    def all_but_one(row_filter: RowFilter, lines: Any) -> Any:
        cells = cells_of(row_filter, lines)
        return ColumnChunk([column[1:] for column in cells.columns], None)

    monkeypatch.setattr(RowFilter, "cells", all_but_one)
    with pytest.raises(RowsLost, match="2 lines in, 1 rows") as caught:
        list(table.rows())
    assert caught.value.where == "_GET_SOMETHING_NEW_, one_column.txt"
