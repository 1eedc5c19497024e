from __future__ import annotations

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.report_types.recognition import recognise

FLAT = [each for each in report_types.all_known() if each.format in {"tab", "csv"} and each.columns]


@pytest.mark.parametrize("known", FLAT, ids=lambda each: each.stream)
def test_a_type_is_recognised_by_its_own_columns(known) -> None:
    found = recognise(spec.header for spec in known.columns)
    likeliest = [each for each in found if each.columns == known.columns]
    assert known in likeliest
    assert found[: len(likeliest)] == likeliest


def test_spelling_and_a_new_column_do_not_matter() -> None:
    header = ["SELLER_SKU", "Fulfilment channel SKU", "asin", "Condition Type"]
    header += ["warehouse-condition-code", "quantity available", "Shelf Life"]
    assert [each.stream for each in recognise(header)] == ["afn_inventory_data"]


def test_the_least_surplus_comes_first() -> None:
    header = [spec.header for spec in report_types.load("GET_MERCHANT_LISTINGS_DATA_LITER").columns]
    assert [each.stream for each in recognise(header)][:2] == [
        "merchant_listings_data_liter",
        "merchant_listings_data_lite",
    ]


def test_a_withdrawn_type_comes_after_its_twin() -> None:
    header = [spec.header for spec in report_types.load("_GET_FLAT_FILE_ORDERS_DATA_").columns]
    assert [each.stream for each in recognise(header)] == [
        "flat_file_orders_data",
        "flat_file_order_report_data",
    ]


@pytest.mark.parametrize(
    "header",
    [
        [],
        ["a", "b"],
        ["sku", "colour", "weather", "mood"],
        # Settlements know both, but have so much else.
        ["currency", "quantity-purchased"],
    ],
)
def test_a_stranger_is_not_recognised(header) -> None:
    assert recognise(header) == []
