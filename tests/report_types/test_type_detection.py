from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.report_types import Kind, ReportType, type_detection
from tap_mws_reports.report_types.report_type import ColumnSpec
from tap_mws_reports.report_types.type_detection import detect_json_type, detect_type

FLAT = [each for each in report_types.all_known() if each.format in {"tab", "csv"} and each.columns]


@pytest.mark.rows("known", FLAT, ids=lambda each: each.stream)
def test_a_type_is_recognised_by_its_own_columns(known) -> None:
    found = detect_type(spec.header for spec in known.columns)
    likeliest = [each for each in found if each.columns == known.columns]
    assert known in likeliest
    assert found[: len(likeliest)] == likeliest


def test_spelling_and_a_new_column_do_not_matter() -> None:
    header = ["SELLER_SKU", "Fulfilment channel SKU", "asin", "Condition Type"]
    header += ["warehouse-condition-code", "quantity available", "Shelf Life"]
    assert [each.stream for each in detect_type(header)] == ["afn_inventory_data"]


def test_all_columns_of_a_type_may_have_several_others_and_blank_ones() -> None:
    header = [spec.header for spec in report_types.load("GET_AFN_INVENTORY_DATA").columns]

    found = detect_type([*header, "Shelf Life", "Batch", "Note", ""])

    assert [each.stream for each in found] == ["afn_inventory_data"]
    assert detect_type([*header, *map(str, range(2 * len(header)))]) == []
    assert detect_type([*header[1:], "Shelf Life", "Batch", "Note"]) == []


def test_the_type_with_the_fewest_extra_columns_is_first() -> None:
    header = [spec.header for spec in report_types.load("GET_MERCHANT_LISTINGS_DATA_LITER").columns]
    assert [each.stream for each in detect_type(header)][:2] == [
        "merchant_listings_data_liter",
        "merchant_listings_data_lite",
    ]


def test_a_withdrawn_type_comes_after_one_with_the_same_columns() -> None:
    header = [spec.header for spec in report_types.load("_GET_FLAT_FILE_ORDERS_DATA_").columns]
    assert [each.stream for each in detect_type(header)] == [
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
def test_an_unknown_header_is_not_recognised(header) -> None:
    assert detect_type(header) == []


def a_json_type(name: str, lists: Sequence[str], *columns: str) -> ReportType:
    known = replace(
        report_types.load(name),
        columns=tuple(ColumnSpec(each, Kind.TEXT, each) for each in columns),
    )
    return replace(known, parts=tuple(replace(known, list_path=each) for each in lists))


JSON_TYPES = [
    a_json_type("_GET_SALES_", ["byDate", "byAsin"], "units", "asin"),
    a_json_type("_GET_BASKET_", ["dataByAsin"], "asin", "pairs"),
    a_json_type("_GET_REPEAT_", ["dataByAsin"], "asin", "repeats"),
    report_types.load("_GET_AFN_INVENTORY_DATA_"),
]


@pytest.mark.parametrize(
    ("lists", "header", "names"),
    [
        (["byDate", "byAsin"], [], ["_GET_SALES_"]),
        (["byAsin"], ["asin"], ["_GET_SALES_"]),
        (["dataByAsin"], ["listPath", "asin", "Repeats"], ["_GET_REPEAT_"]),
        (["dataByAsin"], ["asin"], ["_GET_BASKET_", "_GET_REPEAT_"]),
        (["byDate", "byHour"], ["units"], []),
        ([""], ["asin"], []),
        ([], ["asin"], []),
    ],
)
def test_json_is_recognised_by_its_lists(monkeypatch, lists, header, names) -> None:
    monkeypatch.setattr(type_detection, "all_known", lambda: JSON_TYPES)
    assert [each.name for each in detect_json_type(lists, header)] == names
