from __future__ import annotations

import pytest

from tap_mws_reports.report_types import entry_files

ORDERS = "flat_file_all_orders_data_by_last_update.toml"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_", [ORDERS]),
        ("GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL", [ORDERS]),
        ("GET_ORDER_REPORT_DATA_TAX", ["orders_data.toml"]),
        ("GET_ORDER_REPORT_DATA", []),
        ("_GET_SOMETHING_NEW_", []),
        ('"\n', []),
    ],
)
def test_only_the_files_that_contain_a_name_are_read(name: str, found: list[str]) -> None:
    assert list(entry_files.files_with(name)) == found


def test_a_file_is_read_with_the_columns_of_the_entry_it_names() -> None:
    other_job = entry_files.read("flat_file_all_orders_data_by_order_date.toml")

    assert other_job.columns == entry_files.read(ORDERS).columns


def test_a_file_is_read_with_its_headers_in_other_languages() -> None:
    (order_id,) = entry_files.read("amazon_fulfilled_shipments_data.toml").columns[:1]

    assert "亚马逊订单编号" in order_id.aliases


def test_all_files_are_entries() -> None:
    assert all(
        entry_files.read(file).stream == file.removesuffix(".toml")
        for file in entry_files.all_files()
    )
