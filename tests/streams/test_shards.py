"""Several runs, each of a shard, beside one run of all sellers."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from tap_mws_reports.retrieval.state.state_sharding import merge_states, split_state
from tests.conftest import NOW

pytestmark = pytest.mark.api(slow="mws", reason="shards are divided above the services")

ORDERS = {"type": "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_", "window_days": 7}
LISTINGS = "_GET_MERCHANT_LISTINGS_ALL_DATA_"
SELLERS = {
    "sellers": [{"seller_id": each} for each in ("A1SANDBOXNA", "A2SANDBOXEU", "A3SANDBOXFE")],
    "start_date": "2020-05-01T00:00:00Z",
    "end_date": "2020-06-01T00:00:00Z",
}
EMPTY = "0/4"
"""The shard of four that has none of the sellers."""


def rows(*outputs: Any) -> Counter[str]:
    """Count the rows without the ids of their reports, which depend on when they were requested."""
    ids = {"_report_id", "_document_id"}
    return Counter(
        json.dumps({name: value for name, value in each["record"].items() if name not in ids})
        for output in outputs
        for each in output.messages
        if each["type"] == "RECORD" and each["stream"].startswith("flat_file_all_orders")
    )


def test_shards_read_what_one_run_reads(make_harness) -> None:
    whole = make_harness(pace="steady").run(ORDERS, LISTINGS, **SELLERS)
    harness = make_harness(pace="steady")
    parts = [harness.run(ORDERS, LISTINGS, shard=f"{index}/4", **SELLERS) for index in range(4)]
    assert rows(*parts) == rows(whole)
    assert rows(whole)
    merged = merge_states({str(index): part.state for index, part in enumerate(parts)}, NOW.date())
    known = {each["context"]["seller_id"] for each in whole.bookmark("reports")["partitions"]}
    for stream, bookmark in merged["bookmarks"].items():
        if "partitions" in bookmark:
            sellers = {each["context"]["seller_id"] for each in bookmark["partitions"]}
            assert sellers == known, stream


def test_shards_continue_from_the_split_state_and_request_nothing_again(harness) -> None:
    whole = harness.run(ORDERS, **SELLERS)
    requested = harness.amazon.calls.count("request")
    parts = split_state(whole.state, 4)
    again = [
        harness.run(ORDERS, shard=f"{index}/4", state=parts[index], **SELLERS) for index in range(4)
    ]
    assert harness.amazon.calls.count("request") == requested
    assert not rows(*again)
    merged = merge_states({str(index): each.state for index, each in enumerate(again)}, NOW.date())
    assert harness.run(ORDERS, state=merged, **SELLERS).failures == []
    assert harness.amazon.calls.count("request") == requested


@pytest.mark.parametrize("state", [None, {"bookmarks": {}}, "whole"])
def test_a_shard_without_sellers_reads_nothing(harness, caplog, state) -> None:
    if state == "whole":
        state = harness.run(LISTINGS, **SELLERS).state
    calls = len(harness.amazon.calls)
    caplog.set_level("INFO")
    output = harness.run(LISTINGS, shard=EMPTY, state=state, **SELLERS)
    assert len(harness.amazon.calls) == calls
    assert not [each for each in output.messages if each["type"] == "RECORD"]
    assert f"Shard {EMPTY} has no seller: there is nothing to read" in caplog.text
    harness.tap(LISTINGS, shard=EMPTY, **SELLERS).check_connection()


def test_only_and_except_divide_the_streams_of_a_run(harness) -> None:
    one = harness.run(ORDERS, LISTINGS, only=[LISTINGS], **SELLERS)
    other = harness.run(ORDERS, LISTINGS, **{"except": [LISTINGS]}, **SELLERS)

    def streams(output: Any) -> set[str]:
        return {each["stream"] for each in output.messages if each["type"] == "SCHEMA"}

    assert streams(one) == {"merchant_listings_all_data"}
    assert streams(other) == {
        "flat_file_all_orders_data_by_last_update",
        *("report_requests", "reports", "report_schedules"),
    }
    merged = merge_states({"one": one.state, "other": other.state}, NOW.date())
    requested = harness.amazon.calls.count("request")
    harness.run(ORDERS, state=merged, **SELLERS)
    assert harness.amazon.calls.count("request") == requested


@pytest.mark.api(reason="each service checks with its own call")
def test_the_connection_is_checked_without_the_list_of_requests(harness, capsys) -> None:
    harness.tap(ORDERS, only=[ORDERS["type"]], **SELLERS).check_connection()
    kinds = [json.loads(line)["type"] for line in capsys.readouterr().out.splitlines()]
    assert kinds[0] == "SCHEMA"
    assert kinds[1] in {"RECORD", "BATCH"}
