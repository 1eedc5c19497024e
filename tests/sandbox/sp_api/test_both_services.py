"""One account, two services: requests to one are visible in the other."""

from __future__ import annotations

import gzip

import pytest

from tap_mws_reports.sandbox.faults import Fault, FaultKind

ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
MWS_ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
SALES = "GET_SALES_AND_TRAFFIC_REPORT"
US = "ATVPDKIKX0DER"


@pytest.fixture
def both(open_seller, open_client):
    def make(*faults: Fault) -> tuple:
        seller, client = open_seller(*faults), open_client()
        client.amazon = seller.amazon
        return seller, client

    return make


def wait(seller, client, **intervals: float) -> None:
    seller.wait(**intervals)
    client.wait(**intervals)


def test_a_report_requested_by_mws_is_listed_and_delivered_by_sp_api(both) -> None:
    seller, client = both()
    request_id = seller.request(MWS_ORDERS)
    wait(seller, client, hours=1)
    report = client.report(request_id)
    assert (report["reportType"], report["processingStatus"]) == (ORDERS, "DONE")
    told = client.ask("getReportDocument", reportDocumentId=report["reportDocumentId"])
    assert told["compressionAlgorithm"] == "GZIP"
    body = gzip.decompress(client.fetch(told["url"]).body)
    report_id = str(seller.entry(request_id)["generated_report_id"])
    assert body == seller.call("GetReport", report_id=report_id).body


def test_a_report_requested_by_sp_api_is_listed_by_mws(both) -> None:
    seller, client = both()
    report_id = client.request(ORDERS)
    wait(seller, client, hours=1)
    entry = seller.entry(report_id)
    assert (entry["report_type"], entry["processing_status"]) == (MWS_ORDERS, "_DONE_")
    assert entry["scheduled"] is False


@pytest.mark.parametrize(
    ("kind", "by_mws", "by_sp_api"),
    [
        (FaultKind.NO_DATA, "_DONE_NO_DATA_", "CANCELLED"),
        (FaultKind.CANCELLED, "_CANCELLED_", "FATAL"),
        (FaultKind.STUCK, "_IN_PROGRESS_", "IN_PROGRESS"),
        (FaultKind.FATAL, "_DONE_", "FATAL"),
        (FaultKind.ERROR_SENTENCE, "_DONE_", "DONE"),
    ],
)
def test_each_service_has_its_own_statuses(both, kind, by_mws, by_sp_api) -> None:
    seller, client = both(Fault(kind, MWS_ORDERS))
    request_id = seller.request(MWS_ORDERS)
    wait(seller, client, hours=1)
    assert seller.entry(request_id)["processing_status"] == by_mws
    assert client.report(request_id)["processingStatus"] == by_sp_api


def test_schedules_have_the_period_names_of_each_service(both) -> None:
    seller, client = both()
    seller.ask("ManageReportSchedule", report_type=f"_{SALES}_", schedule="_72_HOURS_")
    (schedule,) = client.ask("getReportSchedules", reportTypes=[SALES])["reportSchedules"]
    assert (schedule["period"], schedule["marketplaceIds"]) == ("P3D", [US])
    values = {"reportType": SALES, "marketplaceIds": [US]}
    for period, words in [("P1M", ["_30_DAYS_"]), ("PT84H", []), ("P1D", ["_1_DAY_"])]:
        client.ask("createReportSchedule", **values, period=period)
        listed = seller.ask("GetReportScheduleList").items
        assert [each["schedule"] for each in listed] == words
    seller.ask("ManageReportSchedule", report_type=f"_{SALES}_", schedule="_NEVER_")
    assert client.ask("getReportSchedules", reportTypes=[SALES])["reportSchedules"] == []


def test_notifications_cover_requests_of_both_services(both) -> None:
    seller, client = both()
    queue = {"sqs": {"arn": "arn:aws:sqs:us-east-1:123456789012:reports"}}
    made = client.ask("createDestination", name="reports", resourceSpecification=queue)
    client.ask(
        "createSubscription",
        notificationType="REPORT_PROCESSING_FINISHED",
        payloadVersion="1.0",
        destinationId=made["payload"]["destinationId"],
    )
    seller.request(MWS_ORDERS)
    client.request(LISTINGS)
    wait(seller, client, hours=1)
    assert len(client.amazon.outgoing(client.now)) == 2
