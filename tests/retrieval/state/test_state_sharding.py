from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_mws_reports.errors import StateError
from tap_mws_reports.retrieval.shard import Shard
from tap_mws_reports.retrieval.state.state_sharding import merge_states, split_state
from tap_mws_reports.streams.absent_columns import Absence, absences_after

TODAY = date(2026, 2, 10)
ORDERS, LISTS = "orders_data", "report_requests"
SELLERS = [f"A{number}EXAMPLE" for number in range(1, 8)]


def partition(seller_id: str, **change: Any) -> dict[str, Any]:
    return {
        "context": {"seller_id": seller_id, "marketplace_ids": "ATVPDKIKX0DER"},
        "done": [["2026-01-01T00:00:00+00:00", "2026-02-01T00:00:00+00:00"]],
        "open_requests": [],
        **change,
    }


def listing(seller_id: str, **change: Any) -> dict[str, Any]:
    return {"context": {"seller_id": seller_id}, "replication_key": "submitted_date", **change}


def state(**streams: Any) -> dict[str, Any]:
    return {"bookmarks": streams}


WHOLE = state(
    orders_data={
        "columns": ["amazon_programs"],
        "sent_columns": ["sku", "quantity"],
        "request_ledgers": [
            {"application": "0a1b2c", "granted": [1770000000, 1770000000], "refused": [1770000900]},
            {"application": "0a1b2c", "seller_id": SELLERS[1], "refused": [1770000900]},
        ],
        "partitions": [partition(each, compared_columns=2, absent_columns=[]) for each in SELLERS],
    },
    report_requests={"partitions": [listing(each) for each in SELLERS]},
    report_schedules={
        "schedules": [
            {"seller_id": each, "report_type": kind, "marketplace_ids": "*"}
            for each in SELLERS
            for kind in ("_A_", "_B_")
        ]
    },
)


@pytest.mark.parametrize("count", [1, 2, 3, 16, 100])
def test_a_split_state_is_merged_to_the_original(count: int) -> None:
    parts = split_state(WHOLE, count)
    assert len(parts) == count
    merged = merge_states({str(number): part for number, part in enumerate(parts)}, TODAY)
    assert merged == WHOLE


@pytest.mark.parametrize(("before", "after"), [(16, 4), (4, 16), (3, 1)])
def test_the_number_of_shards_may_change(before: int, after: int) -> None:
    parts = split_state(WHOLE, before)
    merged = merge_states({str(number): part for number, part in enumerate(parts)}, TODAY)
    assert split_state(merged, after) == split_state(WHOLE, after)


def test_a_part_has_the_sellers_of_its_shard_and_shared_entries() -> None:
    for index, part in enumerate(split_state(WHOLE, 3)):
        own = [each for each in SELLERS if Shard(index, 3).has(each)]
        orders = part["bookmarks"][ORDERS]
        assert [each["context"]["seller_id"] for each in orders["partitions"]] == own
        assert orders["sent_columns"] == ["sku", "quantity"]
        owners = [each.get("seller_id") for each in orders["request_ledgers"]]
        assert owners == [None, *(each for each in own if each == SELLERS[1])]
        schedules = part["bookmarks"]["report_schedules"]["schedules"]
        assert sorted({each["seller_id"] for each in schedules}) == own


def test_split_and_merge_do_not_change_their_arguments() -> None:
    before = copy.deepcopy(WHOLE)
    parts = split_state(WHOLE, 2)
    parts[0]["bookmarks"][ORDERS]["partitions"][0]["done"].clear()
    merge_states({"a": WHOLE, "b": state(orders_data={"sent_columns": ["price"]})}, TODAY)
    assert before == WHOLE


_names = st.lists(st.sampled_from([*SELLERS, "B1", "B2", "B3"]), unique=True)
_ledgers = st.lists(
    st.fixed_dictionaries(
        {"application": st.sampled_from("ab")},
        optional={
            "seller_id": st.sampled_from(SELLERS),
            "granted": st.lists(st.integers(1, 9)).map(sorted),
            "refused_since": st.integers(1, 9),
        },
    ),
    unique_by=lambda each: (each["application"], each.get("seller_id", "")),
)


@given(rows=_names, lists=_names, ledgers=_ledgers, count=st.integers(1, 9))
def test_any_state_is_merged_to_the_original(rows, lists, ledgers, count) -> None:
    whole = state(
        orders_data={
            "partitions": [partition(each) for each in sorted(rows)],
            "request_ledgers": sorted(
                ledgers, key=lambda each: (each["application"], each.get("seller_id", ""))
            ),
        },
        report_requests={"partitions": [listing(each) for each in sorted(lists)]},
    )
    parts = split_state(whole, count)
    assert merge_states(dict(zip(map(str, range(count)), parts, strict=True)), TODAY) == whole


