"""Documents like those that were read wrongly: their rows, and the required remarks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tap_mws_reports.cli import main

FOLDER = Path(__file__).parents[1] / "documents" / "look_alikes"
# The last row's values, and what the summary says.
CASES: dict[str, tuple[dict[str, object], list[str]]] = {
    "business_report_by_sku.csv": (
        {"ordered_product_sales": 12905.25, "sessions_total": 12131},
        ["formats: United Kingdom (by £ in its rows", "BUSINESS_REPORT_BY_SKU (by its header)"],
    ),
    "business_report_germany.csv": (
        {"ordered_product_sales": 1920.5, "unit_session_percentage": 3.99, "sessions_total": 1204},
        ["formats: Germany (by € in its rows"],
    ),
    "business_report_japan_2022.csv": (
        {"ordered_product_sales": 12340, "sessions_total": 1000, "date": "2026-09-01"},
        ["BUSINESS_REPORT_BY_DATE (by its header)", "columns: 17 known, 0 new"],
    ),
    "business_report_spain.csv": (
        {
            "sessions_total": 3200,
            "units_ordered": 1000,
            "ordered_product_sales": 12156,
            "sku": "007",
        },
        ["formats: Germany (by € in its rows", "columns: 10 known, 0 new"],
    ),
    "inventory_new_columns.txt": (
        {"seller_sku": "007", "shelf_life": "45"},
        ['look like integer; the line for an entry: "Shelf Life" = "integer"'],
    ),
    "ledger_spanish.txt": (
        {"title": "Cámara clásica", "msku": "003", "date_and_time": "2026-09-01T08:00:00+00:00"},
        ["charset: cp1252"],
    ),
    "ledger_wrapped_quotes.txt": (
        {"title": 'Frame 4" x 6"', "quantity": 5},
        ["quotes: quotes inside cells are doubled throughout, and are read as one"],
    ),
    "listings_ambiguous_dates.txt": (
        {"open_date": "2020-02-05T05:18:00+00:00"},
        ["dates: open_date is read as MDY, which no value proves; --marketplace decides"],
    ),
    "listings_arabic.txt": (
        {"item_name": "مصباح", "price": 49, "item_is_marketplace": True, "status": "Active"},
        ["columns: 14 known, 0 new"],
    ),
    "listings_contradicting_dates.txt": (
        {"open_date": "31/12/2019 02:53:37 UTC"},
        ["dates: open_date is text: 31/12/2019 02:53:37 UTC is not MDY"],
    ),
    "listings_cut_line.txt": (
        {"price": 99, "status": None},
        ["end: the document is possibly incomplete: it ends within a line, after 4 of 9 cells"],
    ),
    "listings_mixed_dates.txt": (
        {"open_date": "2019-12-31T01:53:37+00:00"},
        ["formats: Germany (by MEST in its rows; no --marketplace was given): dates DMY"],
    ),
    "market_basket.csv": (
        {"asin": "B01", "column_1_purchase_combination_combination": 12.45},
        ["MARKET_BASKET_ANALYSIS (by its header)", 'above: {"Reporting Range": ["Monthly"]'],
    ),
    "orders_japan_english_header.txt": (
        {"product_name": "キッチン用品 ステンレス製の鍋 二十センチ", "item_price": 3980},
        ["formats: Japan (by its letters, which look Japanese", "charset: cp932"],
    ),
    "payments_australia.csv": (
        {"low_value_goods": -3.99, "fba_fees": -6.1, "account_type": None},
        ["formats: Australia (by Amazon.com.au in its rows"],
    ),
    "payments_brazil.csv": (
        {"total": 1061.85, "order_postal": "63500", "date_time": "2026-03-01T08:15:19+00:00"},
        ["columns: 25 known, 0 new"],
    ),
    "payments_canada_french.csv": (
        {"product_sales": 1234.56, "date_time": "2026-02-02T06:11:12+00:00", "sku": "007"},
        ["formats: Canada (by Amazon.ca in its rows", "the decimal mark by 1 234,56"],
    ),
    "payments_india.csv": (
        {"product_sales": 108218.36, "tds_section_194_o": -108.22, "selling_fees": -1082.18},
        ["columns: 27 known, 0 new"],
    ),
    "payments_japan_padded.csv": (
        {"product_sales": 3980, "settlement_id": "111", "total": 3148},
        ['above: {"currency": "JPY"}; every row has them in _preamble', "line 6, preamble"],
    ),
    "payments_shortened_ids.csv": (
        {"settlement_id": "1.92837E+13", "sku": "########", "product_sales": 1204.5},
        [
            "digits: a spreadsheet has shortened cells, such as "
            '"1.92837E+13", in settlement_id (2), sku (1)'
        ],
    ),
    "payments_sweden.csv": (
        {"product_sales": 1135.72, "sales_tax_collected": 283.93, "marketplace_withheld_tax": None},
        ["formats: Sweden (by Amazon.se in its rows"],
    ),
    "payments_turkey.csv": (
        {"product_sales": 1250, "settlement_id": "111", "order_postal": "06100"},
        ["columns: 22 known, 0 new"],
    ),
    "prices_stray_quotes.csv": (
        {"sku": "D", "price": "99.00"},
        ["line 3, malformed-quotes:", "line 4, malformed-quotes:", "4 in: 2 rows"],
    ),
    "search_catalog_performance.csv": (
        {"impressions_impressions": 21204, "purchases_search_traffic_sales": 616.9},
        ["SEARCH_CATALOG_PERFORMANCE (by its header)", "columns: 15 known, 0 new"],
    ),
    "search_query_performance_brand.csv": (
        {"search_query_volume": 103376, "impressions_brand_share": 0.04},
        ['above: {"Brand": ["Lux"]'],
    ),
    "search_query_germany.csv": (
        {"search_query_volume": 17, "purchases_price_median": None, "_unparsed": None},
        ['above: {"Marke": ["Lux"]', "columns: 7 known, 0 new"],
    ),
    "settlement_germany_resaved.csv": (
        {"amount": 1234.5, "posted_date": "2026-05-09"},
        [
            "the decimal mark by 1234.5",
            "dates: posted_date is read as DMY, which no value proves; --marketplace decides",
        ],
    ),
    "settlement_germany_thousands.txt": (
        {"amount": 1234, "total_amount": 1234},
        ["formats: Germany (by Amazon.de in its rows", "decimal mark ','"],
    ),
    "shipment_contents.tsv": (
        {"merchant_sku": "008", "shipped": 1, "prep_type": '"--"', "_extra": None},
        [
            "FBA_SHIPMENT_CONTENTS (by its header)",
            'above: {"Shipment ID": "FBA1X"',
            "line 4, preamble",
            "7 in: 2 rows, 1 blank",
        ],
    ),
    "shipment_contents_boxes.tsv": (
        {"merchant_sku": "007", "shipped": 3, "fba1xu000002_unit_quantity": "2"},
        ["FBA_SHIPMENT_CONTENTS (by its header)", "columns: 10 known, 8 new"],
    ),
    "shipment_contents_germany.tsv": (
        {"merchant_sku": "007", "shipped": 12, "who_will_prep": "Händler"},
        ['above: {"Sendungsnummer": "FBA1X"', "columns: 10 known, 0 new"],
    ),
    "shipment_contents_japan.tsv": (
        {"merchant_sku": "007", "shipped": 15, "condition": "新品"},
        ['above: {"納品番号": "FBA1X"', "columns: 10 known, 0 new", "charset: cp932"],
    ),
    "sponsored_brands_search_term.csv": (
        {"spend": 16.12, "date": "2026-09-01", "total_advertising_cost_of_sales_acos": 20.0224},
        ["SPONSORED_BRANDS_SEARCH_TERM (by its header)", "columns: 23 known, 0 new"],
    ),
    "sponsored_display_campaign.csv": (
        {"impressions": 21204, "cost_per_1_000_viewable_impressions_vcpm": 4.66},
        ["SPONSORED_DISPLAY_CAMPAIGN (by its header)", "columns: 22 known, 0 new"],
    ),
    "sponsored_products_search_term.csv": (
        {"spend": 16.12, "date": "2026-09-01", "click_thru_rate_ctr": 2.57},
        ["SPONSORED_PRODUCTS_SEARCH_TERM (by its header)"],
    ),
    "sponsored_products_spain.csv": (
        {"spend": 1234.56, "impressions": 1600, "start_date": "2026-09-01"},
        ["SPONSORED_PRODUCTS_SEARCH_TERM (by its header)", "decimal mark ','"],
    ),
    "sponsored_products_targeting.csv": (
        {"spend": 16.12, "match_type": "-", "total_advertising_cost_of_sales_acos": 20.022},
        ["SPONSORED_PRODUCTS_TARGETING (by its header)", "the decimal mark by "],
    ),
    "top_search_terms_quarterly.csv": (
        {"search_frequency_rank": 1204, "search_term": 'oak "shelf"'},
        ['above: {"Reporting Range": ["Quarterly"]'],
    ),
    "transaction_view_canada.csv": (
        {"total": 1051.86, "order_id": "701-1", "date": "2026-09-07"},
        ['above: {"currency": "CAD"}', "formats: Canada (by CAD in its rows", "10 known, 0 new"],
    ),
    "vendor_sales_germany.csv": (
        {"ordered_revenue": 1234.5, "shipped_units": 100, "customer_returns": None},
        ["VENDOR_CENTRAL_SALES (by its header)", "formats: Germany (by EUR in its rows"],
    ),
}


@pytest.mark.parametrize("file", CASES)
def test_a_look_alike_is_read_with_its_oddities_reported(file: str, capfdbinary: Any) -> None:
    values, phrases = CASES[file]

    assert main(["read", str(FOLDER / file)]) == 0

    out, err = capfdbinary.readouterr()
    row = json.loads(out.splitlines()[-1])
    assert {name: row.get(name) for name in values} == values
    message = err.decode()
    assert [phrase for phrase in phrases if phrase not in message] == []


def test_every_look_alike_has_a_case() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(CASES)
