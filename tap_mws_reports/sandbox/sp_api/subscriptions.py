"""The operations of Notifications v1 that notifications of reports need, and the messages.

Sources: https://developer-docs.amazon.com/sp-api/docs/notifications-api-v1-use-case-guide,
https://github.com/amzn/selling-partner-api-docs/issues/2072 (conflicts),
https://github.com/amzn/selling-partner-api-models/blob/main/schemas/notifications/ReportProcessingFinishedNotification.json
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tap_mws_reports.api.mws.signing import timestamp
from tap_mws_reports.api.sp_api.schemas import NOTIFICATION_TYPE
from tap_mws_reports.sandbox.account import SandboxAccount
from tap_mws_reports.sandbox.account_entries import RequestEntry
from tap_mws_reports.sandbox.sandbox_sellers import APPLICATION
from tap_mws_reports.sandbox.sp_api.destinations import Destination
from tap_mws_reports.sandbox.sp_api.error_results import ErrorResult, invalid, not_found
from tap_mws_reports.sandbox.sp_api.routing import ApiCall, Json
from tap_mws_reports.sandbox.sp_api.serializers import report_item

_VERSION = "2020-09-04"
_SUMMARY_FIELDS = ("reportId", "reportType", "processingStatus", "reportDocumentId")


@dataclass(frozen=True, slots=True)
class Subscription:
    """A seller's subscription."""

    subscription_id: str
    payload_version: str
    destination: Destination
    seller_id: str

    @property
    def queue_url(self) -> str:
        """Return the URL of its queue."""
        return self.destination.queue_url

    def write(self, entry: RequestEntry, notification_id: str, now: datetime) -> str:
        """Return a notification that a report has ended."""
        item = report_item(entry, now)
        notification = {
            "sellerId": self.seller_id,
            "accountId": f"amzn1.merchant.o.{self.seller_id}",
            **{name: item[name] for name in _SUMMARY_FIELDS if name in item},
        }
        notification = {
            "notificationVersion": _VERSION,
            "notificationType": NOTIFICATION_TYPE,
            "payloadVersion": _VERSION,
            "eventTime": timestamp(entry.ends or now),
            "payload": {"reportProcessingFinishedNotification": notification},
            "notificationMetadata": {
                "applicationId": APPLICATION.application_id,
                "subscriptionId": self.subscription_id,
                "publishTime": timestamp(now),
                "notificationId": notification_id,
            },
        }
        return json.dumps(notification)

    @property
    def item(self) -> Json:
        """Return it as a Subscription of an answer."""
        return {
            "subscriptionId": self.subscription_id,
            "payloadVersion": self.payload_version,
            "destinationId": self.destination.destination_id,
        }


def create_destination(call: ApiCall) -> Json:
    """Register a queue; whether it can be sent to is not known here."""
    queue = call.values["resourceSpecification"].get("sqs")
    if queue is None:
        raise invalid("Invalid input", "resourceSpecification: only queues are served here")
    if any(each.arn == queue["arn"] for each in call.destinations.by_id.values()):
        raise _conflict("The destination already exists.")
    return {"payload": _item(call.destinations.add(call.values["name"], queue["arn"]))}


def get_destinations(call: ApiCall) -> Json:
    """List the queues."""
    return {"payload": [_item(each) for each in call.destinations.by_id.values()]}


def get_destination(call: ApiCall) -> Json:
    """Return one queue."""
    found = call.destinations.by_id.get(call.values["destinationId"])
    if found is None:
        raise not_found("The destination does not exist.")
    return {"payload": _item(found)}


def delete_destination(call: ApiCall) -> Json:
    """Deregister a queue that has no subscription."""
    destination_id = call.values["destinationId"]
    if destination_id not in call.destinations.by_id:
        raise not_found("The destination does not exist.")
    if any(each.destination.destination_id == destination_id for _, each in _all(call)):
        raise _conflict("The destination has a subscription.")
    del call.destinations.by_id[destination_id]
    return {}


def create_subscription(call: ApiCall) -> Json:
    """Subscribe the seller, once."""
    destination = call.destinations.by_id.get(call.values["destinationId"])
    if destination is None:
        raise invalid("Invalid input", "destinationId: there is no such destination")
    if call.account.outbox.listeners:
        raise _conflict("The subscription already exists.")
    version, seller_id = call.values["payloadVersion"], call.account.seller_id
    new = Subscription(call.destinations.ids.take(), version, destination, seller_id)
    call.account.outbox.listeners[new.subscription_id] = new
    return {"payload": new.item}


def get_subscription(call: ApiCall) -> Json:
    """Return the seller's subscription."""
    for _, subscription in _all(call):
        if call.values.get("payloadVersion") in {None, subscription.payload_version}:
            return {"payload": subscription.item}
    raise not_found("The subscription does not exist.")


def delete_subscription_by_id(call: ApiCall) -> Json:
    """Delete a subscription of any seller."""
    for account, subscription in _all(call):
        if subscription.subscription_id == call.values["subscriptionId"]:
            del account.outbox.listeners[subscription.subscription_id]
            return {}
    raise not_found("The subscription does not exist.")


def _all(call: ApiCall) -> Iterator[tuple[SandboxAccount, Subscription]]:
    for account in call.accounts:
        for listener in list(account.outbox.listeners.values()):
            if isinstance(listener, Subscription):
                yield account, listener


def _item(destination: Destination) -> Json:
    return {
        "destinationId": destination.destination_id,
        "name": destination.name,
        "resource": {"sqs": {"arn": destination.arn}},
    }


def _conflict(message: str) -> ErrorResult:
    return ErrorResult(409, "Conflict", message)