@pytest.mark.parametrize(
    ("ours", "theirs", "message"),
    [
        (
            state(orders_data={"partitions": [partition("A1")]}),
            state(orders_data={"partitions": [partition("A1", done=[])]}),
            "a.json and b.json both have seller A1 in orders_data",
        ),
        (
            state(report_schedules={"schedules": [{"seller_id": "A1", "report_type": "_A_"}]}),
            state(
                report_schedules={
                    "schedules": [{"seller_id": "A1", "report_type": "_A_", "schedule": "_1_DAY_"}]
                }
            ),
            "both have seller A1 in report_schedules",
        ),
        (
            state(orders_data={"replication_key_value": "2026-01-01T00:00:00+00:00"}),
            state(orders_data={"replication_key_value": "2026-01-02T00:00:00+00:00"}),
            "a.json and b.json disagree about `replication_key_value` of the state of orders_data",
        ),
        ({"bookmarks": {}, "version": 1}, {"bookmarks": {}, "version": 2}, "about `version`"),
    ],
)
def test_states_that_disagree_are_refused(ours, theirs, message) -> None:
    with pytest.raises(StateError, match=message):
        merge_states({"a.json": ours, "b.json": theirs}, TODAY)
    assert merge_states({"a.json": ours, "b.json": ours}, TODAY) == ours


def test_a_state_without_sellers_is_not_split() -> None:
    old = state(orders_data={"replication_key_value": "2026-01-01T00:00:00+00:00"})
    with pytest.raises(StateError, match="orders_data does not name its sellers"):
        split_state(old, 2)


def test_the_ledger_of_an_application_combines_all_shards() -> None:
    def of(**ledger: Any) -> dict[str, Any]:
        return state(orders_data={"request_ledgers": [{"application": "0a1b2c", **ledger}]})

    ours = of(granted=[100, 300], refused=[150], refused_gap=50, granted_gap=200)
    theirs = of(granted=[100, 200], refused=[250], refused_since=250, refused_gap=60)
    (merged,) = merge_states({"a": ours, "b": theirs}, TODAY)["bookmarks"][ORDERS][
        "request_ledgers"
    ]
    # What was learned is that of the later refusal, and a grant since then ends the refusals.
    assert merged == {
        "application": "0a1b2c",
        "granted": [100, 200, 300],
        "refused": [150, 250],
        "refused_gap": 60,
    }


def test_of_two_bookmarks_of_a_list_the_older_is_kept() -> None:
    ours = listing(
        "A1",
        replication_key_value="2026-01-10T00:00:00+00:00",
        seen_at_bookmark=["7"],
        unfinished=[["5", "2026-01-09T00:00:00+00:00"]],
    )
    theirs = listing(
        "A1",
        replication_key_value="2026-01-20T00:00:00+00:00",
        seen_at_bookmark=["9"],
        unfinished=[["4", "2026-01-08T00:00:00+00:00"], ["8", "2026-01-19T00:00:00+00:00"]],
    )
    states = {
        "a": state(report_requests={"partitions": [ours]}),
        "b": state(report_requests={"partitions": [theirs]}),
    }
    (merged,) = merge_states(states, TODAY)["bookmarks"][LISTS]["partitions"]
    # Request 8 is later than the bookmark, so it is listed and read again in any case.
    unfinished = [["4", "2026-01-08T00:00:00+00:00"], ["5", "2026-01-09T00:00:00+00:00"]]
    assert merged == {**ours, "unfinished": unfinished}
    states["c"] = state(report_requests={"partitions": [listing("A1")]})
    (merged,) = merge_states(states, TODAY)["bookmarks"][LISTS]["partitions"]
    assert merged == {"context": {"seller_id": "A1"}}


def test_columns_of_shards_are_joined_and_partitions_count_by_the_joined_list() -> None:
    absent = [["quantity", 2, "2026-02-01"]]
    ours = partition("A1", compared_columns=2, absent_columns=[])
    theirs = partition("A2", compared_columns=2, absent_columns=absent)
    merged = merge_states(
        {
            "a": state(orders_data={"sent_columns": ["sku", "price"], "partitions": [ours]}),
            "b": state(orders_data={"sent_columns": ["sku", "quantity"], "partitions": [theirs]}),
        },
        TODAY,
    )["bookmarks"][ORDERS]
    assert merged["sent_columns"] == ["sku", "price", "quantity"]
    first, second = merged["partitions"]
    assert first == ours
    assert second["compared_columns"] == 3
    assert second["absent_columns"] == [["price", 0, TODAY.isoformat()], *absent]
    # The next document of that seller counts on as without a merge.
    after = absences_after(
        (Absence(*each) for each in second["absent_columns"]),
        sent=merged["sent_columns"],
        compared=3,
        present={"sku"},
        today=TODAY,
    )
    assert [(each.column, each.has_gone) for each in after] == [
        ("price", False),
        ("quantity", True),
    ]
