"""A queue that receives notifications of finished reports."""

from __future__ import annotations

import json
import random

import pytest

from tap_mws_reports import errors
from tap_mws_reports.api.client_settings import ClientSettings
from tap_mws_reports.api.report_notifications import QUEUE_PERMISSIONS
from tap_mws_reports.api.sp_api.endpoint import Endpoint
from tap_mws_reports.api.sp_api.lwa import Credentials
from tap_mws_reports.api.sp_api.subscriptions import SpApiSubscriptions

QUEUE = "https://sqs.us-east-1.amazonaws.com/123456789012/reports"
ARN = "arn:aws:sqs:us-east-1:123456789012:reports"
US = "ATVPDKIKX0DER"
GRANTLESS, SELLERS = "Atza|1", "Atza|2"


@pytest.fixture
def subscriptions(transport, clock) -> SpApiSubscriptions:
    seller = Credentials("A2SELLER", "client", "s3cr3t", "Atzr|refresh")
    return SpApiSubscriptions(
        ClientSettings(seller, Endpoint.of("NA"), transport, clock, random.Random(1))
    )


@pytest.fixture
def amazon(transport, answers):
    """Amazon as it is with these destinations and this subscription."""

    def be(*arns: str, subscribed: int | None = None) -> None:
        listed = [
            {"destinationId": f"d{number}", "name": "n", "resource": {"sqs": {"arn": arn}}}
            for number, arn in enumerate(arns)
        ]
        bridge = {"eventBridge": {"name": "n", "region": "r", "accountId": "1"}}
        listed.append({"destinationId": "bridge", "name": "n", "resource": bridge})
        subscription = {
            "subscriptionId": "s1",
            "payloadVersion": "1.0",
            "destinationId": f"d{subscribed}",
        }
        found = answers.good("getSubscription", payload=subscription)
        missing = answers.fault(404, "NotFound")
        transport.script |= {
            "getDestinations": [answers.good("getDestinations", payload=listed)],
            "getSubscription": [missing if subscribed is None else found],
            "createDestination": [answers.good("createDestination", payload=listed[0])],
            "createSubscription": [answers.good("createSubscription", payload=subscription)],
            "deleteSubscriptionById": [answers.good("deleteSubscriptionById")],
            "deleteDestination": [answers.good("deleteDestination")],
        }

    return be


def test_a_queue_is_registered_once(subscriptions, amazon, transport) -> None:
    amazon("arn:aws:sqs:us-east-1:123456789012:other")
    assert subscriptions.register(US, QUEUE)
    [request] = transport.called("createDestination")
    assert json.loads(request.body) == {
        "name": "tap-mws-reports reports",
        "resourceSpecification": {"sqs": {"arn": ARN}},
    }
    assert b"grant_type=client_credentials" in transport.requests[0].body
    amazon(ARN)
    assert not subscriptions.register(US, QUEUE)
    assert len(transport.called("createDestination")) == 1


def test_a_seller_is_subscribed_once(subscriptions, amazon, transport) -> None:
    amazon(ARN)
    assert subscriptions.subscribe(US, QUEUE)
    [request] = transport.called("createSubscription")
    assert request.url.endswith("/notifications/v1/subscriptions/REPORT_PROCESSING_FINISHED")
    assert json.loads(request.body) == {"payloadVersion": "1.0", "destinationId": "d0"}
    amazon(ARN, subscribed=0)
    assert not subscriptions.subscribe(US, QUEUE)


def test_destinations_are_the_applications_and_subscriptions_the_sellers(
    subscriptions, amazon, transport
) -> None:
    amazon(ARN)
    subscriptions.subscribe(US, QUEUE)
    tokens = {
        name: request.headers.get("x-amz-access-token")
        for name, request in zip(transport.names, transport.requests, strict=True)
    }
    assert tokens["getDestinations"] == GRANTLESS
    assert tokens["getSubscription"] == tokens["createSubscription"] == SELLERS


def test_other_destinations_are_left_alone(subscriptions, amazon, transport) -> None:
    amazon(ARN, "arn:aws:sqs:us-east-1:123456789012:other", subscribed=1)
    with pytest.raises(errors.RequestRefused, match="another queue"):
        subscriptions.subscribe(US, QUEUE)
    assert not subscriptions.unsubscribe(US, QUEUE)
    assert not transport.called("deleteSubscriptionById")


def test_a_queue_must_be_registered_first(subscriptions, amazon) -> None:
    amazon()
    with pytest.raises(errors.RequestRefused, match="not registered"):
        subscriptions.subscribe(US, QUEUE)


def test_a_subscription_is_removed(subscriptions, amazon, transport) -> None:
    amazon(ARN, subscribed=0)
    assert subscriptions.unsubscribe(US, QUEUE)
    assert subscriptions.deregister(US, QUEUE)
    assert transport.called("deleteSubscriptionById")[0].url.endswith("/s1")
    assert transport.called("deleteDestination")[0].url.endswith("/d0")
    amazon()
    assert not subscriptions.unsubscribe(US, QUEUE)
    assert not subscriptions.deregister(US, QUEUE)


def test_a_queue_that_others_use_stays_registered(
    subscriptions, amazon, transport, answers
) -> None:
    amazon(ARN)
    transport.script["deleteDestination"] = [answers.fault(409, "Conflict", "has a subscription")]
    with pytest.raises(errors.RequestRefused, match="has a subscription") as caught:
        subscriptions.deregister(US, QUEUE)
    assert "unsubscribe all sellers" in caught.value.hint


def test_a_refusal_explains_the_permission(subscriptions, amazon, transport, answers) -> None:
    amazon()
    transport.script["createDestination"] = [answers.fault(400, "InvalidInput", "Not allowed")]
    with pytest.raises(errors.RequestRefused, match="Not allowed") as caught:
        subscriptions.register(US, QUEUE)
    assert caught.value.hint == QUEUE_PERMISSIONS
    assert "437568002678" in QUEUE_PERMISSIONS


def test_a_missing_permission_is_reported(subscriptions, amazon, transport, answers) -> None:
    amazon(ARN)
    forbidden = answers.fault(403, "Unauthorized", "Access to the resource is forbidden")
    transport.script["getSubscription"] = [forbidden]
    with pytest.raises(errors.RequestRefused, match="forbidden"):
        subscriptions.subscribe(US, QUEUE)


def test_no_test_message_is_sent(subscriptions) -> None:
    with pytest.raises(errors.RequestRefused, match="no test notifications"):
        subscriptions.send_test(US, QUEUE)
