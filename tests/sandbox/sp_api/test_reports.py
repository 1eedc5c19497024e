from __future__ import annotations

from datetime import timedelta

import pytest

from tap_mws_reports.sandbox.faults import Fault, FaultKind

ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
SETTLEMENT = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"
SHIPMENTS_TAX = "GET_AMAZON_FULFILLED_SHIPMENTS_DATA_TAX"
US = "ATVPDKIKX0DER"


def test_a_report_passes_from_queue_to_done(client) -> None:
    report_id = client.request(ORDERS)
    assert report_id.endswith("018425")
    report = client.report(report_id)
    assert report == {
        "reportId": report_id,
        "reportType": ORDERS,
        "marketplaceIds": [US],
        "processingStatus": "IN_QUEUE",
        "dataStartTime": "2020-06-05T09:29:10+00:00",
        "dataEndTime": "2020-06-12T09:29:10+00:00",
        "createdTime": "2020-06-12T09:29:10+00:00",
    }
    seen = []
    while report["processingStatus"] != "DONE":
        seen.append((report["processingStatus"], "processingStartTime" in report))
        client.wait(seconds=30)
        report = client.report(report_id)
    assert set(seen) == {("IN_QUEUE", False), ("IN_PROGRESS", True)}
    assert report["processingEndTime"] > report["processingStartTime"]
    assert report["reportDocumentId"].startswith("amzn1.spdoc.1.4.na.")


def test_missing_dates_are_now_and_offsets_are_applied(client) -> None:
    left_out = client.ask("createReport", reportType=LISTINGS, marketplaceIds=[US])
    report = client.report(left_out["reportId"])
    assert report["dataStartTime"] == report["dataEndTime"] == report["createdTime"]
    report_id = client.request(ORDERS, dataStartTime="2020-06-01T17:00:00-07:00")
    assert client.report(report_id)["dataStartTime"] == "2020-06-02T00:00:00+00:00"


def test_a_report_without_data_is_cancelled_without_a_document(client) -> None:
    report = client.made(ORDERS, days=0)
    assert report["processingStatus"] == "CANCELLED"
    assert "reportDocumentId" not in report
    assert report["processingEndTime"] >= report["processingStartTime"]


def test_a_type_without_sample_data_has_no_data(client) -> None:
    assert client.made("GET_FBA_INVENTORY_PLANNING_DATA")["processingStatus"] == "CANCELLED"


def test_dates_of_the_first_years_are_answered_quickly(client) -> None:
    report_id = client.request("GET_FBA_REIMBURSEMENTS_DATA", dataStartTime="0001-01-02T00:00:00Z")
    client.wait(hours=1)
    assert client.report(report_id)["processingStatus"] == "DONE"


@pytest.mark.parametrize(
    ("values", "message", "details"),
    [
        ({"reportType": "GET_NOTHING"}, "Invalid Report Type GET_NOTHING", ""),
        ({"reportType": "no name"}, "Invalid Report Type no name", ""),
        (
            {"reportType": "_GET_MERCHANT_LISTINGS_ALL_DATA_"},
            "Invalid Report Type _GET_MERCHANT_LISTINGS_ALL_DATA_",
            "",
        ),
        (
            {"reportType": SETTLEMENT},
            "Request for report type 1118 is not allowed at this time",
            "",
        ),
        (
            {"marketplaceIds": ["A1PA6795UKMFR9"]},
            "Invalid input",
            "marketplaceIds: A1PA6795UKMFR9 is not one of this seller here",
        ),
        ({"dataEndTime": "2020-06-12T09:29:11Z"}, "dataEndTime is in the future", ""),
        ({"dataEndTime": "2020-06-01T00:00:00Z"}, "dataStartTime is after dataEndTime", ""),
    ],
)
def test_invalid_requests_are_refused(client, values, message, details) -> None:
    usual = {"reportType": ORDERS, "marketplaceIds": [US], "dataStartTime": "2020-06-11T00:00:00Z"}
    refused = client.refused("createReport", **{**usual, **values})
    assert refused == (400, "InvalidInput", message, details)


def test_a_withdrawn_type_is_throttled(client) -> None:
    client.wait(days=365 * 6)
    values = {"reportType": "GET_FBA_SNS_FORECAST_DATA", "marketplaceIds": [US]}
    assert client.refused("createReport", **values)[:2] == (429, "QuotaExceeded")


def test_a_type_without_its_role_cannot_be_requested_or_listed(open_client) -> None:
    fault = Fault(FaultKind.ROLE_MISSING, "_GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_", times=2)
    client = open_client(fault)
    name = "GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING"
    forbidden = (403, "Unauthorized", "Access to the resource is forbidden", "")
    values = {"reportType": name, "marketplaceIds": [US]}
    assert client.refused("createReport", **values) == forbidden
    assert client.refused("getReports", reportTypes=[LISTINGS, name]) == forbidden


def test_a_type_can_have_its_own_quota(open_client) -> None:
    client = open_client(Fault(FaultKind.THROTTLE, "_GET_MERCHANT_LISTINGS_ALL_DATA_"))
    values = {"reportType": LISTINGS, "marketplaceIds": [US]}
    assert client.refused("createReport", **values)[:2] == (429, "QuotaExceeded")
    client.ask("createReport", **values)


