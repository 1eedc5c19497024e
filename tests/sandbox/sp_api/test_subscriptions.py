from __future__ import annotations

import json

import pytest

from tap_mws_reports.api.interface import ProcessingStatus
from tap_mws_reports.api.report_notifications import parse_notification

ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
ARN = "arn:aws:sqs:eu-west-1:123456789012:reports"
QUEUE = "https://sqs.eu-west-1.amazonaws.com/123456789012/reports"
TYPE = {"notificationType": "REPORT_PROCESSING_FINISHED"}


def register(client, arn: str = ARN) -> str:
    values = {"name": "reports", "resourceSpecification": {"sqs": {"arn": arn}}}
    return client.ask("createDestination", **values)["payload"]["destinationId"]


def subscribe(client, destination_id: str | None = None) -> str:
    values = {**TYPE, "payloadVersion": "1.0"}
    destination_id = destination_id or register(client)
    answer = client.ask("createSubscription", destinationId=destination_id, **values)
    return answer["payload"]["subscriptionId"]


def letters(client) -> list[dict]:
    sent = client.amazon.outgoing(client.now)
    assert {each.queue_url for each in sent} <= {QUEUE}
    return [json.loads(each.body) for each in sent]


def test_a_finished_report_is_sent_once(client) -> None:
    subscription_id = subscribe(client)
    report_id = client.request(ORDERS)
    assert letters(client) == []
    client.wait(hours=1)
    (letter,) = letters(client)
    assert letters(client) == []
    report = client.report(report_id)
    seller_id = client.amazon.accounts["NA"].seller_id
    assert letter["notificationType"] == "REPORT_PROCESSING_FINISHED"
    assert letter["payload"] == {
        "reportProcessingFinishedNotification": {
            "sellerId": seller_id,
            "accountId": f"amzn1.merchant.o.{seller_id}",
            "reportId": report_id,
            "reportType": ORDERS,
            "processingStatus": "DONE",
            "reportDocumentId": report["reportDocumentId"],
        }
    }
    assert letter["notificationMetadata"]["subscriptionId"] == subscription_id
    assert letter["eventTime"][:19] == report["processingEndTime"][:19]


def test_the_tap_reads_notifications(client) -> None:
    subscribe(client)
    done, empty = client.request(ORDERS), client.request(ORDERS, days=0)
    client.wait(hours=1)
    notices = [parse_notification(json.dumps(letter)) for letter in letters(client)]
    assert {(each.report_request_id, each.processing_status) for each in notices} == {
        (done, ProcessingStatus.DONE),
        (empty, ProcessingStatus.CANCELLED),
    }


def test_nothing_is_sent_after_the_subscription(client) -> None:
    subscription_id = subscribe(client)
    client.ask("deleteSubscriptionById", **TYPE, subscriptionId=subscription_id)
    client.request(ORDERS)
    client.wait(hours=1)
    assert letters(client) == []


def test_each_seller_is_notified_of_its_own(client) -> None:
    destination_id = register(client)
    subscribe(client, destination_id)
    client.region = "EU"
    subscribe(client, destination_id)
    report_id = client.request(ORDERS)
    client.wait(hours=1)
    (letter,) = letters(client)
    told = letter["payload"]["reportProcessingFinishedNotification"]
    assert (told["reportId"], told["sellerId"]) == (report_id, "A2SANDBOXEU")


def test_destinations_and_subscriptions_are_listed_and_deleted(client) -> None:
    destination_id = register(client)
    resource = {"sqs": {"arn": ARN}}
    expected = {"destinationId": destination_id, "name": "reports", "resource": resource}
    assert client.ask("getDestinations") == {"payload": [expected]}
    assert client.ask("getDestination", destinationId=destination_id) == {"payload": expected}
    subscription_id = subscribe(client, destination_id)
    assert client.ask("getSubscription", **TYPE) == {
        "payload": {
            "subscriptionId": subscription_id,
            "payloadVersion": "1.0",
            "destinationId": destination_id,
        }
    }
    assert client.refused("deleteDestination", destinationId=destination_id)[0] == 409
    assert client.ask("deleteSubscriptionById", **TYPE, subscriptionId=subscription_id) == {}
    assert client.ask("deleteDestination", destinationId=destination_id) == {}
    assert client.ask("getDestinations") == {"payload": []}


@pytest.mark.parametrize(
    ("name", "values", "status", "code"),
    [
        ("createSubscription", {**TYPE, "payloadVersion": "1.0"}, 400, "InvalidInput"),
        (
            "createSubscription",
            {**TYPE, "payloadVersion": "1.0", "destinationId": "none"},
            400,
            "InvalidInput",
        ),
        ("getSubscription", TYPE, 404, "NotFound"),
        ("getSubscription", {"notificationType": "ORDER_CHANGE"}, 400, "InvalidInput"),
        ("deleteSubscriptionById", {**TYPE, "subscriptionId": "none"}, 404, "NotFound"),
        ("getDestination", {"destinationId": "none"}, 404, "NotFound"),
        ("deleteDestination", {"destinationId": "none"}, 404, "NotFound"),
        (
            "createDestination",
            {"name": "x", "resourceSpecification": {"sqs": {"arn": "arn:aws:sns:a:b:c"}}},
            400,
            "InvalidInput",
        ),
        (
            "createDestination",
            {"name": "x", "resourceSpecification": {"eventBridge": {"region": "a"}}},
            400,
            "InvalidInput",
        ),
    ],
)
def test_invalid_calls_are_refused(client, name, values, status, code) -> None:
    assert client.refused(name, **values)[:2] == (status, code)


def test_duplicates_are_a_conflict(client) -> None:
    destination_id = register(client)
    subscribe(client, destination_id)
    again = {"name": "again", "resourceSpecification": {"sqs": {"arn": ARN}}}
    assert client.refused("createDestination", **again)[:2] == (409, "Conflict")
    subscription = {**TYPE, "payloadVersion": "1.0", "destinationId": destination_id}
    assert client.refused("createSubscription", **subscription)[:2] == (409, "Conflict")
