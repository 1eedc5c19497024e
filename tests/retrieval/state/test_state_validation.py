from __future__ import annotations

import copy
import json
from datetime import timedelta
from typing import Any

import pytest

from tap_mws_reports.api.timestamps import format_timestamp
from tap_mws_reports.errors import StateError
from tap_mws_reports.retrieval.intervals import Interval
from tap_mws_reports.retrieval.state.bookmarks import Bookmark
from tap_mws_reports.retrieval.state.state_validation import (
    check_sellers,
    check_stream_state,
    check_streams,
    migrate_stream_state,
    round_up_numbers,
)

SELLER = "A2EXAMPLE"
GOOD: dict[str, Any] = {
    "columns": ["amazon_programs"],
    "seen_columns": ["sku"],
    "request_ledgers": [
        {"application": "0a1b2c", "granted": [1770000000], "refused": [1770000900]},
        {
            "application": "0a1b2c",
            "seller_id": "A2EXAMPLE",
            "refused": [1770000900],
            "refused_since": 1770000900,
            "refused_gap": 60,
            "granted_gap": 900,
        },
    ],
    "partitions": [
        {
            "context": {"seller_id": SELLER, "marketplace_ids": "ATVPDKIKX0DER"},
            "replication_key": "_data_end",
            "replication_key_value": "2026-02-01T00:00:00+00:00",
            "done": [["2026-01-01T00:00:00+00:00", "2026-02-01T00:00:00+00:00"]],
            "open_requests": [
                {
                    "report_request_id": "5",
                    "start": "2026-02-01T00:00:00+00:00",
                    "end": "2026-02-08T00:00:00+00:00",
                    "submitted": "2026-02-08T00:10:00+00:00",
                },
                {"report_request_id": "6", "submitted": "2026-02-08T00:10:00+00:00"},
            ],
            "failed_windows": [
                {"reason": "cancelled"},
                {"reason": "refused", "report_id": "8", "failed_since": "2026-02-08"},
            ],
            "given_up": [
                {
                    "start": "2025-12-01T00:00:00+00:00",
                    "end": "2026-01-01T00:00:00+00:00",
                    "reason": "refused",
                    "since": "2026-01-02",
                    "last_failed": "2026-01-09",
                    "report_request_id": "4",
                },
                {"reason": "no role", "since": "2026-01-02"},
            ],
            "documents": [{"report_id": "7", "available": "2026-02-08T00:10:00+00:00"}],
            "latencies": [30, 31.5],
            "row_counts": [7241, 3979, 7241],
            "compared_columns": 2,
            "absent_columns": [["sku", 3, "2026-06-16"]],
            "last_granted": 1770000000,
            "something_new": {"of": "a later release"},
        }
    ],
}


def changed(path: list[Any], value: object) -> dict[str, Any]:
    state = copy.deepcopy(GOOD)
    place: Any = state
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return state


FIRST = ["partitions", 0]


@pytest.mark.parametrize("state", [{}, GOOD], ids=["empty", "whole"])
def test_a_valid_state_is_accepted(now, state) -> None:
    check_stream_state("orders", state, now)


def test_numbers_of_older_states_become_integers() -> None:
    state = {"a": [{"latencies": [30, 31.5, 1.0]}], "b": {"c": "1.5", "d": True, "e": None}}
    expected = {"a": [{"latencies": [30, 32, 1]}], "b": {"c": "1.5", "d": True, "e": None}}
    assert json.dumps(round_up_numbers(state)) == json.dumps(expected)


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (changed(["partitions"], {}), r"orders\.partitions: .* is not of type 'array'"),
        (changed(["partitions"], [5]), r"orders\.partitions\.0"),
        (changed([*FIRST, "context"], {}), r"orders\.partitions\.0\.context"),
        (changed([*FIRST, "done"], [["2026-01-01"]]), r"done\.0"),
        (changed([*FIRST, "done"], [["2026-01-01", "soon"]]), r"done\.0\.1: 'soon'"),
        (changed([*FIRST, "open_requests"], {"5": {}}), r"open_requests"),
        (changed([*FIRST, "open_requests"], [{"submitted": "2026-01-01"}]), r"open_requests\.0"),
        (changed([*FIRST, "failed_windows"], [{"reason": 5}]), r"failed_windows\.0\.reason"),
        (
            changed([*FIRST, "failed_windows"], [{"reason": "x", "failed_since": 20260208}]),
            r"failed_windows\.0",
        ),
        (changed([*FIRST, "given_up"], {"reason": "x"}), r"given_up"),
        (changed([*FIRST, "given_up"], [{"reason": "x"}]), r"given_up\.0"),
        (changed([*FIRST, "given_up"], [{"reason": "x", "since": "soon"}]), r"given_up\.0\.since"),
        (
            changed([*FIRST, "given_up"], [{"reason": "x", "since": "2026-03-09"}]),
            "in the future",
        ),
        (changed(["seen_columns"], [5]), r"seen_columns\.0"),
        (changed([*FIRST, "documents"], ["7"]), r"documents\.0"),
        (changed([*FIRST, "latencies"], ["quick"]), r"latencies\.0"),
        (changed([*FIRST, "row_counts"], ["many"]), r"row_counts\.0"),
        (changed([*FIRST, "absent_columns"], [["sku", 1]]), r"absent_columns\.0"),
        (changed([*FIRST, "absent_columns"], [["sku", 1, "once"]]), r"absent_columns\.0\.2"),
        (changed([*FIRST, "replication_key_value"], 20260201), r"replication_key_value"),
        (changed(["columns"], "sku"), r"columns"),
        (changed(["request_ledgers"], [{"granted": []}]), r"request_ledgers\.0"),
        (changed(["request_ledgers", 0, "granted"], ["now"]), r"request_ledgers\.0\.granted\.0"),
        (changed(["request_ledgers", 0, "granted"], [1900000000]), "in the future"),
        (changed([*FIRST, "last_granted"], "2026-01-01"), "last_granted"),
        (changed([*FIRST, "replication_key_value"], "2027-01-01T00:00:00Z"), "in the future"),
        (changed([*FIRST, "done"], [["2026-01-01", "2026-03-04"]]), "in the future"),
        (changed(["replication_key_value"], "2026-03-03"), "in the future"),
    ],
)
def test_a_state_that_cannot_be_used_is_refused(now, state, message) -> None:
    with pytest.raises(StateError, match=message):
        check_stream_state("orders", state, now)


