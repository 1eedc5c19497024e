from __future__ import annotations

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.report_types.recognition import recognise

TWINS = {
    "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_",
    "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_",
}


@pytest.mark.parametrize("known", report_types.all_known(), ids=lambda each: each.stream)
def test_a_type_is_recognised_by_its_own_columns(known) -> None:
    found = [each.name for each in recognise(spec.header for spec in known.columns)]
    assert known.name in found
    assert set(found) <= {known.name, *TWINS}


def test_spelling_and_a_new_column_do_not_matter() -> None:
    header = ["SELLER_SKU", "Fulfilment channel SKU", "asin", "Condition Type"]
    header += ["warehouse-condition-code", "quantity available", "Shelf Life"]
    assert [each.stream for each in recognise(header)] == ["afn_inventory_data"]


@pytest.mark.parametrize("header", [[], ["a", "b"], ["sku", "colour", "weather", "mood"]])
def test_a_stranger_is_not_recognised(header) -> None:
    assert recognise(header) == []
