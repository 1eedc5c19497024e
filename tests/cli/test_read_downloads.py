"""`mws-reports read` with what sellers download: other report types, and whole directories."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tap_mws_reports.cli import main

BY_SKU = (
    "(Parent) ASIN,(Child) ASIN,Title,SKU,Sessions - Total,Featured Offer (Buy Box) Percentage,"
)
BY_SKU += "Units Ordered,Unit Session Percentage,Ordered Product Sales,Total Order Items"


def read(capfdbinary: Any, *arguments: object) -> tuple[int, list[dict[str, Any]], str]:
    code = main(["read", *map(str, arguments)])
    out, err = capfdbinary.readouterr()
    return code, [json.loads(line) for line in out.splitlines()], err.decode()


@pytest.mark.parametrize(
    ("row", "marketplace", "sales", "sessions"),
    [
        ('B1,B2,Lamp,1,"1,200",95.5%,48,4.00%,"$1,920.00",40', [], 1920.0, 1200),
        ('B1,B2,Lamp,1,"1,200",95.5%,48,4.00%,"$1,920",40', [], 1920, 1200),
        ('B1,B2,Lamp,1,"1,200",95.5%,48,4.00%,"£1,920.50",40', [], 1920.5, 1200),
        ('B1,B2,Lamp,1,"1,200",95.5%,48,4.00%,"MX$2,000.00",40', [], 2000.0, 1200),
        ('B1,B2,Lamp,1,"12,131",95.5%,48,4.00%,"₹1,08,218.36",40', [], 108218.36, 12131),
        ('B1,B2,Lampe,1,1.200,"95,5%",48,"4,00%","€ 1.234,56",40', [], 1234.56, 1200),
        ('B1,B2,Lampe,1,1.200,"95,5 %",48,"4,00 %","1.234,56 €",40', [], 1234.56, 1200),
        ('B1,B2,Lampe,1,1.200,"95,5%",48,"4,00%","1.234,56",40', ["DE"], 1234.56, 1200),
    ],
)
def test_amounts_of_a_business_report_are_numbers(
    tmp_path: Path, capfdbinary: Any, row: str, marketplace: list[str], sales: float, sessions: int
) -> None:
    path = tmp_path / "BusinessReport.csv"
    path.write_text(f"\ufeff{BY_SKU}\n{row}\n", "utf-8")
    option = ["--marketplace", *marketplace] if marketplace else []

    code, rows, err = read(capfdbinary, path, *option)

    assert code == 0
    assert "type: BUSINESS_REPORT_BY_SKU (by its header)" in err
    assert (rows[0]["ordered_product_sales"], rows[0]["sessions_total"]) == (sales, sessions)
    assert rows[0]["featured_offer_buy_box_percentage"] == 95.5
    assert rows[0]["sku"] == "1"
    assert rows[0]["_unparsed"] is None


def test_currency_signs_do_not_prove_the_order_of_dates(tmp_path: Path, capfdbinary: Any) -> None:
    path = tmp_path / "BusinessReport.csv"
    header = "Date,Ordered Product Sales,Units Ordered,Sessions - Total"
    path.write_text(f'{header}\n5/1/26,"MX$5,310.54",20,216\n5/13/26,MX$72.00,19,234\n', "utf-8")

    _, rows, err = read(capfdbinary, path)

    assert [row["date"] for row in rows] == ["2026-05-01", "2026-05-13"]
    assert "formats: Mexico (by MX$ in its rows" in err
    assert "dates: date is read as MDY: 5/13/26 is not DMY" in err


def test_amounts_of_an_account_in_english_tell_their_decimal_mark(
    tmp_path: Path, capfdbinary: Any
) -> None:
    path = tmp_path / "BusinessReport.csv"
    path.write_text(f'{BY_SKU}\nB1,B2,Lamp,1,"1,200",95%,48,4%,"€1,234.56",40\n', "utf-8")

    _, rows, err = read(capfdbinary, path)

    assert (rows[0]["ordered_product_sales"], rows[0]["sessions_total"]) == (1234.56, 1200)
    assert "the decimal mark by €1,234.56): dates DMY, decimal mark '.'" in err


def test_a_euro_amount_in_english_is_kept_unparsed(tmp_path: Path, capfdbinary: Any) -> None:
    path = tmp_path / "BusinessReport.csv"
    rows_of_both = 'B1,B2,Lamp,1,5,95%,48,4%,"€1,234.56",40\nB1,B3,Lamp,1,5,95%,48,4%,"€12,50",40\n'
    path.write_text(f"{BY_SKU}\n{rows_of_both}", "utf-8")

    _, rows, _ = read(capfdbinary, path)

    assert rows[0]["ordered_product_sales"] is None
    assert json.loads(rows[0]["_unparsed"]) == {"ordered_product_sales": "€1,234.56"}


def test_filters_of_brand_analytics_are_in_every_row(tmp_path: Path, capfdbinary: Any) -> None:
    path = tmp_path / "sqp.csv"
    path.write_text(
        'Brand=["Lamps"],Reporting Range=["Weekly"],Select week=["Week 28 | 2026"]\n'
        '"Search Query","Search Query Score","Search Query Volume","Impressions: Brand Share %",'
        '"Reporting Date"\n"desk lamp","1","103,376","4.5","2026-07-11"\n',
        "utf-8",
    )

    _, rows, err = read(capfdbinary, path)

    assert "type: SEARCH_QUERY_PERFORMANCE" in err
    assert (rows[0]["search_query_volume"], rows[0]["reporting_date"]) == (103376, "2026-07-11")
    assert json.loads(rows[0]["_preamble"])["Brand"] == ["Lamps"]


def test_search_terms_of_sponsored_products_are_typed(tmp_path: Path, capfdbinary: Any) -> None:
    path = tmp_path / "ads.csv"
    path.write_text(
        "Date,Currency,Campaign Name,Customer Search Term,Impressions,Clicks,"
        "Click-Thru Rate (CTR),Spend,7 Day Total Sales ,7 Day Total Orders (#)\n"
        '"Sep 01, 2026",USD,Auto,desk lamp,"1,204",31,2.57%,$16.12,"$1,234.50",41\n',
        "utf-8",
    )

    _, rows, err = read(capfdbinary, path)

    assert "type: SPONSORED_PRODUCTS_SEARCH_TERM" in err
    assert rows[0]["date"] == "2026-09-01"
    assert (rows[0]["spend"], rows[0]["column_7_day_total_sales"]) == (16.12, 1234.5)


def test_every_document_in_a_directory_is_read(tmp_path: Path, capfdbinary: Any) -> None:
    (tmp_path / "b.csv").write_text(f"{BY_SKU}\nB1,B2,Lamp,1,5,95%,48,4%,$7.00,40\n", "utf-8")
    (tmp_path / "a.txt").write_text("seller-sku\tasin\nx\tB0\n", "utf-8")
    (tmp_path / ".hidden").write_text("sku\tprice\n", "utf-8")
    (tmp_path / "more").mkdir()

    code, rows, err = read(capfdbinary, tmp_path)

    assert code == 0
    assert [row["_file"] for row in rows] == ["a.txt", "b.csv"]
    assert [line for line in err.splitlines() if line.startswith("    file: ")] == [
        "    file: a.txt",
        "    file: b.csv",
        "    file: more is not a file, and is not read",
    ]
    assert err.count("   lines: 1 in: 1 rows") == 2


def test_an_error_of_a_document_does_not_stop_the_next(tmp_path: Path, capfdbinary: Any) -> None:
    (tmp_path / "a.txt").write_bytes(b"")
    (tmp_path / "b.txt").write_text("seller-sku\tasin\nx\tB0\n", "utf-8")

    code, rows, err = read(capfdbinary, tmp_path)
    alone = main(["read", str(tmp_path / "a.txt")])

    assert code == alone != 0
    assert [row["_file"] for row in rows] == ["b.txt"]
    assert "the document is empty" in err


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        (
            ["12", "7"],
            "shelf_life is text, but all of its 2 cells look like integer; "
            'the line for an entry: "Shelf Life" = "integer"',
        ),
        (
            ["12.5", ""],
            'all of its 1 cells look like decimal; the line for an entry: "Shelf Life" = "decimal"',
        ),
        (["2026-01-05", "2026-02-05"], '"Shelf Life" = "date"'),
        (["2026-01-05T10:00:00+00:00", "2026-02-05T10:00:00Z"], '"Shelf Life" = "timestamp"'),
        (["12", "many"], None),
        (["007", "12"], None),
        (["", ""], None),
    ],
)
def test_the_likely_kind_of_a_new_column_is_shown(
    tmp_path: Path, capfdbinary: Any, cells: list[str], line: str | None
) -> None:
    path = tmp_path / "report.txt"
    header = "seller-sku\tfulfillment-channel-sku\tasin\tcondition-type\tWarehouse-Condition-code"
    header += "\tQuantity Available\tShelf Life\n"
    rows = [f"s{n}\tX\tB\tNewItem\tSELLABLE\t1\t{cell}\n" for n, cell in enumerate(cells)]
    path.write_text(header + "".join(rows), "utf-8")

    _, found, err = read(capfdbinary, path)

    assert [row["shelf_life"] for row in found] == [cell or None for cell in cells]
    assert (line in err) if line else ("   kinds: " not in err)
