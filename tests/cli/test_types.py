from __future__ import annotations

import json

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.cli import main
from tap_mws_reports.report_types import all_known

SETTLEMENTS = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"


def test_every_report_type_is_listed_under_its_category(capsys) -> None:
    assert main(["types"]) == 0
    lines = capsys.readouterr().out.splitlines()
    listed = [line.split()[0] for line in lines if line.startswith("  ")]
    assert sorted(listed) == sorted(
        known.name if known.download_only else known.sp_api_name or known.name
        for known in all_known()
    )
    headings = [line.removesuffix(":") for line in lines if line[:1].strip()]
    assert headings == sorted({known.category or "other" for known in all_known()}, key=str.lower)


@pytest.mark.parametrize(
    "name",
    [
        "_GET_AFN_INVENTORY_DATA_",
        "GET_AFN_INVENTORY_DATA",
        "afn_inventory_data",
        "Afn-Inventory-Data",
    ],
)
def test_a_report_type_is_described_by_any_name(capsys, name) -> None:
    assert main(["types", name]) == 0
    out = capsys.readouterr().out
    assert "FBA inventory" in out
    assert "quantity_available" in out
    assert "30 minutes" in out


def test_a_download_is_shown_as_one(capsys) -> None:
    assert main(["types", "BUSINESS_REPORT_BY_DATE"]) == 0
    out = capsys.readouterr().out
    assert "in Seller Central  BUSINESS_REPORT_BY_DATE" in out
    assert "Seller Central download: no service has it" in out
    assert "in `reports`" not in out
    assert "_seller_id" not in out

    assert main(["types", "--category", "downloads"]) == 0
    out = capsys.readouterr().out
    downloads = sum(known.download_only for known in report_types.all_known())
    vendors = out.count("(Vendor Central download, ")
    assert out.count("(Seller Central download, ") + vendors == downloads
    assert vendors == 3


def test_all_matching_types_are_listed(capsys) -> None:
    assert main(["types", "all_orders"]) == 0
    out = capsys.readouterr().out
    assert "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL " in out
    assert "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL " in out
    assert SETTLEMENTS not in out


def test_names_are_shown_as_the_service_writes_them(capsys) -> None:
    assert main(["types", "--service", "sp_api", "orders"]) == 0
    out = capsys.readouterr().out
    assert "  GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL " in out
    assert " _GET" not in out


def test_lines_are_as_wide_as_the_terminal(capsys, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "90")
    assert main(["types"]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 90


def test_everything_is_shown_as_json(capsys) -> None:
    assert main(["types", "--json", SETTLEMENTS]) == 0
    [told] = json.loads(capsys.readouterr().out)
    assert told["sp_api_name"] == SETTLEMENTS
    assert told["identity"]["kind"] == "document"
    assert {"header": "quantity-purchased", "kind": "integer"}.items() <= told["columns"][
        22
    ].items()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["inventory please"], "is not the name of a report type"),
        (["GET_NOTHING"], "there is no entry for a report type `GET_NOTHING`"),
        (["GET_NOTHING"], "stream `nothing`, text columns from the header, windows of 30 days"),
        (["GET_MERCHANT_LISTING_DATA"], "did you mean `_GET_MERCHANT_LISTINGS_DATA_`?"),
        (["--category", "weather"], "no report type is in a category `weather`"),
        (["--category", "weather"], "the categories are: "),
    ],
)
def test_unknown_types_are_explained(capsys, arguments, message) -> None:
    assert main(["types", *arguments]) == 2
    out, err = capsys.readouterr()
    assert not out
    assert message in err
