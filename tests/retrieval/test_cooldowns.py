"""A report is not requested inside its cooldown, through the whole tap."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from tap_mws_reports.sandbox.account_entries import RequestEntry, SandboxReportSpec
from tap_mws_reports.sandbox.sandbox_config import account_settings

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
SHIPMENTS = "_GET_AMAZON_FULFILLED_SHIPMENTS_DATA_"  # 30 minutes
RETURNS = "_GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA_"  # 4 hours
INVENTORY = "_GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA_"  # 30 minutes
SALES = "_GET_SALES_AND_TRAFFIC_REPORT_"  # none, but days
GERMANY, FRANCE = "A1PA6795UKMFR9", "A13V1IB3VIYZZH"
START = "2020-05-01T00:00:00Z"
LATE_START = "2020-06-03T00:00:00Z"  # few days, each of which is a report of SALES
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def requests(harness, report_type: str, region: str = "NA") -> list[RequestEntry]:
    entries = harness.amazon.accounts[region].requests.values()
    return [entry for entry in entries if entry.spec.report_type == report_type]


def asked_by_another(harness, report_type: str, start: datetime, end: datetime) -> RequestEntry:
    account = harness.amazon.accounts["NA"]
    home = tuple(account.seller_data)[:1]
    return account.add_mws_request(
        SandboxReportSpec(report_type, start, end, home), harness.clock.now()
    )


def later(harness, pause: timedelta) -> None:
    harness.clock.sleep(pause.total_seconds())


@pytest.mark.parametrize(
    ("pause", "requested"),
    [
        (25 * MINUTE, {ORDERS: 1}),
        (30 * MINUTE, {ORDERS: 1, SHIPMENTS: 1, INVENTORY: 1}),
        (4 * HOUR, {ORDERS: 1, SHIPMENTS: 1, INVENTORY: 1, RETURNS: 1}),
        (24 * HOUR, {ORDERS: 1, SHIPMENTS: 1, INVENTORY: 1, RETURNS: 1, SALES: 1}),
    ],
    ids=["25 minutes", "30 minutes", "4 hours", "a day"],
)
def test_a_later_run_requests_only_possibly_new_data(make_harness, pause, requested) -> None:
    harness = make_harness(pace="steady")
    types = [ORDERS, SHIPMENTS, RETURNS, INVENTORY, SALES]
    # With a lookback to the start, a run would adopt the report of the run before.
    wanted = [{"type": each, "lookback_days": 1} for each in types]
    began = harness.clock.now()
    first = harness.run(*wanted, start_date=LATE_START)
    before = {each: len(requests(harness, each)) for each in types}
    later(harness, began + pause - harness.clock.now())
    second = harness.run(*wanted, start_date=LATE_START, state=first.state)
    assert not second.failures
    after = Counter({each: len(requests(harness, each)) - before[each] for each in types})
    assert +after == Counter(requested)


def test_a_run_thirty_minutes_later_requests_nothing_twice(make_harness) -> None:
    harness = make_harness(pace="steady")
    first = harness.run(ORDERS, start_date=START)
    requested = requests(harness, ORDERS)
    later(harness, 30 * MINUTE)
    harness.run(ORDERS, start_date=START, state=first.state)
    (new,) = requests(harness, ORDERS)[len(requested) :]
    until = max(each.spec.end for each in requested)
    assert new.spec.end > until
    assert new.spec.start == until - timedelta(days=1)  # of which orders change late
    later(harness, 30 * MINUTE)
    ended = harness.run(
        ORDERS, start_date=START, end_date="2020-06-11T00:00:00Z", state=first.state
    )
    assert ended.records("flat_file_all_orders_data_by_last_update") == []
    assert len(requests(harness, ORDERS)) == len(requested) + 1


@pytest.mark.parametrize("behind", [timedelta(0), HOUR, 4 * HOUR])
def test_the_same_window_is_adopted_from_any_requester(make_harness, behind) -> None:
    """Also one that ends a cooldown earlier: Amazon has made nothing newer since."""
    harness = make_harness(pace="steady")
    start = datetime.fromisoformat(START)
    theirs = asked_by_another(harness, RETURNS, start, start + timedelta(days=30) - behind)
    later(harness, HOUR)
    end = (start + timedelta(days=30)).isoformat()
    output = harness.run(RETURNS, start_date=START, end_date=end)
    assert requests(harness, RETURNS) == [theirs]
    rows = output.records("fba_fulfillment_customer_returns_data")
    assert {row["_report_id"] for row in rows} == {harness.report_id(theirs)}


def test_an_overlapping_window_is_a_different_report(make_harness) -> None:
    """It has not all the rows, and whether Amazon holds it for the same is not known."""
    harness = make_harness(pace="steady")
    start = datetime.fromisoformat(START)
    asked_by_another(harness, RETURNS, start + timedelta(days=3), start + timedelta(days=30))
    later(harness, 10 * MINUTE)
    output = harness.run(RETURNS, start_date=START, end_date="2020-05-31T00:00:00Z")
    assert not output.failures
    theirs, ours = requests(harness, RETURNS)
    assert ours.spec.start == start
    assert ours.submitted - theirs.submitted < 30 * MINUTE


def test_the_cooldown_of_one_marketplace_delays_no_other(make_harness) -> None:
    harness = make_harness(pace="steady")
    german, french = ({"type": INVENTORY, "marketplace_ids": [each]} for each in (GERMANY, FRANCE))
    account = account_settings("EU", harness.api)
    first = harness.run(german, **account)
    later(harness, 5 * MINUTE)
    output = harness.run(german, french, **account, state=first.state)
    assert not output.failures
    requested = [entry.spec.marketplace_ids for entry in requests(harness, INVENTORY, "EU")]
    assert requested == [(GERMANY,), (FRANCE,)]


@pytest.mark.api("mws", reason="SP-API tells marketplaces")
def test_an_indistinguishable_report_waits_for_its_cooldown(make_harness) -> None:
    """Without a state, and with a list without marketplaces, nothing is adopted."""
    harness = make_harness(pace="steady")
    both = [{"type": INVENTORY, "marketplace_ids": [each]} for each in (GERMANY, FRANCE)]
    harness.run(*both, **account_settings("EU", harness.api))
    output = harness.run(*both, **account_settings("EU", harness.api))
    assert not output.failures
    by_place = {place: [] for place in (GERMANY, FRANCE)}
    for entry in requests(harness, INVENTORY, "EU"):
        by_place[entry.spec.marketplace_ids[0]].append(entry)
    for first, refused, last in by_place.values():
        assert first.report
        assert refused.outcome == "_CANCELLED_"
        assert last.submitted - refused.submitted >= 30 * MINUTE
        assert last.report
