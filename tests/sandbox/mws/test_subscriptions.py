from __future__ import annotations

import pytest
from lxml import etree

from tap_mws_reports.api.interface import ProcessingStatus
from tap_mws_reports.api.mws import subscription_operations
from tap_mws_reports.api.report_notifications import parse_notification
from tap_mws_reports.sandbox.faults import Fault, FaultKind
from tap_mws_reports.sandbox.mws import subscriptions

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
QUEUE = "https://sqs.eu-west-1.amazonaws.com/123456789012/reports"
DE, UK, US = "A1PA6795UKMFR9", "A1F83G8C2ARO7P", "ATVPDKIKX0DER"
TYPE = {"notification_type": "ReportProcessingFinished"}


def destination(marketplace_id: str = US, queue_url: str = QUEUE, **changes: str) -> dict:
    usual = {
        "marketplace_id": marketplace_id,
        "delivery_channel": "SQS",
        "attribute_key": "sqsQueueUrl",
        "attribute_value": queue_url,
    }
    return {**usual, **changes}


def subscribe(seller, *marketplace_ids: str, is_enabled: bool = True) -> None:
    for each in marketplace_ids:
        here = destination(each)
        seller.ask("RegisterDestination", **here)
        seller.ask("CreateSubscription", **here, **TYPE, is_enabled=is_enabled)


def notices(seller) -> list:
    letters = seller.amazon.outgoing(seller.now)
    assert {letter.queue_url for letter in letters} <= {QUEUE}
    return [parse_notification(letter.body) for letter in letters]


def test_every_operation_of_the_table_is_served() -> None:
    assert subscriptions.OPERATIONS.keys() == subscription_operations.OPERATIONS.keys()


def test_a_finished_request_is_sent_once(seller) -> None:
    subscribe(seller, US)
    request_id = seller.request(ORDERS)
    assert notices(seller) == []
    seller.wait(hours=1)
    (notice,) = notices(seller)
    assert notices(seller) == []
    assert notice.report_request_id == request_id
    assert notice.report_id == seller.entry(request_id)["generated_report_id"]
    assert notice.processing_status is ProcessingStatus.DONE
    assert notice.seller_id == seller.credentials.seller_id


def test_a_notification_waits_for_delivery_during_calls(seller) -> None:
    subscribe(seller, US)
    seller.request(ORDERS)
    seller.wait(hours=1)
    seller.ask("GetReportCount")
    assert len(notices(seller)) == 1


def test_notifications_without_data_or_of_a_cancelled_request_have_no_report(open_seller) -> None:
    seller = open_seller(Fault(FaultKind.CANCELLED, ORDERS))
    subscribe(seller, US)
    seller.request(ORDERS)
    seller.wait(hours=1)
    seller.request(ORDERS, days=0.0005)
    seller.wait(hours=1)
    told = [(each.processing_status, each.report_id) for each in notices(seller)]
    assert told == [(ProcessingStatus.CANCELLED, None), (ProcessingStatus.DONE_NO_DATA, None)]


def test_a_request_that_its_seller_cancels_is_notified(seller) -> None:
    subscribe(seller, US)
    request_id = seller.request(ORDERS)
    seller.ask("CancelReportRequests", report_request_ids=[request_id])
    (notice,) = notices(seller)
    assert notice.processing_status is ProcessingStatus.CANCELLED


def test_each_subscribed_marketplace_of_a_request_is_notified(open_seller) -> None:
    seller = open_seller(region="EU")
    subscribe(seller, DE, UK)
    for ids in [(DE, UK), (UK,)]:
        seller.ask("RequestReport", report_type=ORDERS, marketplace_ids=ids)
    seller.wait(hours=2)
    told = notices(seller)
    assert len(told) == 3
    assert len({each.unique_id for each in told}) == 3


def test_generated_reports_are_not_notified(seller) -> None:
    subscribe(seller, US)
    seller.ask("ManageReportSchedule", report_type=ORDERS, schedule="_1_DAY_")
    seller.wait(days=20)  # long enough for schedules and settlements
    assert notices(seller) == []
    assert seller.ask("GetReportCount").count > 20


