"""Runs of several sellers who share the limits of one application."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from tap_mws_reports.api.timestamps import parse_timestamp
from tap_mws_reports.config.validation import retrieval_policy
from tap_mws_reports.connection import quotas, request_budgets
from tap_mws_reports.errors import Incomplete
from tap_mws_reports.retrieval.planning.run_plan import make_plan
from tap_mws_reports.sandbox.http import Request, Response
from tap_mws_reports.sandbox.sandbox_sellers import SELLERS
from tests.conftest import NOW, Harness, Output, RecordingAmazon

SALES = "_GET_SALES_AND_TRAFFIC_REPORT_"
ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
LISTINGS = "_GET_MERCHANT_LISTINGS_ALL_DATA_"
BY_DATE = "sales_and_traffic_report_by_date"
BY_ASIN = "sales_and_traffic_report_by_asin"
DAILY = {"type": SALES, "window_days": 1, "lookback_days": 0}
QUARTER = timedelta(minutes=15)
DATES = {"start_date": "2020-06-01T00:00:00Z", "end_date": "2020-06-04T00:00:00Z"}
ONE_DAY = {"start_date": "2020-06-01T00:00:00Z", "end_date": "2020-06-02T00:00:00Z"}

pytestmark = pytest.mark.api("sp_api", reason="MWS has no limits of report types")


class Office:
    """An agency: sellers with one application, and what Amazon granted each of them."""

    def __init__(self, harness: Harness, sellers: int) -> None:
        members = {f"A{number:03}": _member(number) for number in range(sellers)}
        harness.amazon = RecordingAmazon([], "steady", members)
        self.harness = harness
        self.sellers = [
            {"seller_id": name, "marketplace_ids": ["US"], "refresh_token": f"Atzr|{name}"}
            for name in members
        ]

    def run(self, *reports: object, **settings: Any) -> Output:
        return self.harness.run(*reports, sellers=self.sellers, **settings)

    def granted(self, report_type: str = SALES) -> list[tuple[datetime, str, datetime]]:
        """Return when Amazon accepted a request, whose, and of which window's start."""
        return sorted(
            (entry.submitted, account.seller_id, entry.spec.start)
            for account in self.harness.amazon.accounts.values()
            for entry in account.requests.values()
            if entry.spec.report_type == report_type and entry.requested
        )

    def refuse(self, report_type: str, refuses: Callable[[datetime], bool]) -> list[datetime]:
        """Let Amazon refuse a type; return the list to which the refusals are added."""
        handle, refused = self.harness.amazon.handle, []
        name = report_type.strip("_").encode()

        def refusing(request: Request, now: datetime) -> Response:
            if name in request.body and request.method == "POST" and refuses(now):
                refused.append(now)
                error = {"code": "QuotaExceeded", "message": "You exceeded your quota."}
                return Response(429, json.dumps({"errors": [error]}).encode())
            return handle(request, now)

        self.harness.amazon.handle = refusing
        return refused


def _member(number: int) -> Any:
    name = f"A{number:03}"
    return replace(SELLERS["NA"], seller_id=name, access_key_id=name, refresh_token=f"Atzr|{name}")


@pytest.fixture
def office(make_harness) -> Callable[[int], Office]:
    return lambda sellers: Office(make_harness(pace="steady"), sellers)


def ledgers(output: Output) -> list[dict[str, Any]]:
    return output.bookmark(BY_DATE).get("request_ledgers", [])


def test_every_seller_has_its_report_without_a_refused_call(office) -> None:
    agency = office(5)
    output = agency.run(DAILY, ORDERS, **ONE_DAY)
    granted = agency.granted()
    assert [moment - NOW for moment, _, _ in granted] == [QUARTER * each for each in range(5)]
    assert len({seller_id for _, seller_id, _ in granted}) == 5
    assert agency.harness.amazon.refused == []
    assert not output.failures
    assert {row["_seller_id"] for row in output.records(BY_DATE)} == {
        each["seller_id"] for each in agency.sellers
    }


