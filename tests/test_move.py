"""A seller moves from one service to the other, and back: the state is understood by both.

What differs in the rows is the id that each service gives a report: `_report_id` is MWS's generated
report id, or SP-API's reportId, which is MWS's report request id. The state of things now is of the
moment of its request, which a new run may make a little later.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.sandbox.account_entries import RequestEntry
from tap_mws_reports.sandbox.faults import Fault, FaultKind
from tap_mws_reports.sandbox.http import Request, Response

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
UNSHIPPED = "_GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_"  # has personal data
SETTLEMENT = "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_"
SETTLEMENTS = "v2_settlement_report_data_flat_file_v2"
REPORTS = (
    {"type": ORDERS, "window_days": 7},
    # Cools down. A run that continues would look back a week for late changes.
    {
        "type": "_GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA_",
        "window_days": 14,
        "lookback_days": 0,
    },
    {"type": "_GET_SALES_AND_TRAFFIC_REPORT_", "window_days": 14},  # two streams of one document
    "_GET_MERCHANT_LISTINGS_ALL_DATA_",  # the state of things now, of each marketplace
    "_GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA_",  # now, and cools down
    UNSHIPPED,
    SETTLEMENT,  # made unasked
)
STREAMS = {
    "flat_file_all_orders_data_by_last_update",
    "fba_fulfillment_customer_returns_data",
    "sales_and_traffic_report_by_date",
    "sales_and_traffic_report_by_asin",
    "merchant_listings_all_data",
    "fba_myi_unsuppressed_inventory_data",
    "flat_file_actionable_order_data",
    SETTLEMENTS,
}
LIFECYCLE = ("report_requests", "reports", "report_schedules")
IDS = {"_report_id"}
MOMENTS = {"_data_start", "_data_end"}
SNAPSHOTS = {
    "merchant_listings_all_data",
    "fba_myi_unsuppressed_inventory_data",
    "flat_file_actionable_order_data",
}
OTHER = {"mws": "sp_api", "sp_api": "mws"}
DATES = {"end_date": "2020-06-08T00:00:00Z"}  # eight weeks
SELLERS = {
    "one marketplace": {"seller_id": "A1SANDBOXNA"},
    "several marketplaces": {"seller_id": "A2SANDBOXEU", "marketplace_ids": ["DE", "FR", "GB"]},
    "several sellers": {
        "sellers": [
            {"seller_id": "A1SANDBOXNA"},
            {"seller_id": "A2SANDBOXEU", "marketplace_ids": ["DE", "GB"]},
        ]
    },
}


class Killed(Exception):
    """The program was ended from outside."""


@dataclass
class Begun:
    """What a run had written when it was killed; it writes its state, too, when it is stopped."""

    killed: list[dict[str, Any]]
    stopped: list[dict[str, Any]]


def catalog(harness, **settings: Any) -> dict[str, Any]:
    """The streams of rows alone."""
    whole = harness.tap(*REPORTS, **settings).catalog_dict
    for stream in whole["streams"]:
        if stream["tap_stream_id"] in LIFECYCLE:
            stream["metadata"] = [{"breadcrumb": [], "metadata": {"selected": False}}]
    return whole


def begun(harness, word: str, number: int, **settings: Any) -> Begun:
    """Run, and end it at a call."""
    handle, left, written = harness.amazon.handle, number, []

    def dying(request: Request, now: datetime) -> Response:
        nonlocal left
        left -= harness.amazon.word(request) == word
        if left < 0:
            written.extend(map(json.loads, harness.so_far()))
            raise Killed
        return handle(request, now)

    harness.amazon.handle = dying
    with pytest.raises(Killed):
        harness.run(*REPORTS, **settings)
    harness.amazon.handle = handle
    return Begun(written, harness.written)


def state(messages: list[dict[str, Any]]) -> Any:
    return [each["value"] for each in messages if each["type"] == "STATE"][-1]


def rows(messages: list[dict[str, Any]]) -> Counter[str]:
    """Return the rows of all streams with all columns but those that may differ."""
    return Counter(
        json.dumps([each["stream"], comparable(each["stream"], each["record"])], sort_keys=True)
        for each in messages
        if each["type"] == "RECORD"
    )


def comparable(stream: str, record: dict[str, Any]) -> dict[str, Any]:
    left_out = IDS | MOMENTS if stream in SNAPSHOTS else IDS
    return {name: value for name, value in record.items() if name not in left_out}


def warehouse(*runs: list[dict[str, Any]]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return what is there when each row has replaced the one of its key, where ids are not key."""
    keys, found = {}, {}
    for each in (message for run in runs for message in run):
        if each["type"] == "SCHEMA":
            keys[each["stream"]] = each["key_properties"]
        elif each["type"] == "RECORD" and not IDS & set(keys[each["stream"]]):
            key = tuple(each["record"][name] for name in keys[each["stream"]])
            found[each["stream"], *key] = comparable(each["stream"], each["record"])
    return found


