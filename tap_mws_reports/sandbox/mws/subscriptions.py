"""The part of the Subscriptions API for notifications of reports.

The manual does not say what Amazon answers to a destination that is registered already, or to one
that is not: here it refuses the value, as its successor answers a conflict
(https://github.com/amzn/selling-partner-api-docs/issues/2072).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tap_mws_reports.api.mws.codec import Response
from tap_mws_reports.api.mws.codec.responses import NOTIFICATION_TYPE
from tap_mws_reports.sandbox.mws.list_queries import ListCall
from tap_mws_reports.sandbox.mws.rendering import ErrorResult
from tap_mws_reports.sandbox.notification_outbox import Destination

_QUEUE = re.compile(r"https?://[^/\s?#]+/[^\s?#]+(?<!\.fifo)")


def register_destination(call: ListCall) -> Response:
    """RegisterDestination; whether the queue can be sent to is not known here."""
    destination = _destination(call)
    if destination in call.account.outbox.destinations:
        raise _refused("The destination is already registered.")
    call.account.outbox.destinations.add(destination)
    return Response()


def deregister_destination(call: ListCall) -> Response:
    """DeregisterDestination."""
    destination = _registered(call)
    if destination in call.account.outbox.subscriptions:
        raise _refused("The destination has a subscription.")
    call.account.outbox.destinations.remove(destination)
    return Response()


def send_test_notification(call: ListCall) -> Response:
    """SendTestNotificationToDestination."""
    call.account.outbox.test(_registered(call), call.now)
    return Response()


def create_subscription(call: ListCall) -> Response:
    """CreateSubscription."""
    _check_type(call)
    destination = _registered(call)
    if destination in call.account.outbox.subscriptions:
        raise _refused("The subscription already exists.")
    call.account.outbox.subscriptions[destination] = call.values["is_enabled"]
    return Response()


def delete_subscription(call: ListCall) -> Response:
    """DeleteSubscription."""
    _check_type(call)
    destination = _registered(call)
    if destination not in call.account.outbox.subscriptions:
        raise _refused("The subscription does not exist.")
    del call.account.outbox.subscriptions[destination]
    return Response()


OPERATIONS: dict[str, Callable[[ListCall], Response]] = {
    "RegisterDestination": register_destination,
    "DeregisterDestination": deregister_destination,
    "SendTestNotificationToDestination": send_test_notification,
    "CreateSubscription": create_subscription,
    "DeleteSubscription": delete_subscription,
}


def _destination(call: ListCall) -> Destination:
    marketplace_id, queue_url = call.values["marketplace_id"], call.values["attribute_value"]
    if marketplace_id not in call.account.seller_data:
        raise _refused(f"{marketplace_id} is not a marketplace of this seller.")
    if (call.values["delivery_channel"], call.values["attribute_key"]) != ("SQS", "sqsQueueUrl"):
        raise _refused("The only delivery channel is SQS, its only attribute is sqsQueueUrl.")
    if not _QUEUE.fullmatch(queue_url):
        raise _refused(f"{queue_url} is not the URL of a standard queue.")
    return Destination(marketplace_id, queue_url)


def _registered(call: ListCall) -> Destination:
    destination = _destination(call)
    if destination not in call.account.outbox.destinations:
        raise _refused("The destination is not registered.")
    return destination


def _check_type(call: ListCall) -> None:
    if call.values["notification_type"] != NOTIFICATION_TYPE:
        raise _refused(f"Only {NOTIFICATION_TYPE} is sent from here.")


def _refused(message: str) -> ErrorResult:
    return ErrorResult("InvalidParameterValue", message)
