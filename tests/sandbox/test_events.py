from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tap_mws_reports.sandbox import events
from tap_mws_reports.sandbox.account_entries import CANCELLED, SandboxReportSpec
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.faults import FaultKind
from tap_mws_reports.sandbox.http import Request
from tests.conftest import NOW, STEADY

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
"""Five minutes after its request a report of `STEADY` is done."""


@pytest.fixture
def amazon() -> Amazon:
    return Amazon(NOW, pace=STEADY)


def let_happen(amazon: Amazon, event: str, method: str = "POST") -> tuple[int, dict]:
    request = Request(method, events.PATH, {events.HEADER.lower(): event}, {})
    answer = events.handle(amazon, request, NOW)
    return answer.status, json.loads(answer.body)


def requested(amazon: Amazon):
    spec = SandboxReportSpec(ORDERS, NOW - timedelta(days=9), NOW, ("ATVPDKIKX0DER",))
    return amazon.accounts["NA"].add_request(spec, NOW, requested=True)


def test_an_event_is_distinguished_from_calls_to_amazon() -> None:
    assert events.is_event(Request("POST", events.PATH, {}, {}))
    assert not events.is_event(Request("POST", "/", {}, {}))


@pytest.mark.parametrize(
    ("event", "after", "outcome", "failed"),
    [
        ("cancel", timedelta(minutes=6), CANCELLED, False),
        ("late", timedelta(minutes=6), None, False),
        ("late", timedelta(minutes=66), "_DONE_", False),
        ("fatal", timedelta(minutes=6), "_DONE_", True),
    ],
)
def test_the_effects_on_an_open_request(amazon, event, after, outcome, failed) -> None:
    entry = requested(amazon)
    assert let_happen(amazon, event) == (200, {"event": event, "count": 1})
    amazon.accounts["NA"].advance(NOW + after)
    assert (entry.outcome, entry.failed) == (outcome, failed)


@pytest.mark.parametrize(
    ("event", "kind", "ever"),
    [
        ("revoke", FaultKind.ACCESS_REVOKED, True),
        ("expire", FaultKind.ACCESS_ENDED, False),
        ("expire", FaultKind.URL_ENDED, False),
    ],
)
def test_the_effects_on_access(amazon, event, kind, ever) -> None:
    assert let_happen(amazon, event)[0] == 200
    assert amazon.faults.strikes(kind, "any")
    assert amazon.faults.strikes(kind, "any") is ever


@pytest.mark.parametrize(("event", "method"), [("burn", "POST"), ("", "POST"), ("cancel", "GET")])
def test_invalid_events_are_refused(amazon, event, method) -> None:
    status, answer = let_happen(amazon, event, method)
    assert status == 400
    assert "cancel, late, fatal, revoke, expire" in answer["error"]