def test_reports_that_ended_outside_the_subscription_are_not_notified(seller) -> None:
    seller.request(ORDERS)
    seller.wait(hours=1)
    subscribe(seller, US)
    assert notices(seller) == []
    seller.ask("DeleteSubscription", **destination(), **TYPE)
    seller.request(ORDERS, days=3)
    seller.wait(hours=1)
    assert notices(seller) == []


def test_a_subscription_can_be_disabled(seller) -> None:
    subscribe(seller, US, is_enabled=False)
    seller.request(ORDERS)
    seller.wait(hours=1)
    assert notices(seller) == []


def test_a_test_notification_is_sent_and_concerns_no_report(seller) -> None:
    seller.ask("RegisterDestination", **destination())
    seller.ask("SendTestNotificationToDestination", **destination())
    (letter,) = seller.amazon.outgoing(seller.now)
    assert parse_notification(letter.body) is None
    root = etree.fromstring(letter.body.encode())
    assert root.findtext("NotificationMetaData/NotificationType") == "Test"
    assert root.find("NotificationPayload/TestNotification") is not None


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("RegisterDestination", destination(DE)),
        ("RegisterDestination", destination(queue_url="reports")),
        ("RegisterDestination", destination(queue_url=f"{QUEUE}.fifo")),
        ("RegisterDestination", destination(delivery_channel="EMAIL")),
        ("RegisterDestination", destination(attribute_key="url")),
        ("DeregisterDestination", destination()),
        ("SendTestNotificationToDestination", destination()),
        ("CreateSubscription", {**destination(), **TYPE, "is_enabled": True}),
        ("DeleteSubscription", {**destination(), **TYPE}),
    ],
)
def test_invalid_calls_are_refused(seller, name, values) -> None:
    assert seller.refused(name, **values) == (400, "InvalidParameterValue")


def test_duplicates_are_refused(seller) -> None:
    subscribe(seller, US)
    create = {**destination(), **TYPE, "is_enabled": True}
    for name, values in [
        ("RegisterDestination", destination()),
        ("CreateSubscription", create),
        ("CreateSubscription", {**create, "notification_type": "AnyOfferChanged"}),
        ("DeregisterDestination", destination()),
    ]:
        assert seller.refused(name, **values) == (400, "InvalidParameterValue")
    seller.ask("DeleteSubscription", **destination(), **TYPE)
    assert seller.refused("DeleteSubscription", **destination(), **TYPE)[0] == 400
    seller.ask("DeregisterDestination", **destination())


def test_the_quota_is_that_of_the_section(seller) -> None:
    for _ in range(25):
        seller.refused("DeregisterDestination", **destination())
    throttled = seller.call("DeregisterDestination", **destination())
    assert throttled.status == 503
    assert b"https://mws.amazonservices.com/Subscriptions/2013-07-01" in throttled.body
    seller.wait(seconds=0.5)
    refused = seller.call("DeregisterDestination", **destination())
    assert refused.status == 400
    assert b"http://mws.amazonservices.com/schema/Subscriptions/2013-07-01" in refused.body


@pytest.mark.parametrize(
    ("path", "version", "code"),
    [
        ("/Subscriptions/2013-07-01", "2009-01-01", "InvalidAddress"),
        ("/Subscriptions/2009-01-01", "2013-07-01", "InvalidAddress"),
        ("/Reports/2009-01-01", "2009-01-01", "InvalidAction"),
        ("/", "2013-07-01", "200"),
    ],
)
def test_each_section_has_its_path(seller, path, version, code) -> None:
    name = "RegisterDestination"
    params = {
        "Action": name,
        "Version": version,
        "MarketplaceId": US,
        "Destination.DeliveryChannel": "SQS",
        "Destination.AttributeList.member.1.Key": "sqsQueueUrl",
        "Destination.AttributeList.member.1.Value": QUEUE,
    }
    answer = seller.send(params, path=path)
    assert code in f"{answer.status} {answer.body.decode()}"
