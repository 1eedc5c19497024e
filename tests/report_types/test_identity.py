"""What a key is for: the later version of a thing replaces the earlier one, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.documents import MarketplaceFormat, open_table
from tap_mws_reports.streams.row_schema import primary_keys

FILES = Path(__file__).parent / "files"
OWN = {"_seller_id": "A1SELLER", "_marketplace_ids": "A1F83G8C2ARO7P"}
TWICE, ONCE = "026-1000000-0000001", "026-1000000-0000002"


def merged(name: str, *documents: str) -> list[dict[str, Any]]:
    """Load documents one after the other, as a target does that merges rows by their key."""
    report_type = report_types.load(name)
    key = primary_keys(report_type, keep_snapshots=False)
    loaded: dict[tuple[object, ...], dict[str, Any]] = {}
    for document in documents:
        path = FILES / document
        table = open_table(
            path, report_type=report_type, charset=None, marketplace_format=MarketplaceFormat()
        )
        for row in table.rows():
            whole = {**row, **OWN, "_report_id": document}
            loaded[tuple(whole[column] for column in key)] = whole
    return list(loaded.values())


@pytest.mark.parametrize("other_job", ["LAST_UPDATE", "ORDER_DATE"])
def test_a_later_version_of_an_order_replaces_the_earlier_one(other_job: str) -> None:
    name = f"_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_{other_job}_"

    before = merged(name, "orders_first.txt")
    after = merged(name, "orders_first.txt", "orders_later.txt")

    # Equal lines stay as many as they are: two items at first, three in the later version.
    assert [row["amazon_order_id"] for row in before] == [TWICE, TWICE, ONCE]
    assert [row["amazon_order_id"] for row in after] == [TWICE, TWICE, ONCE, TWICE]
    changed = [row for row in after if row["amazon_order_id"] == TWICE]
    assert {row["order_status"] for row in changed} == {"Shipped"}
    assert [str(row["item_price"]) for row in changed] == ["12.50"] * 3
    assert [row["_line"] for row in changed] == [1, 2, 3]
    assert [row["_report_id"] for row in after if row["amazon_order_id"] == ONCE] == [
        "orders_first.txt"
    ]


def test_both_lines_of_an_unshipped_item_are_kept_until_a_later_version() -> None:
    name = "_GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_"

    before = merged(name, "unshipped_first.txt")
    after = merged(name, "unshipped_first.txt", "unshipped_later.txt")

    assert [row["quantity_to_ship"] for row in before] == [2, 1, 1]
    assert [row["_line"] for row in before] == [1, 2, 1]
    assert [row["quantity_to_ship"] for row in after] == [2, 1, 3]


def test_the_same_document_twice_changes_nothing() -> None:
    name = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"

    assert merged(name, "orders_later.txt", "orders_later.txt") == merged(name, "orders_later.txt")
