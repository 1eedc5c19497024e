"""A report that several streams read is requested once, and fails for all of them or for none."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tap_mws_reports.sandbox.faults import Fault, FaultKind

TRAFFIC = "_GET_SALES_AND_TRAFFIC_REPORT_"
STREAMS = ("sales_and_traffic_report_by_date", "sales_and_traffic_report_by_asin")
DATES = {"start_date": "2020-06-03T00:00:00Z", "end_date": "2020-06-07T00:00:00Z"}


def requested(harness: Any) -> Counter[object]:
    return Counter(
        entry.spec.start
        for account in harness.amazon.accounts.values()
        for entry in account.requests.values()
        if entry.requested
    )


def entries(state: Any, key: str) -> dict[str, int]:
    """How many entries of a kind the bookmarks of each stream have."""
    partitions = {
        stream: state["bookmarks"].get(stream, {}).get("partitions", []) for stream in STREAMS
    }
    return {name: sum(len(each.get(key, [])) for each in of) for name, of in partitions.items()}


def test_a_refused_request_is_not_repeated_for_the_other_stream(make_harness) -> None:
    harness = make_harness(pace="steady")
    harness.strike(Fault(FaultKind.HTTP_400, harness.names["request"]))
    output = harness.run(TRAFFIC, **DATES)
    assert entries(output.state, "failed_windows") == dict.fromkeys(STREAMS, 1)
    assert not requested(harness)
    again = harness.run(TRAFFIC, **DATES, state=output.state)
    assert not again.failures
    assert set(requested(harness).values()) == {1}
    assert all(again.records(stream) for stream in STREAMS)


@pytest.mark.parametrize(
    ("kind", "times"), [(FaultKind.VANISHED, 1), (FaultKind.SHORT_BODY, 4)], ids=str
)
def test_a_document_that_cannot_be_downloaded_fails_for_both_streams(
    make_harness, kind, times
) -> None:
    harness = make_harness(Fault(kind, TRAFFIC, times), pace="steady")
    output = harness.run(TRAFFIC, **DATES)
    assert entries(output.state, "failed_windows") == dict.fromkeys(STREAMS, 1)
    assert set(requested(harness).values()) == {1}
    again = harness.run(TRAFFIC, **DATES, state=output.state)
    assert not again.failures
    assert set(requested(harness).values()) == {2}
    assert all(again.records(stream) for stream in STREAMS)


def test_a_vanished_document_of_an_earlier_run_is_requested_once_for_both_streams(
    make_harness,
) -> None:
    harness = make_harness(Fault(FaultKind.VANISHED, TRAFFIC), pace="steady")
    harness.run(TRAFFIC, **DATES)
    states = [each["value"] for each in harness.written if each["type"] == "STATE"]
    state = next(
        each for each in states if entries(each, "open_requests") == dict.fromkeys(STREAMS, 1)
    )
    output = harness.run(TRAFFIC, **DATES, state=state)
    assert not output.failures
    assert set(requested(harness).values()) == {2}
    assert all(output.records(stream) for stream in STREAMS)
