from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tap_mws_reports.api.interface import ReportSpec
from tap_mws_reports.api.request_budgets import RequestBudgets
from tap_mws_reports.api.request_ledger import RequestLimit
from tap_mws_reports.retrieval.intervals import Interval
from tap_mws_reports.retrieval.planning.windows import WindowRule
from tap_mws_reports.retrieval.report_job import ReportJob
from tap_mws_reports.retrieval.scheduling.request_turns import (
    Claim,
    LimitedJobs,
    RequestTurns,
    grant_moments,
)
from tap_mws_reports.retrieval.state.bookmarks import Bookmark

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
KEY = ("application", "_SALES_")
SALES = "_SALES_"


def claim(last_turn: int, order: int, *, is_old: bool = False) -> Claim:
    return Claim(is_old, last_turn, order)


def later(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("claims", "first"),
    [
        ({"A": claim(-1, 0), "B": claim(-1, 1)}, "A"),
        ({"A": claim(5, 0), "B": claim(-1, 1)}, "B"),
        ({"A": claim(5, 0), "B": claim(4, 1)}, "B"),
        ({"A": claim(-1, 0, is_old=True), "B": claim(9, 1)}, "B"),
    ],
)
def test_the_order_of_sellers(claims, first) -> None:
    turns = RequestTurns()
    for seller_id, claim in claims.items():
        turns.claim(KEY, seller_id, claim, NOW)
    assert turns.holder(KEY, NOW) == first
    assert turns.to_wake(NOW) == [first]
    assert turns.to_wake(NOW) == []


def test_a_turn_passes_when_it_is_taken_dropped_or_not_possible_yet() -> None:
    turns = RequestTurns()
    for order, seller_id in enumerate("ABC"):
        turns.claim(KEY, seller_id, claim(-1, order), NOW)
    assert turns.to_wake(NOW) == ["A"]
    turns.claim(KEY, "A", claim(100, 0), NOW)
    assert turns.to_wake(NOW) == ["B"]
    turns.claim(KEY, "B", claim(-1, 1), later(1))
    assert turns.to_wake(NOW) == ["C"]
    turns.drop(KEY, "C")
    assert turns.to_wake(NOW) == ["A"]
    assert turns.holder(KEY, later(1)) == "B"
    turns.drop(KEY, "B")
    turns.drop(KEY, "A")
    assert turns.holder(KEY, later(2)) is None
    assert turns.to_wake(later(2)) == []


def test_all_waiting_sellers_are_woken_once_when_the_limit_is_free() -> None:
    turns = RequestTurns()
    for order, seller_id in enumerate("ABC"):
        turns.claim(KEY, seller_id, claim(-1, order), NOW)
    turns.to_wake(NOW)
    turns.drop(KEY, "A")
    for _ in "ABC":  # each of them says so
        turns.wake_all(KEY)
    assert turns.to_wake(NOW) == ["B", "C"]
    assert turns.to_wake(NOW) == []


def test_a_thousand_sellers_cost_a_thousand_steps() -> None:
    turns, woken = RequestTurns(), 0
    for order in range(1000):
        turns.claim(KEY, f"A{order}", claim(-1, order), NOW)
    for step in range(2000):
        (seller_id,) = turns.to_wake(later(step))
        woken += 1
        assert seller_id == f"A{step % 1000}"
        turns.claim(KEY, seller_id, claim(step, step % 1000), later(step))
    assert woken == 2000


def job(seller_id: str, day: int, bookmark: Bookmark, stream: str = "by_date") -> ReportJob:
    start = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=day)
    interval = Interval(start, start + timedelta(days=1))
    spec = ReportSpec(SALES, interval.start, interval.end, (seller_id,))
    rule = WindowRule(timedelta(days=1))
    return ReportJob(stream, spec, bookmark, rule, interval, seller_id=seller_id)


def budgets() -> RequestBudgets:
    limits = (
        RequestLimit(1, timedelta(minutes=15), "application"),
        RequestLimit(96, timedelta(days=1), "application"),
    )
    return RequestBudgets(lambda _: limits, dict.fromkeys(("A", "B", "C"), "one"))


def simulated(jobs: dict[str, list[ReportJob]], found: RequestBudgets, days: float = 1):
    sellers = {each: (LimitedJobs(of), found.of(each)) for each, of in jobs.items()}
    moments = grant_moments(sellers, NOW, NOW + timedelta(days=days))
    order = [
        (moments[id(each)], each.seller_id, (each.interval.start.day - 1))
        for of in jobs.values()
        for each in of
        if moments[id(each)]
    ]
    return [(seller_id, day) for _, seller_id, day in sorted(order)], moments


def test_every_newest_day_goes_before_any_old_one() -> None:
    bookmarks = {each: Bookmark({}) for each in "ABC"}
    bookmarks["A"].record_granted(NOW - timedelta(hours=1))
    jobs = {
        each: [job(each, day, bookmarks[each]) for day in range(4 - number)]
        for number, each in enumerate("ABC")
    }
    order, moments = simulated(jobs, budgets())
    assert order == [
        *[("B", 2), ("C", 1), ("A", 3)],
        *[("B", 1), ("C", 0), ("A", 2), ("B", 0), ("A", 1), ("A", 0)],
    ]
    assert max(each for each in moments.values() if each) == later(8 * 15)


def test_a_window_older_than_finished_ones_is_not_newest() -> None:
    read = Bookmark({})
    newest = job("A", 9, read)
    read.complete_window(newest.interval, None)
    jobs = {"A": [job("A", 2, read)], "B": [job("B", 9, Bookmark({}))]}
    assert simulated(jobs, budgets())[0] == [("B", 9), ("A", 2)]


def test_two_streams_of_one_report_take_one_turn() -> None:
    jobs = {"A": [job("A", 1, Bookmark({}), each) for each in ("by_date", "by_asin")]}
    _, moments = simulated(jobs, budgets())
    assert list(moments.values()) == [NOW, NOW]


def test_requests_beyond_the_daily_limit_are_left() -> None:
    jobs = {each: [job(each, day, Bookmark({})) for day in range(20)] for each in "ABC"}
    found = budgets()
    for number in range(60):
        found.of("A").granted(SALES, later(-15 * (60 - number)))
    order, moments = simulated(jobs, found)
    assert len(order) == 60
    order, moments = simulated(jobs, found, days=0.25)
    assert len(order) == 24
    assert list(moments.values()).count(None) == 36
    assert {day for _, day in order} == set(range(12, 20))
