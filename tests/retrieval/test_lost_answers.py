"""A request whose answer is lost on the way is found in Amazon's list, and not made again."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import requests

from tap_mws_reports.sandbox.http import Response

DATES = {"end_date": "2020-06-01T00:00:00Z"}
ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_"
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