def test_a_report_is_cancelled_while_it_waits_and_not_later(client) -> None:
    early, late = client.request(ORDERS), client.request(LISTINGS)
    client.ask("cancelReport", reportId=early)
    report = client.report(early)
    assert report["processingStatus"] == "CANCELLED"
    assert "processingStartTime" not in report
    client.wait(hours=1)
    assert client.refused("cancelReport", reportId=late)[:2] == (400, "InvalidInput")
    assert client.report(late)["processingStatus"] == "DONE"


@pytest.mark.parametrize("name", ["getReport", "cancelReport"])
def test_an_unknown_report_is_not_found(client, name) -> None:
    words = "One or more of the provided ReportRequestIds could not be found."
    assert client.refused(name, reportId="123") == (404, "NotFound", words, "")


def test_a_failed_report_has_an_explanation(open_client) -> None:
    client = open_client(Fault(FaultKind.FATAL, "_GET_MERCHANT_LISTINGS_ALL_DATA_"))
    report = client.made(LISTINGS)
    assert report["processingStatus"] == "FATAL"
    told = client.ask("getReportDocument", reportDocumentId=report["reportDocumentId"])
    assert b'"errorDetails"' in client.fetch(told["url"]).body
    client.wait(hours=1)
    assert client.made(LISTINGS)["processingStatus"] == "DONE"


def listed(client, **values: object) -> list[str]:
    return [each["reportId"] for each in client.ask("getReports", **values)["reports"]]


def test_lists_are_filtered_newest_first(client) -> None:
    first = client.request(ORDERS)
    client.wait(hours=1)
    second, third = client.request(ORDERS, days=3), client.request(LISTINGS)
    hour_ago = (client.now - timedelta(minutes=30)).isoformat()
    orders = {"reportTypes": [ORDERS]}
    assert listed(client, **orders) == [second, first]
    assert listed(client, reportTypes=[LISTINGS, ORDERS]) == [third, second, first]
    assert listed(client, **orders, processingStatuses=["DONE", "FATAL"]) == [first]
    assert listed(client, **orders, createdSince=hour_ago) == [second]
    assert listed(client, **orders, createdUntil=hour_ago) == [first]
    assert listed(client, **orders, marketplaceIds=["A1PA6795UKMFR9"]) == []
    assert listed(client, **orders, marketplaceIds=["A1PA6795UKMFR9", US]) == [second, first]


def test_a_page_token_must_be_the_only_parameter(client) -> None:
    made = [client.request(ORDERS, days=days) for days in (1, 2, 3, 4, 5)][::-1]
    since = (client.now - timedelta(days=1)).isoformat()
    answer = client.ask("getReports", reportTypes=[ORDERS], pageSize="2", createdSince=since)
    pages = [answer["reports"]]
    while "nextToken" in answer:
        token = answer["nextToken"]
        answer = client.ask("getReports", nextToken=token)
        pages.append(answer["reports"])
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [each["reportId"] for page in pages for each in page] == made
    refused = client.refused("getReports", nextToken=token, reportTypes=[ORDERS], pageSize="2")
    words = "NextToken cannot be specified with other input parameters"
    assert refused == (400, "InvalidInput", words, "pageSize;reportTypes;")


def test_a_token_that_was_not_percent_encoded_is_refused(client) -> None:
    for days in (1, 2):
        client.request(ORDERS, days=days)
    answer = client.ask("getReports", reportTypes=[ORDERS], pageSize="1")
    for spoilt in (answer["nextToken"][1:], answer["nextToken"] + " ", "é"):
        assert client.refused("getReports", nextToken=spoilt)[:2] == (400, "InvalidInput")


def test_a_list_without_types_is_refused(client) -> None:
    words = "One or more required parameters missing"
    assert client.refused("getReports") == (400, "InvalidInput", words, "reportTypes;")


def test_settlements_exist_without_a_request(client) -> None:
    reports = client.ask("getReports", reportTypes=[SETTLEMENT], pageSize="100")["reports"]
    assert len(reports) >= 5
    assert {each["processingStatus"] for each in reports} == {"DONE"}


def test_reports_older_than_ninety_days_are_gone(client) -> None:
    report = client.made(ORDERS)
    client.wait(days=91)
    assert client.refused("getReport", reportId=report["reportId"])[0] == 404
    document_id = report["reportDocumentId"]
    refused = client.refused("getReportDocument", reportDocumentId=document_id)
    assert refused == (400, "InvalidInput", "Invalid reportDocumentId", "")


def test_one_type_has_several_names(client) -> None:
    report = client.report(client.request(SHIPMENTS_TAX))
    assert report["reportType"] == SHIPMENTS_TAX
    assert listed(client, reportTypes=[SHIPMENTS_TAX]) == [report["reportId"]]
    assert listed(client, reportTypes=["GET_AMAZON_FULFILLED_SHIPMENTS_DATA_GENERAL"]) == []