def test_the_newest_day_of_every_seller_comes_before_any_old_day(office) -> None:
    agency = office(3)
    agency.run(DAILY, **DATES)
    days = [start.day for _, _, start in agency.granted()]
    assert days == [3, 3, 3, 2, 2, 2, 1, 1, 1]
    assert [each for _, each, _ in agency.granted()] == ["A000", "A001", "A002"] * 3


def test_other_types_do_not_wait(office) -> None:
    agency = office(3)
    agency.run(DAILY, ORDERS, **DATES)
    assert max(moment for moment, _, _ in agency.granted(ORDERS)) - NOW < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("share", "a_day", "end"),
    [
        ("1/4", 24, "2020-05-10T00:00:00Z"),
        pytest.param("1", 96, "2020-06-03T00:00:00Z", marks=pytest.mark.slow),
    ],
)
def test_requests_beyond_the_daily_limit_are_named_and_first_in_the_next_run(
    office, caplog, share, a_day, end
) -> None:
    caplog.set_level("DEBUG")
    agency = office(3)
    # Of three sellers, who have a day more than the limit allows.
    settings = {"start_date": "2020-05-01T00:00:00Z", "end_date": end, "application_share": share}
    first = agency.run(DAILY, **settings)
    assert len(agency.granted()) == a_day
    assert not first.failures
    assert agency.harness.clock.now() - NOW < timedelta(hours=24, minutes=15)
    (line,) = [
        each.getMessage()
        for each in caplog.records
        if "Left for" in each.getMessage() and each.levelname == "WARNING"
    ]
    assert "Left for the next run: 3 reports of _GET_SALES_AND_TRAFFIC_REPORT_ of 3 sellers" in line
    assert f"{a_day} in 24 h for all sellers of the application" in line
    named = [
        each
        for each in caplog.records
        if each.levelname == "DEBUG" and "Left for the next run" in each.getMessage()
    ]
    assert len({each.getMessage() for each in named}) == 3
    for partition in first.bookmark(BY_DATE)["partitions"]:
        assert not partition.get("failed_windows")
        assert not partition.get("given_up")
    requests_made = set(agency.granted())
    second = agency.run(DAILY, **settings, state=first.state)
    new = sorted(set(agency.granted()) - requests_made)
    assert len(new) == 3
    assert not second.failures
    assert agency.harness.amazon.refused == []
    assert Counter(start for _, _, start in agency.granted()).most_common()[0][1] == 3


def test_a_seller_left_out_goes_first(office) -> None:
    agency = office(4)
    first = agency.run(DAILY, **ONE_DAY, application_share="1/32")  # three a day, all eight hours
    order = [each for _, each, _ in agency.granted()]
    assert order == ["A000", "A001", "A002"]
    agency.harness.clock.sleep(3600)
    next_day = {**ONE_DAY, "end_date": "2020-06-03T00:00:00Z"}
    agency.run(DAILY, **next_day, application_share="1/32", state=first.state)
    assert [each for _, each, _ in agency.granted()][3:] == ["A003", "A000", "A001"]
    assert agency.harness.amazon.refused == []


def test_a_run_ten_minutes_later_knows_the_remaining_limit(office) -> None:
    agency = office(2)
    first = agency.run(DAILY, **ONE_DAY)
    (ledger,) = ledgers(first)
    assert [datetime.fromtimestamp(each, NOW.tzinfo) for each in ledger["granted"]] == [
        moment for moment, _, _ in agency.granted()
    ]
    assert "sandbox" not in json.dumps(ledger)
    agency.harness.clock.sleep(600)
    started = agency.harness.clock.now()
    last = agency.granted()[-1][0]
    agency.run(DAILY, **{**ONE_DAY, "end_date": "2020-06-03T00:00:00Z"}, state=first.state)
    assert agency.granted()[2][0] == max(started, last + QUARTER)
    assert agency.harness.amazon.refused == []


