"""A third-party client, `python-amazon-sp-api`, requests and downloads reports in the sandbox.

It is as its author published it and asks Amazon's hosts; only their address is another.
"""

from __future__ import annotations

import gzip
import json
from typing import Any

import httpx
import pytest
from sp_api.api import Notifications, Reports, Tokens
from sp_api.auth.exceptions import AuthorizationError
from sp_api.base import Marketplaces, SellingApiException

from tap_mws_reports.sandbox import notification_outbox
from tap_mws_reports.sandbox.notification_outbox import send_notification
from tap_mws_reports.sandbox.sandbox_sellers import APPLICATION, SELLERS
from tap_mws_reports.sandbox.server import HOST

LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
UNSHIPPED = "GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING"
SALES = "GET_SALES_AND_TRAFFIC_REPORT"
TYPE = "REPORT_PROCESSING_FINISHED"

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(autouse=True)
def amazon_is_here(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    handle_request = httpx.HTTPTransport.handle_request

    def send_here(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http", host=HOST, port=port)
        return handle_request(transport, request)

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", send_here)


def client(kind: type, **changes: Any) -> Any:
    usual = {
        "marketplace": Marketplaces.US,
        "credentials": {
            "lwa_app_id": APPLICATION.client_id,
            "lwa_client_secret": APPLICATION.client_secret,
        },
        "refresh_token": SELLERS["NA"].refresh_token,
    }
    return kind(**{**usual, **changes})


def made(reports: Reports, report_type: str, **values: Any) -> dict[str, Any]:
    requested = reports.create_report(reportType=report_type, **values).payload
    report: dict[str, Any] = reports.get_report(requested["reportId"]).payload
    assert report["processingStatus"] == "DONE"
    return report


def test_from_request_to_rows() -> None:
    reports = client(Reports)
    report = made(reports, LISTINGS)
    listed = reports.get_reports(reportTypes=[LISTINGS], processingStatuses=["DONE"]).payload
    assert [each["reportId"] for each in listed["reports"]] == [report["reportId"]]
    fetched = reports.get_report_document(report["reportDocumentId"], download=True).payload
    assert "compressionAlgorithm" not in fetched
    assert fetched["document"].lstrip("\ufeff").startswith("item-name\t")


def test_a_compressed_document() -> None:
    reports = client(Reports)
    interval = {"dataStartTime": "2020-05-01T00:00:00", "dataEndTime": "2020-05-25T00:00:00"}
    document_id = made(reports, ORDERS, **interval)["reportDocumentId"]
    fetched = reports.get_report_document(document_id, download=True).payload
    assert fetched["compressionAlgorithm"] == "GZIP"
    assert fetched["document"].startswith("amazon-order-id\t")
    raw = httpx.get(fetched["url"]).content
    assert gzip.decompress(raw).startswith(b"amazon-order-id\t")


def test_pages_are_followed() -> None:
    reports = client(Reports)
    interval = {"dataStartTime": "2020-05-01T00:00:00Z", "dataEndTime": "2020-05-09T00:00:00Z"}
    for _ in range(3):
        made(reports, ORDERS, **interval)
    first = reports.get_reports(reportTypes=[ORDERS], pageSize=2)
    second = reports.get_reports(nextToken=first.next_token)
    ids = [each["reportId"] for page in (first, second) for each in page.payload["reports"]]
    assert len(set(ids)) == 3


def test_personal_data_needs_a_token_of_its_own() -> None:
    document_id = made(client(Reports), UNSHIPPED)["reportDocumentId"]
    with pytest.raises(SellingApiException, match="denied"):
        client(Reports).get_report_document(document_id)
    resource = {"method": "GET", "path": f"/reports/2021-06-30/documents/{document_id}"}
    answer = client(Tokens).create_restricted_data_token(restrictedResources=[resource]).payload
    reports = client(Reports, restricted_data_token=answer["restrictedDataToken"])
    fetched = reports.get_report_document(document_id, download=True).payload
    assert fetched["document"].startswith("order-id\t")


def test_schedules_are_created_and_cancelled() -> None:
    reports = client(Reports)
    schedule = {"reportType": SALES, "period": "P1D"}
    schedule_id = reports.create_report_schedule(**schedule).payload["reportScheduleId"]
    assert reports.get_report_schedule(schedule_id).payload["period"] == "P1D"
    listed = reports.get_report_schedules(reportTypes=[SALES]).payload["reportSchedules"]
    assert [each["reportScheduleId"] for each in listed] == [schedule_id]
    reports.cancel_report_schedule(schedule_id)
    with pytest.raises(SellingApiException, match="could not be found"):
        reports.get_report_schedule(schedule_id)


def test_a_subscribed_queue_gets_notifications(
    queue_url: str, sqs: Any, sqs_address: str, monkeypatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", sqs_address)
    monkeypatch.setattr(notification_outbox, "send_notification", send_notification)
    attributes = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
    notifications = client(Notifications)
    arn = attributes["Attributes"]["QueueArn"]
    destination = notifications.create_destination(name="reports", arn=arn).payload
    notifications.create_subscription(TYPE, destination_id=destination["destinationId"])
    assert notifications.get_subscription(TYPE).payload["payloadVersion"] == "1.0"
    report = made(client(Reports), LISTINGS)
    (message,) = sqs.receive_message(QueueUrl=queue_url, WaitTimeSeconds=20)["Messages"]
    told = json.loads(message["Body"])["payload"]["reportProcessingFinishedNotification"]
    assert told["reportDocumentId"] == report["reportDocumentId"]


def test_the_client_gets_the_reason_of_an_error() -> None:
    with pytest.raises(SellingApiException, match="Request for report type 1118 is not allowed"):
        client(Reports).create_report(reportType="GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2")
    with pytest.raises(SellingApiException, match="denied"):
        client(Reports, marketplace=Marketplaces.DE).get_reports(reportTypes=[LISTINGS])
    with pytest.raises(AuthorizationError, match="invalid grant parameter"):
        client(Reports, refresh_token="Atzr|other").get_reports(reportTypes=[LISTINGS])
