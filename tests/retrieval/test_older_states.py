"""A run that is stopped and run again from an older state, or none: nothing is requested twice.

A target stores the state when it flushes, which may be minutes after the tap wrote it, and Meltano
stores none when it is stopped. Amazon's list then tells what was requested.
"""

from __future__ import annotations

import copy
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from tap_mws_reports.sandbox.faults import Fault, FaultKind
from tap_mws_reports.sandbox.http import Response
from tap_mws_reports.streams.message_writer import Interrupted

LISTINGS = "_GET_MERCHANT_LISTINGS_ALL_DATA_"
INVENTORY = "_GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA_"
ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
RETURNS = "_GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA_"
REPORTS = [ORDERS, INVENTORY, {"type": RETURNS, "window_days": 10}]
SHORT = {"start_date": "2020-05-24T00:00:00Z"}
LATER = 95.0
"""Seconds from the stop to the next run."""


def reports(api: str) -> list[object]:
    """MWS does not tell that listings are of one marketplace; SP-API does."""
    return [*REPORTS, LISTINGS] if api == "sp_api" else REPORTS


def requested(harness: Any) -> Counter[object]:
    """How often each report was requested: type, start of the window, marketplaces."""
    entries = [
        entry
        for account in harness.amazon.accounts.values()
        for entry in account.requests.values()
        if entry.requested
    ]
    return Counter(_report(entry.spec) for entry in entries)


def _report(wanted: Any) -> object:
    snapshot = wanted.report_type in {LISTINGS, INVENTORY}
    start = None if snapshot else wanted.start
    return wanted.report_type, start, frozenset(wanted.marketplace_ids)


def stop_at(harness: Any, call: int) -> None:
    """Let a stop be asked for just before a call, counted from 1."""
    handle, calls = harness.amazon.handle, 0

    def stopping(request: Any, now: Any) -> Response:
        nonlocal calls
        calls += 1
        if calls == call:
            harness.amazon.handle = handle
            raise Interrupted
        return handle(request, now)

    harness.amazon.handle = stopping


def states_of(harness: Any) -> list[Any]:
    """Every state that the last run wrote, and none at all."""
    states = [each["value"] for each in harness.written if each["type"] == "STATE"]
    return [None, *states]


def copied(amazon: Any) -> Any:
    """Return an Amazon that goes on by itself."""
    trades = {id(t): t for a in amazon.accounts.values() for t in a.seller_data.values()}
    return copy.deepcopy(amazon, trades)


@pytest.mark.parametrize("settings", [SHORT, {"start_date": None}], ids=["a start", "no start"])
def test_a_run_from_any_older_state_requests_nothing_again(make_harness, api, settings) -> None:
    harness = make_harness(pace="steady")
    first = harness.run(*reports(api), **settings)
    assert not first.failures
    assert set(requested(harness).values()) == {1}
    states = states_of(harness)
    amazon, clock = harness.amazon, harness.clock
    for state in states[:: len(states) // 6]:
        harness.amazon, harness.clock = copied(amazon), copy.copy(clock)
        harness.clock.sleep(LATER)
        assert not harness.run(*reports(api), **settings, state=state).failures
        assert set(requested(harness).values()) == {1}


@pytest.mark.parametrize(
    "call",
    [
        *range(3, 23, 6),
        *(
            pytest.param(n, marks=pytest.mark.every_kill)
            for n in range(3, 23)
            if n % 2 and n % 6 != 3
        ),
    ],
)
def test_a_stopped_run_is_repeated_without_its_state(make_harness, api, call) -> None:
    harness = make_harness(pace="steady")
    stop_at(harness, call)
    with pytest.raises(Interrupted):
        harness.run(*reports(api), **SHORT)
    older = states_of(harness)
    for state in (None, older[len(older) // 2]):
        harness.clock.sleep(LATER)
        assert not harness.run(*reports(api), **SHORT, state=state).failures
    counts = requested(harness)
    assert set(counts.values()) == {1}
    assert len(counts) >= len(reports(api))


@pytest.mark.api("sp_api", reason="MWS does not tell marketplaces")
def test_a_snapshot_of_another_marketplace_is_not_adopted(make_harness) -> None:
    harness = make_harness()
    european = {"seller_id": "A2SANDBOXEU"}
    harness.run(LISTINGS, **european, marketplace_ids=["A1PA6795UKMFR9"])
    harness.clock.sleep(LATER)
    harness.run(LISTINGS, **european, marketplace_ids=["A1PA6795UKMFR9", "A13V1IB3VIYZZH"])
    places = sorted(next(iter(report[2])) for report in requested(harness))
    assert places == ["A13V1IB3VIYZZH", "A1PA6795UKMFR9"]
    assert set(requested(harness).values()) == {1}


def test_a_report_with_options_is_not_adopted_for_one_without(make_harness) -> None:
    harness = make_harness()
    harness.run({"type": INVENTORY})
    harness.clock.sleep(timedelta(minutes=31).total_seconds())
    before = sum(requested(harness).values())
    harness.run({"type": INVENTORY, "options": {"custom": "true"}})
    assert sum(requested(harness).values()) == before + 1


def test_a_snapshot_that_took_long_is_not_read_twice(make_harness) -> None:
    """It is finished lately, but the state says that its rows are written."""
    harness = make_harness(pace="steady")
    first = harness.run(INVENTORY)
    harness.clock.sleep(timedelta(minutes=26).total_seconds())
    harness.run(INVENTORY, state=first.state)
    assert set(requested(harness).values()) == {2}


def test_an_adopted_report_whose_document_is_refused_once_is_not_requested_again(
    make_harness,
) -> None:
    """A single refusal looks the same as a document that Amazon no longer has."""
    harness = make_harness(pace="steady")
    harness.run(ORDERS, **SHORT)
    harness.strike(Fault(FaultKind.HTTP_400, harness.names["download"]))
    again = harness.run(ORDERS, **SHORT)
    assert not again.failures
    assert again.records("flat_file_all_orders_data_by_last_update")
    assert harness.amazon.faults.struck[FaultKind.HTTP_400] == 1
    assert set(requested(harness).values()) == {1}
