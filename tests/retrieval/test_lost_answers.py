"""A request whose answer is lost on the way is found in Amazon's list, and not made again."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import requests

from tap_mws_reports.sandbox.http import Response

DATES = {"end_date": "2020-06-01T00:00:00Z"}
ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_"
FAST = timedelta(minutes=4)
CASES: list[object] = [
    {"type": ORDERS, "window_days": 10},
    {"type": ORDERS, "window_days": 10, "options": {"ShowSalesChannel": "true"}},
    "_GET_MERCHANT_LISTINGS_ALL_DATA_",
    "_GET_XML_RETURNS_DATA_BY_RETURN_DATE_",
]


def lose_answers(harness: Any, numbers: set[int]) -> None:
    """Let the answers to some of the requests be lost, counted from 1."""
    handle, count = harness.amazon.handle, 0

    def losing(request: Any, now: Any) -> Response:
        nonlocal count
        response = handle(request, now)
        if harness.amazon.word(request) == "request" and response.status < 300:
            count += 1
            if count in numbers:
                raise requests.exceptions.ConnectionError("reset")
        return response

    harness.amazon.handle = losing


def requested(harness: Any) -> Counter[object]:
    return Counter(
        (entry.spec.report_type, entry.spec.start, frozenset(entry.spec.marketplace_ids))
        for account in harness.amazon.accounts.values()
        for entry in account.requests.values()
        if entry.requested
    )


@pytest.mark.parametrize("report", CASES, ids=str)
@pytest.mark.parametrize("numbers", [{1}, {1, 2}], ids=str)
def test_a_lost_response_causes_no_second_request(
    make_harness, report: object, numbers: set[int]
) -> None:
    undisturbed = make_harness(pace="steady")
    whole = undisturbed.run(report, **DATES)
    harness = make_harness(pace="steady")
    lose_answers(harness, numbers)
    output = harness.run(report, **DATES)
    assert not output.failures
    assert sum(requested(harness).values()) == sum(requested(undisturbed).values()) > 0
    [stream] = {each["stream"] for each in whole.messages if each["type"] == "SCHEMA"} - {
        *("report_requests", "reports", "report_schedules")
    }
    assert len(output.records(stream)) == len(whole.records(stream))


def run_fast(harness: Any) -> None:
    """Let the tap's clock be fast: Amazon's is behind it."""
    handle = harness.amazon.handle
    harness.amazon.handle = lambda request, now: handle(request, now - FAST)


@pytest.mark.api("sp_api", reason="for MWS a fast clock is an exception")
@pytest.mark.parametrize(
    "report",
    [*CASES, {"type": "_GET_MERCHANT_LISTINGS_ALL_DATA_", "options": {"custom": "true"}}],
    ids=str,
)
@pytest.mark.parametrize("numbers", [{1}, {1, 2}], ids=str)
def test_a_lost_response_is_found_although_the_clock_is_fast(
    make_harness, report: object, numbers: set[int]
) -> None:
    undisturbed = make_harness(pace="steady")
    undisturbed.run(report, **DATES)
    harness = make_harness(pace="steady")
    run_fast(harness)
    lose_answers(harness, numbers)
    assert not harness.run(report, **DATES).failures
    assert sum(requested(harness).values()) == sum(requested(undisturbed).values()) > 0