def bookmarks(*sellers: str) -> dict[str, Any]:
    """A state with a stream of each seller alone, and things of no known form."""
    strange = {"odd": {"partitions": 5}, "older": {"partitions": [5, {}, {"context": {}}]}}
    each = {
        f"of {seller}": {"partitions": [{"context": {"seller_id": seller}}]} for seller in sellers
    }
    return {**strange, **each}


@pytest.mark.parametrize(
    ("known", "requested"),
    [
        ((), {SELLER}),
        ((SELLER,), {SELLER}),
        ((SELLER,), {SELLER, "A3NEW"}),
        ((SELLER, "A3OLD"), {SELLER}),
        ((SELLER, "A3OLD"), {SELLER, "A4NEW"}),
    ],
)
def test_sellers_can_be_added_and_removed(known, requested) -> None:
    assert check_sellers(bookmarks(*known), requested) == set(known)


@pytest.mark.parametrize(
    ("known", "requested", "message"),
    [
        (["A3OTHER"], [SELLER], "The state is of seller A3OTHER, the settings are of seller A2EX"),
        (["A3", "A4"], [SELLER, "A5"], "of sellers A3, A4, the settings are of sellers A2EXAMPLE"),
        (
            [f"A{number}" for number in range(10, 17)],
            [SELLER],
            "A10, A11, A12, A13, A14 and 2 more",
        ),
    ],
)
def test_the_state_of_unknown_sellers_is_refused(known, requested, message) -> None:
    with pytest.raises(StateError, match=message):
        check_sellers(bookmarks(*known), requested)


@pytest.mark.parametrize(
    ("name", "bookmark"),
    [
        ("orders", {"replication_key_value": "2026-01-01"}),
        ("unconfigured", {}),
        ("unconfigured", {"partitions": [{"context": {"seller_id": SELLER}}]}),
    ],
)
def test_bookmarks_of_streams_that_are_not_configured_are_kept(name, bookmark) -> None:
    check_streams({name: bookmark}, {"orders"})


@pytest.mark.parametrize(
    ("name", "bookmark", "hint"),
    [
        ("charges", {"replication_key_value": "2026-01-01"}, "Give a state that this tap wrote"),
        ("ordrs", {"replication_key_value": "2026-01-01"}, "did you mean `orders`?"),
        ("charges", {"partitions": [{"context": {"account": "1"}}]}, "Give a state"),
        ("charges", {"partitions": 5}, "Give a state"),
    ],
)
def test_the_bookmark_of_another_tap_is_refused(name, bookmark, hint) -> None:
    with pytest.raises(StateError, match=f"a bookmark of `{name}`") as raised:
        check_streams({name: bookmark}, {"orders"})
    assert hint in raised.value.hint


def test_clocks_may_differ_by_a_time_zone(now) -> None:
    ahead = format_timestamp(now + timedelta(hours=14))
    check_stream_state("orders", changed([*FIRST, "replication_key_value"], ahead), now)


def test_a_single_date_becomes_the_finished_range(now) -> None:
    state: dict[str, Any] = {
        "replication_key": "_data_end",
        "replication_key_value": "2026-02-20T00:00:00+00:00",
    }
    start, until = now - timedelta(days=28), now - timedelta(days=9, hours=12)
    assert migrate_stream_state(state, [(SELLER, ("A", "B"))], start) == until
    (partition,) = state["partitions"]
    assert partition["context"] == {"seller_id": SELLER, "marketplace_ids": "A,B"}
    assert Bookmark(partition).done == [Interval(start, until)]
    assert "replication_key_value" not in state
    check_stream_state("orders", state, now)


def test_a_date_before_the_start_finishes_nothing(now) -> None:
    state = {"replication_key_value": "2026-02-20T00:00:00+00:00"}
    migrate_stream_state(state, [(SELLER, ("A",))], now)
    assert Bookmark(state["partitions"][0]).done == []


@pytest.mark.parametrize("state", [{}, GOOD], ids=["empty", "whole"])
def test_nothing_to_migrate(now, state) -> None:
    before = copy.deepcopy(state)
    assert migrate_stream_state(state, [(SELLER, ("A",))], now) is None
    assert state == before
