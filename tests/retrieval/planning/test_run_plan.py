"""What is planned from a state, and that a run then takes as long as was planned."""

from __future__ import annotations

import copy
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tap_mws_reports.api.interface import ThrottledCall
from tap_mws_reports.api.quota import Quota
from tap_mws_reports.api.request_budgets import RequestBudgets
from tap_mws_reports.api.request_ledger import RequestLimit
from tap_mws_reports.connection import quotas
from tap_mws_reports.retrieval.intervals import Interval
from tap_mws_reports.retrieval.planning.job_planner import PartitionRequest
from tap_mws_reports.retrieval.planning.run_plan import RunPlan, make_plan
from tap_mws_reports.retrieval.planning.windows import WindowRule
from tap_mws_reports.retrieval.policy import RetrievalPolicy
from tap_mws_reports.retrieval.retry_limit import expire
from tap_mws_reports.retrieval.state.bookmark_entries import FailedWindow, OpenRequest
from tap_mws_reports.retrieval.state.bookmarks import Bookmark
from tap_mws_reports.retrieval.state.ledger_state import LedgerState
from tap_mws_reports.sandbox.sandbox_config import LATENCY_PROFILES

NOW = datetime(2020, 6, 12, 9, 30, tzinfo=UTC)
TYPE = "_GET_SOME_DATA_"
START = datetime(2020, 6, 1, tzinfo=UTC)
QUOTAS = dict.fromkeys(ThrottledCall, Quota(burst=15, restore_seconds=60, hourly=60))

MEDIANS = {
    "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_": 30,
    "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_": 120,
    "_GET_SELLER_FEEDBACK_DATA_": 300,
    "_GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA_": 900,
    "_GET_FBA_REIMBURSEMENTS_DATA_": 1800,
}


def partition_request(
    bookmark: Bookmark, kind: str = "range", **changes: object
) -> PartitionRequest:
    values = {
        "stream": "some_data",
        "seller_id": "A1",
        "report_type": TYPE,
        "kind": kind,
        "rule": WindowRule(timedelta(days=1)),
        "start": START,
        "end": START + timedelta(days=10),
        "marketplace_ids": ("ATVPDKIKX0DER",),
        "options": (),
        "bookmark": bookmark,
    }
    return PartitionRequest(**{**values, **changes})


def day(number: int) -> Interval:
    return Interval(START + timedelta(days=number), START + timedelta(days=number + 1))


def planned(*partition_requests: PartitionRequest) -> RunPlan:
    return make_plan(partition_requests, RetrievalPolicy(), QUOTAS, NOW)


def counts(found: RunPlan) -> list[tuple[int, int, int, int]]:
    return [(each.windows, each.retries, each.adopted, each.snapshots) for each in found.shares]


def test_a_first_run_requests_every_window() -> None:
    assert counts(planned(partition_request(Bookmark({})))) == [(10, 0, 0, 0)]


def test_work_of_earlier_runs_counts() -> None:
    bookmark = Bookmark({})
    bookmark.complete_window(day(0), "1")
    bookmark.record_request(OpenRequest("2", day(1), NOW - timedelta(minutes=2)))
    bookmark.give_up(FailedWindow(day(2), "cancelled", "3"))
    bookmark.give_up(FailedWindow(day(3), "stuck", "4", NOW - timedelta(hours=9)))
    bookmark.record_latencies([600.0])
    before = copy.deepcopy(bookmark.__dict__)
    found = planned(partition_request(bookmark))
    assert counts(found) == [(6, 1, 2, 0)]
    assert (found.forecast.reports, found.forecast.adopted) == (9, 2)
    assert found.forecast.types_without_latency == ()
    assert bookmark.__dict__ == before, "a plan changes no state"


def test_given_up_windows_are_not_requested() -> None:
    bookmark = Bookmark({})
    bookmark.complete_window(day(0), "1")
    bookmark.give_up(FailedWindow(day(1), "no role", "2", failed_since=START.date()))
    bookmark.give_up(FailedWindow(day(2), "cancelled", "3", failed_since=NOW.date()))
    assert [each.interval for each in expire(bookmark, [(day(1), None)], NOW.date(), 7)] == [day(1)]
    found = planned(partition_request(bookmark))
    assert counts(found) == [(7, 1, 0, 0)]
    assert [share.given_up for share in found.shares] == [1]
    assert found.forecast.requests == 8


