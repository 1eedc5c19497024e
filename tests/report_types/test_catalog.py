from __future__ import annotations

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.report_types import Identity, Kind

ORDERS = report_types.load("_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_")


@pytest.mark.parametrize(
    ("name", "mws", "sp_api", "stream"),
    [
        ("_GET_FBA_NEW_DATA_", "_GET_FBA_NEW_DATA_", "GET_FBA_NEW_DATA", "fba_new_data"),
        ("GET_FBA_NEW_DATA", "_GET_FBA_NEW_DATA_", "GET_FBA_NEW_DATA", "fba_new_data"),
        ("_SC_VAT_TAX_REPORT_", "_SC_VAT_TAX_REPORT_", "SC_VAT_TAX_REPORT", "sc_vat_tax_report"),
        (" GET_FBA_NEW_DATA ", "_GET_FBA_NEW_DATA_", "GET_FBA_NEW_DATA", "fba_new_data"),
    ],
)
def test_unknown_type_works_without_an_entry(name: str, mws: str, sp_api: str, stream: str) -> None:
    report_type = report_types.load(name)

    assert (report_type.name, report_type.sp_api_name, report_type.stream) == (mws, sp_api, stream)
    assert report_type.identity == Identity("document")
    assert report_type.columns == ()
    assert (report_type.kind, report_type.max_days) == ("range", 30)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("merchant_listings_data", "did you mean `_GET_MERCHANT_LISTINGS_DATA_`?"),
        ("flat_file_all_orders_by_last_update", "DATA_BY_LAST_UPDATE_`?"),
        ("orders!", "write it as Amazon does"),
        ("", "write it as Amazon does"),
        ("GET__X", "write it as Amazon does"),
    ],
)
def test_text_that_is_no_name_is_refused_with_a_hint(name: str, hint: str) -> None:
    with pytest.raises(SettingsError) as caught:
        report_types.load(name)

    assert hint in caught.value.hint


def test_user_may_give_columns_other_kinds() -> None:
    changed = ORDERS.with_kinds({"is_iba": Kind.TEXT, "new-column": Kind.DECIMAL})
    kinds = {spec.name: spec.kind for spec in changed.columns}

    assert kinds["is_iba"] is Kind.TEXT
    assert kinds["new_column"] is Kind.DECIMAL
    assert kinds["quantity"] is Kind.INTEGER
    assert len(changed.columns) == len(ORDERS.columns) + 1


def test_no_kinds_change_nothing() -> None:
    assert ORDERS.with_kinds({}) == ORDERS


def test_twins_have_the_same_columns() -> None:
    twin = report_types.load("_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_")

    assert twin.columns == ORDERS.columns
    assert twin.identity == ORDERS.identity == Identity("group", ("amazon_order_id",))
