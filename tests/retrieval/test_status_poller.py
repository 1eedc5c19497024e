"""What each status of a report request leads to, between a real service and the sandbox."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tap_mws_reports.api.interface import ProcessingStatus, ReportRequest
from tap_mws_reports.retrieval.policy import RetrievalPolicy
from tap_mws_reports.retrieval.report_job import JobStatus
from tap_mws_reports.retrieval.scheduling.latency import Latencies
from tap_mws_reports.retrieval.seller_jobs import SellerJobs
from tap_mws_reports.retrieval.status_poller import StatusPoller
from tap_mws_reports.retrieval.steps import run_step
from tap_mws_reports.sandbox.account import SandboxAccount
from tap_mws_reports.sandbox.account_entries import RequestEntry
from tap_mws_reports.sandbox.faults import Fault, FaultKind
from tap_mws_reports.sandbox.http import Response
from tap_mws_reports.sandbox.sandbox_config import account_settings

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
RETURNS = "_GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA_"
LISTINGS = "_GET_MERCHANT_LISTINGS_ALL_DATA_"
GERMANY, FRANCE = "A1PA6795UKMFR9", "A13V1IB3VIYZZH"
STREAM = {
    ORDERS: "flat_file_all_orders_data_by_last_update",
    RETURNS: "fba_fulfillment_customer_returns_data",
}
DATES = {"start_date": "2020-04-01T00:00:00Z", "end_date": "2020-05-01T00:00:00Z"}
HOUR = timedelta(hours=1)


@pytest.fixture
def stuck(make_harness):
    """A harness on which a report did not come within an hour, and the run that waited."""

    def wait(report_type: str = ORDERS) -> tuple[Any, Any]:
        harness = make_harness(Fault(FaultKind.STUCK, report_type), pace="steady")
        output = harness.run(report_type, **DATES, max_wait=60)
        return harness, output

    return wait


def account(harness) -> SandboxAccount:
    return harness.amazon.accounts["NA"]


def requests(harness, report_type: str, region: str = "NA") -> list[RequestEntry]:
    entries = harness.amazon.accounts[region].requests.values()
    return [entry for entry in entries if entry.spec.report_type == report_type]


def partition(output, report_type: str) -> dict[str, Any]:
    return output.bookmark(STREAM[report_type])["partitions"][0]


class OneByOne:
    """A service that shows one report request in a poll."""

    ids_per_poll = 1
    notifications_have_report_ids = False
    lists_have_marketplaces = False

    def __init__(self) -> None:
        self.polls: list[list[str]] = []

    def report_requests(self, *, ids: list[str]) -> list[ReportRequest]:
        self.polls.append(ids)
        done, now = ProcessingStatus.DONE, datetime(2026, 3, 1, 12, tzinfo=UTC)
        return [
            ReportRequest(
                each,
                ORDERS,
                None,
                None,
                scheduled=False,
                submitted_date=now,
                processing_status=done,
                generated_report_id="9",
            )
            for each in ids
        ]


def test_a_poll_serves_all_jobs_of_its_request(make_work, now) -> None:
    """Streams that share a document have it together, or the first to read it removes it."""
    first, other_job, other = jobs = [make_work(submitted=60) for _ in range(3)]
    other_job.stream = "twin"
    other.report_request_id = "2"
    service = OneByOne()
    seller = SellerJobs(service, jobs, Latencies(), RetrievalPolicy(), lambda _event: None)
    poller = StatusPoller(seller)
    run_step(poller.poll([first], now))
    assert service.polls == [["1"]]
    assert [each.phase for each in jobs] == [JobStatus.READY, JobStatus.READY, JobStatus.OPEN]
    assert first.report_id == other_job.report_id == "9"


def test_a_late_report_is_a_failed_window_that_keeps_its_request(stuck) -> None:
    harness, output = stuck()
    (request,) = requests(harness, ORDERS)
    (failed_window,) = partition(output, ORDERS)["failed_windows"]
    assert failed_window["report_request_id"] == request.request_id
    assert "still IN_PROGRESS after 1:00:00" in failed_window["reason"]
    assert len(output.failures) == 1
    assert harness.clock.now() - request.submitted < timedelta(minutes=75)


def test_the_next_run_reads_reports_that_were_completed_since(stuck) -> None:
    harness, first = stuck()
    (request,) = requests(harness, ORDERS)
    request.ends = harness.clock.now() + HOUR
    harness.clock.sleep(2 * HOUR.total_seconds())
    again = harness.run(ORDERS, **DATES, state=first.state)
    assert not again.failures
    assert len(requests(harness, ORDERS)) == 1
    assert {row["_report_id"] for row in again.records(STREAM[ORDERS])} == {
        harness.report_id(request)
    }
    assert not partition(again, ORDERS).get("failed_windows")


@pytest.mark.parametrize("report_type", [ORDERS, RETURNS])
def test_the_next_run_repeats_requests_that_are_still_open(stuck, report_type) -> None:
    harness, first = stuck(report_type)
    again = harness.run(report_type, **DATES, state=first.state)
    assert not again.failures
    assert len(requests(harness, report_type)) == 2
    assert not partition(again, report_type).get("failed_windows")


@pytest.mark.parametrize("report_type", [ORDERS, RETURNS])
def test_a_state_older_than_the_second_request_makes_no_third_one(stuck, report_type) -> None:
    harness, first = stuck(report_type)
    harness.run(report_type, **DATES, state=first.state)
    again = harness.run(report_type, **DATES, state=first.state)
    assert not again.failures
    assert len(requests(harness, report_type)) == 2
    assert again.records(STREAM[report_type])


def test_a_request_too_soon_after_another_waits_out_the_cooldown(make_harness) -> None:
    harness = make_harness(Fault(FaultKind.CANCELLED, RETURNS), pace="steady")
    output = harness.run(RETURNS, **DATES)
    assert not output.failures
    first, second = requests(harness, RETURNS)
    assert second.submitted - first.submitted >= 4 * HOUR
    assert {row["_report_id"] for row in output.records(STREAM[RETURNS])} == {
        harness.report_id(second)
    }


@pytest.mark.parametrize(("retries", "requested"), [(0, 1), (1, 2), (3, 4)])
def test_a_cancelled_report_is_requested_as_often_as_configured(
    make_harness, retries, requested
) -> None:
    harness = make_harness(Fault(FaultKind.CANCELLED, ORDERS, times=9), pace="steady")
    output = harness.run(ORDERS, **DATES, retries=retries)
    assert len(requests(harness, ORDERS)) == requested
    (failed_window,) = partition(output, ORDERS)["failed_windows"]
    assert "without a reason" in failed_window["reason"]
    assert "submitted" not in failed_window  # nothing will come of it


def test_a_request_cancelled_as_a_duplicate_adopts_the_other(make_harness) -> None:
    harness = make_harness(pace="steady")
    handle = harness.amazon.handle

    def beside(request, now) -> Response:
        response = handle(request, now)
        if harness.amazon.word(request) == "request":
            (ours,) = requests(harness, RETURNS)
            account(harness).add_mws_request(ours.spec, now)  # for which Amazon cancels ours
        return response

    harness.amazon.handle = beside
    output = harness.run(RETURNS, **DATES)
    assert not output.failures
    ours, theirs = requests(harness, RETURNS)
    assert ours.outcome == "_CANCELLED_"
    assert {row["_report_id"] for row in output.records(STREAM[RETURNS])} == {
        harness.report_id(theirs)
    }


def test_a_request_unknown_to_amazon_is_repeated(make_harness) -> None:
    harness = make_harness(pace="steady")
    with pytest.raises(KeyboardInterrupt):
        stopped_at_download(harness)
    states = [each["value"] for each in harness.written if each["type"] == "STATE"]
    account(harness).requests.clear()
    output = harness.run(ORDERS, **DATES, state=states[-1])
    assert not output.failures
    assert output.records(STREAM[ORDERS])
    assert len(requests(harness, ORDERS)) == 1


def stopped_at_download(harness) -> None:
    handle = harness.amazon.handle

    def dying(request, now) -> Response:
        if harness.amazon.word(request) == "download":
            raise KeyboardInterrupt
        return handle(request, now)

    harness.amazon.handle = dying
    try:
        harness.run(ORDERS, **DATES)
    finally:
        harness.amazon.handle = handle


def test_the_report_of_another_marketplace_is_another_report(make_harness) -> None:
    """A list does not tell marketplaces: what polls like the same report may be another one."""
    harness = make_harness(pace="steady")
    german = {**account_settings("EU", harness.api), "marketplace_ids": [GERMANY]}
    first = harness.run(LISTINGS, **german)
    harness.strike(Fault(FaultKind.CANCELLED, LISTINGS))
    both = {**german, "marketplace_ids": [GERMANY, FRANCE]}
    output = harness.run(LISTINGS, **both, state=first.state)
    assert not output.failures
    entries = requests(harness, LISTINGS, "EU")
    requested = [each.spec.marketplace_ids for each in entries]
    assert requested == [(GERMANY,), (FRANCE,), (FRANCE,)]
    rows = output.records("merchant_listings_all_data")
    assert {row["_report_id"] for row in rows} == {harness.report_id(entries[2])}
