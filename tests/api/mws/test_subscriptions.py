from __future__ import annotations

import random

import pytest

from tap_mws_reports.api.client_settings import ClientSettings
from tap_mws_reports.api.mws import codec, subscription_operations
from tap_mws_reports.api.mws.endpoint import Endpoint
from tap_mws_reports.api.mws.signing import Credentials
from tap_mws_reports.api.mws.subscription_operations import OPERATIONS, SUBSCRIPTIONS
from tap_mws_reports.api.mws.subscriptions import MwsSubscriptions
from tap_mws_reports.api.quota import Quota
from tap_mws_reports.api.report_notifications import AWS_ACCOUNT
from tap_mws_reports.api.transport import HttpResponse
from tap_mws_reports.errors import CredentialsError, RequestRefused
from tap_mws_reports.sandbox.mws.rendering import render

HERE = ("A1PA6795UKMFR9", "https://sqs.eu-west-1.amazonaws.com/123456789012/reports")
DESTINATION = {
    "Destination.DeliveryChannel": "SQS",
    "Destination.AttributeList.member.1.Key": "sqsQueueUrl",
    "Destination.AttributeList.member.1.Value": HERE[1],
}
# Method, operation, its own parameters as the manual's examples have them.
CALLS = {
    "register": ("RegisterDestination", DESTINATION),
    "deregister": ("DeregisterDestination", DESTINATION),
    "send_test": ("SendTestNotificationToDestination", DESTINATION),
    "subscribe": (
        "CreateSubscription",
        {
            "Subscription.NotificationType": "ReportProcessingFinished",
            "Subscription.IsEnabled": "true",
            **{f"Subscription.{name}": text for name, text in DESTINATION.items()},
        },
    ),
    "unsubscribe": (
        "DeleteSubscription",
        {"NotificationType": "ReportProcessingFinished", **DESTINATION},
    ),
}
# As the manual shows it for DeregisterDestination, too.
REGISTERED = b"""<RegisterDestinationResponse
    xmlns="http://mws.amazonservices.com/schema/Subscriptions/2013-07-01">
  <RegisterDestinationResult/>
  <ResponseMetadata><RequestId>some-id</RequestId></ResponseMetadata>
</RegisterDestinationResponse>"""


@pytest.fixture
def subscriptions(clock, transport) -> MwsSubscriptions:
    credentials = Credentials("A2SELLER", "AKIDEXAMPLE", "s3cr3t/key", "amzn.mws.token")
    endpoint = Endpoint.at("http://127.0.0.1:8000/", SUBSCRIPTIONS)
    return MwsSubscriptions(
        ClientSettings(credentials, endpoint, transport, clock, random.Random(1))
    )


def good(name: str) -> HttpResponse:
    return HttpResponse(200, {}, render(OPERATIONS[name], codec.Response(request_id="some-id")))


@pytest.mark.parametrize(("method", "call"), CALLS.items(), ids=CALLS)
def test_each_call_is_made_as_documented(subscriptions, transport, method, call) -> None:
    name, expected = call
    transport.script = [good(name)]
    assert getattr(subscriptions, method)(*HERE) in {True, None}
    (request,) = transport.requests
    assert request.url == "http://127.0.0.1:8000/Subscriptions/2013-07-01"
    sent = transport.seen[0][1]
    assert (sent["Action"], sent["Version"]) == (name, "2013-07-01")
    assert sent["MarketplaceId"] == HERE[0]
    assert {key: sent[key] for key in expected} == expected


def test_every_operation_of_the_table_is_used() -> None:
    assert {name for name, _ in CALLS.values()} == OPERATIONS.keys()


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_every_row(operation) -> None:
    assert operation.quota == Quota(25, 0.5, 7200)
    assert operation.section is subscription_operations.SUBSCRIPTIONS
    manual = "https://docs.developer.amazonservices.com/en_US/subscriptions/Subscriptions_"
    assert operation.page == f"{manual}{operation.name}.html"
    assert operation.result.empty
    assert all(parameter.required for parameter in operation.parameters)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_an_empty_response_of_any_name_is_read(operation) -> None:
    assert codec.decode_response(operation, REGISTERED) == codec.Response(request_id="some-id")
    rendered = render(operation, codec.Response(request_id="some-id"))
    assert rendered.startswith(
        f'<?xml version="1.0"?>\n<{operation.name}Response '
        'xmlns="http://mws.amazonservices.com/schema/Subscriptions/2013-07-01">'.encode()
    )


@pytest.mark.parametrize(
    ("method", "message"),
    [
        ("register", "Destination is already registered"),
        ("subscribe", "A subscription with this destination Already exists"),
        ("unsubscribe", "The subscription does not exist"),
        ("unsubscribe", "No subscription was found"),
        ("deregister", "Destination is not registered"),
    ],
)
def test_repeating_a_call_is_no_error(subscriptions, transport, answers, method, message) -> None:
    transport.script = [answers.fault(400, "InvalidParameterValue", message)]
    assert getattr(subscriptions, method)(*HERE) is False


@pytest.mark.parametrize("method", ["register", "subscribe", "send_test"])
@pytest.mark.parametrize(
    ("status", "code", "error"),
    [(400, "InvalidParameterValue", RequestRefused), (401, "AccessDenied", CredentialsError)],
)
def test_a_refusal_explains_the_permission(
    subscriptions, transport, answers, method, status, code, error
) -> None:
    transport.script = [answers.fault(status, code, "We cannot send to the queue.")]
    with pytest.raises(error, match="cannot send to the queue") as raised:
        getattr(subscriptions, method)(*HERE)
    for word in (AWS_ACCOUNT, "sqs:SendMessage", "sqs:GetQueueAttributes", "FIFO"):
        assert word in raised.value.hint


@pytest.mark.parametrize("method", ["unsubscribe", "deregister"])
def test_unsubscribing_needs_no_permission(subscriptions, transport, answers, method) -> None:
    transport.script = [answers.fault(400, "InvalidParameterValue", "Something is in the way.")]
    with pytest.raises(RequestRefused) as raised:
        getattr(subscriptions, method)(*HERE)
    assert AWS_ACCOUNT not in raised.value.hint