def test_an_exhausted_daily_limit_leaves_all_requests_at_once(office, caplog) -> None:
    agency = office(2)
    used = [int((NOW - QUARTER * each).timestamp()) for each in range(1, 97)]
    output = agency.run(DAILY, **ONE_DAY)
    state = output.state
    for stream in (BY_DATE, "sales_and_traffic_report_by_asin"):
        (ledger,) = state["bookmarks"][stream]["request_ledgers"]
        ledger["granted"] = sorted(each + 3000 for each in used)
    before, started = len(agency.granted()), agency.harness.clock.now()
    wider = {**ONE_DAY, "end_date": "2020-06-03T00:00:00Z"}
    again = agency.run(DAILY, **wider, state=state, application_share="1/100")
    assert len(agency.granted()) == before
    assert agency.harness.clock.now() - started < timedelta(minutes=1)
    assert not again.failures
    assert "Left for the next run: 2 reports" in caplog.text


def test_a_killed_run_leaves_its_ledger(office) -> None:
    agency = office(3)
    handle, harness = agency.harness.amazon.handle, agency.harness

    class Killed(BaseException):
        """The program was ended from outside."""

    def dying(request: Request, now: datetime) -> Response:
        if len(agency.granted()) == 2 and now >= NOW + QUARTER + timedelta(minutes=2):
            raise Killed
        return handle(request, now)

    harness.amazon.handle = dying
    tap = harness.tap(DAILY, **ONE_DAY, sellers=agency.sellers)
    with pytest.raises(Killed):
        tap.sync_all()
    # What had been written, not what was in memory.
    state = json.loads(json.dumps(tap.state))
    harness.amazon.handle = handle
    harness.clock.sleep(120)
    output = harness.run(DAILY, **ONE_DAY, sellers=agency.sellers, state=state)
    moments = [moment for moment, _, _ in agency.granted()]
    assert len(moments) == 3
    assert moments[2] - moments[1] == QUARTER
    assert harness.amazon.refused == []
    assert not output.failures


def test_a_run_whose_state_was_lost_counts_what_amazon_lists(office) -> None:
    agency = office(2)
    agency.run(DAILY, **ONE_DAY)
    agency.run(DAILY, **{**ONE_DAY, "end_date": "2020-06-03T00:00:00Z"})
    moments = [moment for moment, _, _ in agency.granted()]
    assert min(later - sooner for sooner, later in pairwise(moments)) >= QUARTER
    assert agency.harness.amazon.refused == []


def test_an_unknown_limit_throttles_few_requests_and_loses_no_window(office, caplog) -> None:
    caplog.set_level("INFO")
    agency = office(4)
    last = [NOW - timedelta(hours=1)]

    def refuses(now: datetime) -> bool:
        too_soon = now - last[0] < timedelta(minutes=20)
        last[0] = last[0] if too_soon else now
        return too_soon

    refused = agency.refuse(ORDERS, refuses)
    weekly = {"type": ORDERS, "window_days": 7}
    output = agency.run(weekly, LISTINGS, start_date="2020-05-01T00:00:00Z")
    assert not output.failures
    assert len(agency.granted(ORDERS)) == 4 * 7
    assert all(later - sooner >= QUARTER for sooner, later in pairwise(refused))
    assert len(refused) <= 10
    assert "is not requested for 15 min" in caplog.text
    (ledger,) = [
        each
        for each in output.bookmark("flat_file_all_orders_data_by_last_update")["request_ledgers"]
        if "seller_id" not in each
    ]
    assert 20 * 60 <= ledger["granted_gap"] <= 30 * 60