def test_snapshots_are_due_or_not_and_generated_documents_are_not_counted() -> None:
    fresh = Bookmark({})
    fresh.complete_snapshot(NOW - timedelta(minutes=5), "1")
    found = planned(
        partition_request(Bookmark({}), "snapshot", end=None),
        partition_request(fresh, "snapshot", end=None),
        partition_request(Bookmark({}), "generated"),
    )
    assert counts(found) == [(0, 0, 0, 1), (0, 0, 0, 0), (0, 0, 0, 0)]
    assert [share.generated for share in found.shares] == [False, False, True]
    assert found.forecast.reports == 1


def test_requests_of_the_last_hour_have_used_quota() -> None:
    bookmark = Bookmark({})
    for number in range(15):
        lately = Interval(START - timedelta(days=number + 1), START - timedelta(days=number))
        bookmark.record_request(OpenRequest(str(number), lately, NOW - timedelta(seconds=30)))
    bookmark.record_latencies([60.0])
    found = planned(partition_request(bookmark))
    assert found.forecast.at_least == timedelta(seconds=30 + 9 * 60 + 60)


def test_sellers_have_their_own_quotas() -> None:
    start = START - timedelta(days=50)
    both = [partition_request(Bookmark({}), seller_id=each, start=start) for each in ("A1", "A2")]
    assert planned(*both).forecast.at_least == planned(both[0]).forecast.at_least
    assert planned(*both).forecast.reports == 120


class Mixed:
    """A pace at which each type takes another time, more or less."""

    name = "mixed"

    def draw(self, rng: random.Random, report_type: str) -> tuple[timedelta, timedelta]:
        usual = MEDIANS.get(report_type, 1.0)
        return timedelta(), timedelta(seconds=usual * rng.lognormvariate(0, 0.05))


@pytest.mark.parametrize("reports", [10, pytest.param(80, marks=pytest.mark.slow)])
def test_a_run_takes_as_long_as_planned(make_harness, monkeypatch, reports) -> None:
    monkeypatch.setitem(LATENCY_PROFILES, "mixed", Mixed())
    harness = make_harness(pace="mixed")
    # A week has rows of every type; an empty report would need no download.
    wanted = [{"type": each, "window_days": 7, "lookback_days": 0} for each in MEDIANS]
    first = datetime(2020, 1, 1, tzinfo=UTC)

    def reach(windows: int) -> dict[str, str]:
        end = first + timedelta(weeks=windows)
        return {"start_date": first.isoformat(), "end_date": end.isoformat()}

    learned = harness.run(*wanted, **reach(5))
    harness.clock.sleep(24 * 3600)
    tap = harness.tap(*wanted, **reach(5 + reports // len(MEDIANS)), state=learned.state)
    found = make_plan(
        tap.partition_requests(),
        RetrievalPolicy(),
        quotas({"api": harness.api}),
        harness.clock.now(),
    )
    started = harness.clock.now()
    assert not harness.sync(tap).failures
    took = harness.clock.now() - started
    assert found.forecast.requests == reports
    assert found.forecast.types_without_latency == ()
    assert took == pytest.approx(found.forecast.expected, rel=0.1)


def sales(count: int) -> list[PartitionRequest]:
    return [
        partition_request(
            Bookmark({}),
            seller_id=f"A{number}",
            end=START + timedelta(days=1),
            ledgers=LedgerState(TYPE, {}),
        )
        for number in range(count)
    ]


def limited(*partition_requests: PartitionRequest) -> RunPlan:
    limits = (
        RequestLimit(1, timedelta(minutes=15), "application"),
        RequestLimit(96, timedelta(days=1), "application"),
    )
    owners = {each.seller_id: "one" for each in partition_requests}
    budgets = RequestBudgets(lambda _: limits, owners)
    return make_plan(partition_requests, RetrievalPolicy(), QUOTAS, NOW, budgets)


def test_sellers_of_an_application_share_its_limits() -> None:
    found = limited(*sales(58))
    assert found.forecast.at_least == 57 * timedelta(minutes=15)
    assert not found.shortages


def test_requests_beyond_the_daily_limit_are_shown() -> None:
    (shortage,) = limited(*sales(140)).shortages
    assert shortage.describe() == (
        f"{TYPE}: 96 a day for 140 sellers: each every 35 hours; 44 reports are left for later runs"
    )


def test_requests_of_the_day_in_the_state_are_deducted() -> None:
    ledger = {"application": "one", "granted": [int(NOW.timestamp()) - 60]}
    wanted = sales(1)[0]
    wanted = replace(wanted, ledgers=LedgerState(TYPE, {"request_ledgers": [ledger]}))
    assert limited(wanted).forecast.at_least == timedelta(minutes=14)
