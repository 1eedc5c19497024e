from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from tap_mws_reports.api.request_budgets import RequestBudgets, application_key
from tap_mws_reports.api.request_ledger import RequestLimit

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
SALES, STOCK, OTHER = "_SALES_", "_STOCK_", "_OTHER_"
LIMITS = {
    SALES: (RequestLimit(1, timedelta(minutes=15), "application"),),
    STOCK: (RequestLimit(1, timedelta(minutes=30), "seller"),),
}
OWNERS = {"A1": "one", "A2": "one", "A3": "other"}


def budgets(share: Fraction = Fraction(1)) -> RequestBudgets:
    return RequestBudgets(lambda name: LIMITS.get(name, ()), OWNERS, share)


def waits(found: RequestBudgets, report_type: str, now: datetime = NOW) -> dict[str, float]:
    """Return for each seller how many minutes a request of a type has to wait."""
    allowed = {each: found.of(each).allowed_at(report_type, now) for each in OWNERS}
    return {each: (moment - now).total_seconds() / 60 for each, moment in allowed.items()}


@pytest.mark.parametrize(
    ("report_type", "expected"),
    [
        (SALES, {"A1": 15, "A2": 15, "A3": 0}),
        (STOCK, {"A1": 30, "A2": 0, "A3": 0}),
        (OTHER, {"A1": 0, "A2": 0, "A3": 0}),
    ],
)
def test_a_request_counts_for_all_sellers_that_share_the_limit(report_type, expected) -> None:
    found = budgets()
    found.of("A1").granted(report_type, NOW)
    assert waits(found, report_type) == expected


@pytest.mark.parametrize(
    ("report_type", "expected"),
    [
        (SALES, {"A1": 15, "A2": 15, "A3": 0}),
        (STOCK, {"A1": 30, "A2": 0, "A3": 0}),
        (OTHER, {"A1": 15, "A2": 15, "A3": 0}),
    ],
)
def test_a_throttled_request_stops_all_sellers_that_share_the_limit(report_type, expected) -> None:
    found = budgets()
    found.of("A1").refused(report_type, NOW)
    assert waits(found, report_type) == expected
    assert found.of("A2").is_limited(report_type)


def test_sellers_that_share_a_limit_take_turns() -> None:
    found = budgets()
    keys = {each: {name: found.of(each).turn_key(name) for name in LIMITS} for each in OWNERS}
    assert keys["A1"][SALES] == keys["A2"][SALES] != keys["A3"][SALES]
    assert len({each[STOCK] for each in keys.values()}) == 3


def test_a_share_divides_the_limits_of_the_application_alone() -> None:
    found = budgets(Fraction(1, 4))
    for name in LIMITS:
        found.of("A1").granted(name, NOW)
    assert waits(found, SALES)["A1"] == 60
    assert waits(found, STOCK)["A1"] == 30


def test_a_type_can_be_unavailable_to_one_seller_alone() -> None:
    found = budgets()
    for hours in (0, 1, 2, 3):
        now = NOW + timedelta(hours=hours)
        found.of("A1").refused(OTHER, now)
        assert found.of("A1").is_unavailable(OTHER, now) is (hours == 3)
        found.of("A2").granted(OTHER, now + timedelta(minutes=20))
        assert not found.of("A2").is_unavailable(OTHER, now + timedelta(minutes=21))


def test_the_state_of_one_process_serves_the_next() -> None:
    found = budgets()
    for seller_id in ("A1", "A3"):
        for name in LIMITS:
            found.of(seller_id).granted(name, NOW)
    found.of("A2").refused(OTHER, NOW)
    again = budgets()
    for name in (*LIMITS, OTHER):
        entries = json.loads(json.dumps(found.entries(name, NOW)))
        for _ in range(2):  # two streams have the same
            again.load(name, entries)
        assert waits(again, name) == waits(found, name)
        assert again.entries(name, NOW) == found.entries(name, NOW)


def test_states_of_single_sellers_are_combined() -> None:
    states = []
    for seller_id, minutes in {"A1": 0, "A2": 10}.items():
        alone = budgets()
        alone.of(seller_id).granted(SALES, NOW + timedelta(minutes=minutes))
        states.append(alone.entries(SALES, NOW + timedelta(minutes=10)))
    together = budgets()
    for entries in states:
        together.load(SALES, entries)
    assert waits(together, SALES, NOW + timedelta(minutes=12))["A1"] == 13


def test_an_application_is_named_by_a_hash() -> None:
    key = application_key("amzn1.application-oa2-client.secret")
    assert "secret" not in key
    assert len(key) == 12
    assert key != application_key("amzn1.application-oa2-client.other")


def test_the_limits_are_described() -> None:
    found = budgets()
    assert found.of("A1").describe(SALES, NOW) == "1 in 15 min for all sellers of the application"
    assert found.of("A1").describe(STOCK, NOW) == "1 in 30 min for a seller"
    found.of("A1").refused(OTHER, NOW)
    assert found.of("A2").describe(OTHER, NOW) == "none granted since 2026-11-27 12:00 UTC"