def test_a_type_that_is_always_throttled_ends_with_a_warning_and_no_failure(office, caplog) -> None:
    agency = office(3)
    refused = agency.refuse(ORDERS, lambda _now: True)
    output = agency.run(ORDERS, LISTINGS, **ONE_DAY)
    assert not output.failures
    assert len(refused) == 13
    assert len(output.records("merchant_listings_all_data")) > 0
    assert "3 reports" in caplog.text
    assert "may not have the type, or other programs use up its limit" in caplog.text
    # The next run tries once, and does not wait again.
    agency.harness.clock.sleep(86400)
    started = agency.harness.clock.now()
    agency.run(ORDERS, **ONE_DAY, state=output.state)
    assert len(refused) == 14
    assert agency.harness.clock.now() - started < timedelta(minutes=20)


def test_a_seller_that_is_lost_passes_its_turn(office) -> None:
    agency = office(3)
    handle, harness = agency.harness.amazon.handle, agency.harness

    def failing(request: Request, now: datetime) -> Response:
        if request.params.get("refresh_token") == "Atzr|A001" and now > NOW:
            error = {"error": "invalid_grant", "error_description": "revoked"}
            return Response(400, json.dumps(error).encode())
        word = harness.amazon.word(request)
        if word == "request" and harness.amazon.seller_id(request) == "A001":
            refusal = {"code": "Unauthorized", "message": "Access to requested resource is denied."}
            return Response(403, json.dumps({"errors": [refusal]}).encode())
        return handle(request, now)

    harness.amazon.handle = failing
    with pytest.raises(Incomplete):
        harness.tap(DAILY, **ONE_DAY, sellers=agency.sellers).sync_to_the_end()
    assert [each for _, each, _ in agency.granted()] == ["A000", "A002"]


def test_turns_across_days_are_fair(office) -> None:
    agency, state = office(4), None
    waits: defaultdict[str, list[datetime]] = defaultdict(list)
    for day in range(4):  # three reports a day for four sellers
        end = f"2020-06-{day + 2:02}T00:00:00Z"
        dates = {"start_date": "2020-06-01T00:00:00Z", "end_date": end}
        output = agency.run(
            {**DAILY, "window_days": 30}, **dates, state=state, application_share="1/32"
        )
        state = output.state
        agency.harness.clock.sleep(1800)
    for moment, seller_id, _ in agency.granted():
        waits[seller_id].append(moment)
    counts = {each: len(moments) for each, moments in waits.items()}
    assert max(counts.values()) - min(counts.values()) <= 1
    assert len(counts) == 4


def test_an_old_state_has_no_ledger_and_works(office) -> None:
    agency = office(2)
    state = agency.run(DAILY, **ONE_DAY).state
    for bookmark in state["bookmarks"].values():
        bookmark.pop("request_ledgers", None)
        for partition in bookmark.get("partitions", []):
            partition.pop("last_granted", None)
    agency.harness.clock.sleep(86400)
    output = agency.run(DAILY, **{**ONE_DAY, "end_date": "2020-06-03T00:00:00Z"}, state=state)
    assert not output.failures
    assert len(agency.granted()) == 4
    assert parse_timestamp(output.bookmark(BY_DATE)["partitions"][0]["replication_key_value"])


def deselected(tap, *streams: str) -> dict[str, Any]:
    """Return a catalog in which some streams are not selected."""
    catalog = tap.catalog_dict
    for stream in catalog["streams"]:
        if stream["tap_stream_id"] in streams:
            stream["metadata"] = [{"breadcrumb": [], "metadata": {"selected": False}}]
    return catalog


def test_rows_of_single_days_are_read_in_one_window_of_many(office) -> None:
    agency = office(2)
    dates = {"start_date": "2020-03-01T00:00:00Z", "end_date": "2020-06-04T00:00:00Z"}
    catalog = deselected(agency.harness.tap(DAILY), BY_ASIN)
    output = agency.run(DAILY, **dates, catalog=catalog)
    assert [start.isoformat()[:10] for _, _, start in agency.granted()] == ["2020-03-01"] * 2
    days = {row["date"] for row in output.records(BY_DATE) if row["_seller_id"] == "A000"}
    assert len(days) == 31 + 30 + 31 + 3
    # The list that sums up the window decides how long it is.
    both = office(1)
    both.run(DAILY, **DATES)
    assert len(both.granted()) == 3