def windows(messages: list[dict[str, Any]]) -> set[tuple[str, ...]]:
    """Return of what the rows are: stream, seller, marketplaces, from when to when."""
    of_a_window = ("_seller_id", "_marketplace_ids", "_data_start", "_data_end")
    return {
        (each["stream"], *(each["record"][name] for name in of_a_window))
        for each in messages
        if each["type"] == "RECORD"
    }


def requests_made(harness) -> Counter[tuple[object, ...]]:
    """Return how often each report was asked for, by whichever service."""
    return Counter(
        (
            account.seller_id,
            entry.spec.report_type,
            *interval(entry),
            entry.spec.marketplace_ids,
        )
        for account in harness.amazon.accounts.values()
        for entry in account.requests.values()
        if entry.spec.report_type != SETTLEMENT
    )


def interval(entry: RequestEntry) -> tuple[datetime | None, datetime | None]:
    wanted = entry.spec
    is_range = report_types.load(wanted.report_type).kind == "range"
    return (wanted.start, wanted.end) if is_range else (None, None)


@dataclass
class Undisturbed:
    """What a run to the end has written, and what it has asked for."""

    messages: list[dict[str, Any]]
    requests_made: Counter[tuple[object, ...]]


@pytest.fixture(scope="module")
def known() -> dict[str, Undisturbed]:
    """Undisturbed runs by who is asked about."""
    return {}


@pytest.fixture
def undisturbed(known, make_harness):
    """Return an undisturbed run, by whichever service, for both do the same."""

    def run(seller: str) -> Undisturbed:
        if seller not in known:
            by_mws, by_sp_api = (
                undisturbed_by(api, make_harness(pace="steady"), seller) for api in OTHER
            )
            assert rows(by_mws.messages) == rows(by_sp_api.messages)
            assert by_mws.requests_made == by_sp_api.requests_made
            known[seller] = by_mws
        return known[seller]

    return run


def undisturbed_by(api: str, harness, seller: str) -> Undisturbed:
    settings = {**DATES, **SELLERS[seller]}
    output = harness.run(*REPORTS, **settings, catalog=catalog(harness, **settings), api=api)
    assert not output.failures
    return Undisturbed(output.messages, requests_made(harness))


MOVES = [
    ("mws", "one marketplace", "request", 3),
    ("sp_api", "one marketplace", "download", 0),
]
SLOW_MOVES = [
    ("mws", "one marketplace", "download", 12),
    ("sp_api", "several marketplaces", "download", 22),
]
# The same stages, begun by the other service; and two sellers, who do not know of each other.
MORE_MOVES = [
    *((OTHER[begun_by], *case) for begun_by, *case in [*MOVES, *SLOW_MOVES]),
    *((begun_by, "several sellers", "download", 36) for begun_by in OTHER),
]


@pytest.mark.api("mws", reason="each case says which service begins")
@pytest.mark.parametrize(
    ("begun_by", "seller", "word", "number"),
    [
        *MOVES,
        *(pytest.param(*each, marks=pytest.mark.slow) for each in SLOW_MOVES),
        *(pytest.param(*each, marks=pytest.mark.every_kill) for each in MORE_MOVES),
    ],
)
def test_a_backfill_started_by_one_service_is_completed_by_the_other(
    make_harness, undisturbed, begun_by, seller, word, number
) -> None:
    whole = undisturbed(seller)
    harness, api, other = make_harness(pace="steady"), begun_by, OTHER[begun_by]
    settings = {**DATES, **SELLERS[seller]}
    settings["catalog"] = catalog(harness, **settings)
    first = begun(harness, word, number, **settings, api=api).stopped
    # Settlements are there already; they are read while the others are made.
    requested = [each for each in windows(first) if each[0] != SETTLEMENTS]
    assert bool(requested) == (number > 3)
    ended = harness.run(*REPORTS, **settings, api=other, state=state(first))
    assert not ended.failures
    assert {each["stream"] for each in ended.messages if each["type"] == "SCHEMA"} == STREAMS
    assert rows(first) + rows(ended.messages) == rows(whole.messages)
    assert windows(first).isdisjoint(windows(ended.messages))
    assert requests_made(harness) == whole.requests_made

    harness.amazon.calls.clear()
    back = harness.run(*REPORTS, **settings, api=api, state=ended.state)
    assert not rows(back.messages)
    assert not {"request", "download"} & set(harness.amazon.calls)


