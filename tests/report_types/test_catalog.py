from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.report_types import Identity, Kind
from tap_mws_reports.report_types.catalog import check_unique
from tap_mws_reports.report_types.toml_table import BadEntry

ORDERS = report_types.load("_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_")


@pytest.mark.parametrize(
    ("name", "mws", "sp_api", "stream"),
    [
        ("_GET_FBA_NEW_DATA_", "_GET_FBA_NEW_DATA_", "GET_FBA_NEW_DATA", "fba_new_data"),
        ("GET_FBA_NEW_DATA", "_GET_FBA_NEW_DATA_", "GET_FBA_NEW_DATA", "fba_new_data"),
        ("_SC_NEW_TAX_REPORT_", "_SC_NEW_TAX_REPORT_", "SC_NEW_TAX_REPORT", "sc_new_tax_report"),
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
    ("name", "sp_api", "restricted"),
    [
        ("_GET_AMAZON_FULFILLED_SHIPMENTS_DATA_", "_GENERAL", "none"),
        ("GET_AMAZON_FULFILLED_SHIPMENTS_DATA", "_GENERAL", "none"),
        ("GET_AMAZON_FULFILLED_SHIPMENTS_DATA_GENERAL", "_GENERAL", "none"),
        ("GET_AMAZON_FULFILLED_SHIPMENTS_DATA_TAX", "_TAX", "personal"),
        ("GET_AMAZON_FULFILLED_SHIPMENTS_DATA_INVOICING", "_INVOICING", "personal"),
    ],
)
def test_one_type_has_several_names_in_sp_api(name: str, sp_api: str, restricted: str) -> None:
    report_type = report_types.load(name)

    assert report_type.stream == "amazon_fulfilled_shipments_data"
    assert report_type.sp_api_name == f"GET_AMAZON_FULFILLED_SHIPMENTS_DATA{sp_api}"
    assert report_type.restricted == restricted


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"sp_api_name": ORDERS.sp_api_name}, r"^thing\.toml: name: 'GET_FLAT_FILE_ALL.* twice$"),
        ({"stream": ORDERS.stream}, r"^flat_file_all.*\.toml: stream: 'flat_file_all.* twice$"),
        (
            {"parts": (replace(ORDERS, stream=ORDERS.stream, parts=()),)},
            r"^thing\.toml: stream: 'flat_file_all.* twice$",
        ),
    ],
)
def test_two_types_with_one_name_are_refused(changed: dict[str, Any], message: str) -> None:
    names = {"name": "_GET_THING_", "sp_api_name": "GET_THING", "stream": "thing"}
    thing = replace(ORDERS, **{**names, **changed})

    with pytest.raises(BadEntry, match=message):
        check_unique([ORDERS, thing])


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("merchant_listings_data", "did you mean `GET_MERCHANT_LISTINGS_DATA`?"),
        ("flat_file_all_orders_by_last_update", "DATA_BY_LAST_UPDATE_GENERAL`?"),
        ("orders!", "write it as Amazon does"),
        ("", "write it as Amazon does"),
        ("GET__X", "write it as Amazon does"),
    ],
)
def test_an_invalid_name_is_refused_with_a_hint(name: str, hint: str) -> None:
    with pytest.raises(SettingsError) as caught:
        report_types.load(name)

    assert hint in caught.value.hint


def test_the_user_can_override_kinds_of_columns() -> None:
    changed = ORDERS.with_kinds({"is_iba": Kind.TEXT, "new-column": Kind.DECIMAL})
    kinds = {spec.name: spec.kind for spec in changed.columns}

    assert kinds["is_iba"] is Kind.TEXT
    assert kinds["new_column"] is Kind.DECIMAL
    assert kinds["quantity"] is Kind.INTEGER
    assert len(changed.columns) == len(ORDERS.columns) + 1


def test_without_kinds_nothing_changes() -> None:
    assert ORDERS.with_kinds({}) == ORDERS


def test_entries_that_share_columns_have_the_same() -> None:
    other_job = report_types.load("_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_")

    assert other_job.columns == ORDERS.columns
    assert other_job.identity == ORDERS.identity == Identity("group", ("amazon_order_id",))