QUERIES = "_GET_BRAND_ANALYTICS_SEARCH_QUERY_PERFORMANCE_REPORT_"
QUERIES_STREAM = "brand_analytics_search_query_performance_report_by_asin"
ASINS = [f"B{number:09}" for number in range(40)]


def test_a_long_list_of_asins_is_requested_in_groups(office) -> None:
    agency = office(1)
    requests_made: list[str] = []
    handle = agency.harness.amazon.handle

    def listening(request: Request, now: datetime) -> Response:
        if b"SEARCH_QUERY" in request.body and request.method == "POST":
            requests_made.append(json.loads(request.body)["reportOptions"]["asin"])
        return handle(request, now)

    agency.harness.amazon.handle = listening
    entry = {"type": QUERIES, "options": {"reportPeriod": "WEEK", "asin": " ".join(ASINS)}}
    dates = {"start_date": "2020-05-17T00:00:00Z", "end_date": "2020-05-24T00:00:00Z"}
    output = agency.run(entry, **dates)
    assert [len(each.split()) for each in requests_made] == [18, 18, 4]
    assert " ".join(requests_made).split() == ASINS
    assert all(len(each) <= 200 for each in requests_made)
    partitions = output.bookmark(QUERIES_STREAM)["partitions"]
    assert [each["context"].get("group") for each in partitions] == [None, "2", "3"]
    assert all(len(each["done"]) == 1 for each in partitions)
    assert not output.failures
    agency.run(entry, **dates, state=output.state)
    assert len(requests_made) == 3
    (ledger,) = output.bookmark(QUERIES_STREAM)["request_ledgers"]
    assert len(ledger["granted"]) == 3


def test_the_groups_share_the_days_allowance(office) -> None:
    agency = office(1)
    entry = {"type": QUERIES, "options": {"reportPeriod": "WEEK", "asin": ",".join(ASINS)}}
    dates = {"start_date": "2020-03-29T00:00:00Z", "end_date": "2020-05-24T00:00:00Z"}
    output = agency.run(entry, **dates)  # eight weeks of three groups
    assert len(agency.granted(QUERIES)) == 20
    assert not output.failures
    starts = Counter(start for _, _, start in agency.granted(QUERIES))
    assert [starts[each] for each in sorted(starts, reverse=True)] == [3] * 6 + [2]


@pytest.mark.parametrize(
    ("sellers", "reports", "days"),
    [(1, [DAILY], 4), (2, [DAILY, ORDERS], 5), (5, [DAILY], 2), (3, [DAILY], 6)],
)
def test_the_plan_says_how_long_the_run_takes(office, sellers, reports, days) -> None:
    agency, limit = office(sellers), 12
    start = parse_timestamp("2020-06-10T00:00:00Z") - timedelta(days=days)
    settings = {
        "sellers": agency.sellers,
        "start_date": start.isoformat(),
        "end_date": "2020-06-10T00:00:00Z",
        "application_share": "1/8",
    }
    tap = agency.harness.tap(*reports, **settings)
    planned = make_plan(
        tap.partition_requests(),
        retrieval_policy(tap.config),
        quotas(tap.config),
        NOW,
        request_budgets(tap.owners),
    )
    began = agency.harness.clock.now()
    agency.harness.run(*reports, **settings)
    took = agency.harness.clock.now() - began
    assert abs(planned.forecast.expected - took) <= 0.1 * took
    assert bool(planned.shortages) is (sellers * days > limit)
    for shortage in planned.shortages:
        assert (shortage.allowed, shortage.left) == (limit, sellers * days - limit)
    made = min(limit, sellers * days)
    orders = sellers if ORDERS in reports else 0
    assert planned.forecast.reports == made + orders, "a report with two lists is one"