@pytest.mark.api(slow="sp_api", reason="a backfill begun by SP-API is moved above")
def test_a_backfill_killed_by_one_service_is_completed_by_the_other(
    make_harness, api, undisturbed
) -> None:
    """What a killed run has written since its last state is written once more."""
    whole = undisturbed("one marketplace")
    harness = make_harness(pace="steady")
    settings = {**DATES, **SELLERS["one marketplace"]}
    settings["catalog"] = catalog(harness, **settings)
    first = begun(harness, "download", 20, **settings, api=api).killed
    ended = harness.run(*REPORTS, **settings, api=OTHER[api], state=state(first))
    assert not ended.failures
    assert rows(first)
    assert set(rows(first)) | set(rows(ended.messages)) == set(rows(whole.messages))
    assert warehouse(first, ended.messages) == warehouse(whole.messages)
    assert requests_made(harness) == whole.requests_made


@pytest.mark.api(slow="sp_api", reason="failed windows are the same in the state of either")
def test_a_failed_window_of_one_service_is_retried_by_the_other(make_harness, api) -> None:
    stream = "flat_file_all_orders_data_by_last_update"
    bad = datetime.fromisoformat("2020-04-27T00:00:00Z")
    for fault in (
        Fault(FaultKind.STUCK, ORDERS, 1, bad),
        Fault(FaultKind.CANCELLED, ORDERS, 9, bad),
        Fault(FaultKind.SHORT_BODY, ORDERS, 9, bad),
    ):
        harness = make_harness(fault, pace="steady")
        first = harness.run(REPORTS[0], **DATES)
        assert len(first.failures) == 1
        harness.strike()
        second = harness.run(REPORTS[0], **DATES, api=OTHER[api], state=first.state)
        assert not second.failures
        (partition,) = second.bookmark(stream)["partitions"]
        assert not partition["failed_windows"]
        assert partition["done"] == [["2020-04-13T00:00:00+00:00", "2020-06-08T00:00:00+00:00"]]
        assert {row["_data_start"] for row in second.records(stream)} == {bad.isoformat()}


@pytest.mark.api(slow="mws", reason="both services serve days either way")
def test_daily_runs_may_alternate_between_services(make_harness, api) -> None:
    steady, moving = make_harness(pace="steady"), make_harness(pace="steady")
    read: dict[str, Counter[str]] = {}
    for name, harness in (("steady", steady), ("moving", moving)):
        selected, given = catalog(harness), None
        read[name] = Counter()
        for day in range(3):
            by = OTHER[api] if name == "moving" and day % 2 else api
            output = harness.run(*REPORTS, state=given, catalog=selected, api=by)
            assert not output.failures
            read[name] += rows(output.messages)
            given = output.state
            began = datetime.fromisoformat("2020-06-13T09:29:10Z") + timedelta(days=day)
            harness.clock.sleep((began - harness.clock.now()).total_seconds())
    assert read["moving"] == read["steady"]
    assert requests_made(moving) == requests_made(steady)


def test_listed_items_are_written_once_by_either_service(make_harness, api) -> None:
    harness = make_harness(pace="steady")
    harness.tap().run.sellers["A1SANDBOXNA"].service.manage_schedule(UNSHIPPED, "_1_DAY_")
    first = harness.run(*REPORTS, **DATES)
    harness.clock.sleep(timedelta(days=1, minutes=10).total_seconds())
    second = harness.run(*REPORTS, **DATES, api=OTHER[api], state=first.state)
    third = harness.run(*REPORTS, **DATES, state=second.state)
    assert not second.failures
    for stream in ("report_requests", "reports"):
        told = [
            {row["report_request_id"] for row in output.records(stream)}
            for output in (first, second, third)
        ]
        assert told[0]
        assert told[1]  # what Amazon made meanwhile by the schedule
        assert not told[2]
        assert told[0].isdisjoint(told[1])
    schedules = [output.records("report_schedules") for output in (first, second, third)]
    # MWS tells no marketplaces: to each service the other's schedule has ended.
    assert [len(each) for each in schedules] == [1, 2, 2]
