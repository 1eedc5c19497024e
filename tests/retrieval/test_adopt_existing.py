"""Reports that Amazon already has are not requested again."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from tap_mws_reports.api.interface import Report
from tap_mws_reports.retrieval.adoption import list_generated
from tap_mws_reports.retrieval.planning.job_planner import PartitionRequest
from tap_mws_reports.retrieval.planning.windows import WindowRule
from tap_mws_reports.retrieval.state.bookmarks import Bookmark
from tap_mws_reports.sandbox.account_entries import RequestEntry, SandboxReportSpec
from tap_mws_reports.sandbox.faults import Fault, FaultKind
from tap_mws_reports.sandbox.sandbox_config import account_settings
from tap_mws_reports.streams.message_writer import Interrupted

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
INVENTORY = "_GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA_"
STREAM = "fba_myi_unsuppressed_inventory_data"
ORDERS_STREAM = "flat_file_all_orders_data_by_last_update"
SETTLEMENT = "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_"
SETTLEMENT_STREAM = "v2_settlement_report_data_flat_file_v2"


def requests(harness) -> list[RequestEntry]:
    entries = harness.amazon.accounts["NA"].requests.values()
    return [entry for entry in entries if entry.spec.report_type == INVENTORY]


@pytest.fixture
def asked_by_somebody(make_harness):
    """A harness on which another program has asked for the inventory so many minutes ago."""

    def ask(minutes: float) -> Any:
        harness = make_harness(pace="steady")
        now = harness.clock.now()
        account = harness.amazon.accounts["NA"]
        home = tuple(account.seller_data)[:1]
        account.add_mws_request(SandboxReportSpec(INVENTORY, now, now, home), now)
        harness.clock.sleep(60 * minutes)
        return harness

    return ask


@pytest.mark.parametrize(("minutes", "own"), [(1, 0), (34, 0), (36, 1)])
def test_a_snapshot_finished_within_the_cooldown_is_adopted_from_any_requester(
    asked_by_somebody, minutes, own
) -> None:
    harness = asked_by_somebody(minutes)
    output = harness.run(INVENTORY)
    assert not output.failures
    assert len(requests(harness)) == 1 + own
    taken = requests(harness)[-1]
    assert {row["_report_id"] for row in output.records(STREAM)} == {harness.report_id(taken)}


def test_the_next_run_requests_a_snapshot_once_the_last_is_old(harness) -> None:
    first = harness.run(INVENTORY)
    harness.clock.sleep(timedelta(minutes=31).total_seconds())
    harness.run(INVENTORY, state=first.state)
    assert len(requests(harness)) == 2


def test_an_immediate_second_run_requests_nothing(harness) -> None:
    first = harness.run(INVENTORY)
    harness.run(INVENTORY, state=first.state)
    assert len(requests(harness)) == 1


def test_reports_of_fewer_marketplaces_are_not_adopted(make_harness) -> None:
    """The list does not tell marketplaces, but the state tells that there were others."""
    harness = make_harness(pace="steady")
    german = {**account_settings("EU", harness.api), "marketplace_ids": ["A1PA6795UKMFR9"]}
    both = {**german, "marketplace_ids": ["A1PA6795UKMFR9", "A13V1IB3VIYZZH"]}
    first = harness.run(ORDERS, **german)
    second = harness.run(ORDERS, **both, state=first.state)
    assert not second.failures
    entries = harness.amazon.accounts["EU"].requests.values()
    requested = Counter(
        len(entry.spec.marketplace_ids) for entry in entries if entry.spec.report_type == ORDERS
    )
    assert requested[2] == requested[1] > 0


def test_a_request_on_a_later_page_of_the_list_is_adopted(make_harness) -> None:
    harness = make_harness(pace="steady")
    dates = {"start_date": "2020-05-01T00:00:00Z", "end_date": "2020-05-08T00:00:00Z"}
    first = harness.run(ORDERS, **dates)
    account, now = harness.amazon.accounts["NA"], harness.clock.now()
    home = tuple(account.seller_data)[:1]
    for number in range(150):
        start = now - timedelta(days=200 + number)
        account.add_mws_request(
            SandboxReportSpec(ORDERS, start, start + timedelta(hours=1), home), now
        )
    harness.clock.sleep(600)
    requested = len(account.requests)
    again = harness.run(ORDERS, **dates)
    assert harness.amazon.calls.count("page") >= 1
    assert len(account.requests) == requested
    assert sorted(again.keys(ORDERS_STREAM)) == sorted(first.keys(ORDERS_STREAM))


def test_generated_documents_are_read_once_each(make_harness) -> None:
    harness = make_harness(pace="steady")
    read: list[str] = []
    state = None
    for _ in range(4):
        output = harness.run(SETTLEMENT, state=state)
        assert not output.failures
        read += {row["_report_id"] for row in output.records(SETTLEMENT_STREAM)}
        state = output.state
        harness.clock.sleep(timedelta(days=9).total_seconds())
    assert "request" not in harness.amazon.calls
    entries = harness.amazon.accounts["NA"].requests.values()
    made = [harness.report_id(each) for each in entries if each.report]
    assert len(read) == len(set(read)) >= 5
    assert set(read) <= set(made)


class Listed:
    """A service that lists one settlement under the ids it is given."""

    def __init__(self, report_id: str, request_id: str | None, available: datetime) -> None:
        self._report = Report(report_id, "_GET_SETTLEMENT_", request_id, available)

    def reports(self, **_: object) -> list[Report]:
        return [self._report]


@pytest.mark.parametrize(
    ("before", "after", "again"),
    [
        (("2117", "500"), ("500", "500"), False),  # MWS, then SP-API
        (("500", "500"), ("2117", "500"), False),  # and back
        (("2117", "500"), ("2118", "501"), True),
        (("2117", "n/a"), ("2118", "n/a"), True),  # words are not ids
        (("2117", "0"), ("2118", "0"), True),
        (("2117", None), ("2118", None), True),
    ],
)
def test_items_listed_by_one_service_are_not_new_by_the_other(now, before, after, *, again) -> None:
    bookmark, rule = Bookmark({}), WindowRule(timedelta(days=30))
    partition_request = PartitionRequest(
        *("settlements", "A2SELLER", "_GET_SETTLEMENT_", "generated", rule),
        *(now - timedelta(days=30), None, (), (), bookmark),
    )
    [job] = list_generated([partition_request], Listed(*before, now), now)
    job.finish()
    assert bool(list(list_generated([partition_request], Listed(*after, now), now))) == again


@pytest.mark.parametrize(("refusals", "requested"), [(1, 1), (2, 2)])
def test_a_report_is_requested_again_if_its_document_is_refused_twice(
    make_harness, refusals: int, requested: int
) -> None:
    harness = make_harness(pace="steady")
    handle = harness.amazon.handle

    def stopping(request: Any, now: datetime) -> Any:
        if harness.amazon.word(request) == "download":
            raise Interrupted
        return handle(request, now)

    harness.amazon.handle = stopping
    with pytest.raises(Interrupted):
        harness.run(INVENTORY)
    harness.amazon.handle = handle
    states = [each["value"] for each in harness.written if each["type"] == "STATE"]
    harness.clock.sleep(timedelta(hours=2).total_seconds())
    harness.strike(Fault(FaultKind.HTTP_400, "download", times=refusals))
    output = harness.run(INVENTORY, state=states[-1])
    assert not output.failures
    assert output.records(STREAM)
    assert len(requests(harness)) == requested
