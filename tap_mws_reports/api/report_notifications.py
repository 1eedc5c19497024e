"""Notifications of finished reports: subscribing to them, and parsing their messages.

MWS sends XML, SP-API JSON, and SNS wraps either.
Sources: https://docs.developer.amazonservices.com/en_US/notifications/Notifications_ReportProcessingFinishedNotification.html,
https://github.com/amzn/selling-partner-api-models/blob/main/schemas/notifications/ReportProcessingFinishedNotification.json,
https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
"""

from __future__ import annotations

import json
from typing import Any, Protocol

from tap_mws_reports.api.interface import ProcessingStatus, ReportNotification

_SP_API_TYPE = "REPORT_PROCESSING_FINISHED"


def parse_notification(body: str) -> ReportNotification | None:
    """Return the notification in a message, or None if it is not about the end of a report request.

    Never raises: a queue may hold anything.
    """
    value = _json(body)
    if value is None:
        return _mws_notice(body)
    if value.get("Type") == "Notification" and isinstance(value.get("Message"), str):
        return _unwrapped(value["Message"])
    return _sp_api_notice(value)


def _unwrapped(message: str) -> ReportNotification | None:
    """Parse the message in an SNS envelope; a nested envelope is ignored."""
    value = _json(message)
    return parse_notification(message) if value is None or "Type" not in value else None


def _json(body: str) -> dict[str, Any] | None:
    if not body.lstrip().startswith("{"):
        return None
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _mws_notice(body: str) -> ReportNotification | None:
    """Parse MWS's form."""
    # Runs over SP-API do without these modules.
    from tap_mws_reports.api.mws.codec import safe_xml  # noqa: PLC0415
    from tap_mws_reports.api.mws.codec.responses import decode_notification  # noqa: PLC0415

    try:
        return decode_notification(body.encode())
    except (safe_xml.NotXml, UnicodeEncodeError):
        return None


def _sp_api_notice(value: dict[str, Any]) -> ReportNotification | None:
    """Parse SP-API's form.

    Its ``reportId`` is what MWS calls a report request id. MWS cannot download by its
    ``reportDocumentId``, so ``report_id`` stays None and is looked up. Vendor groups have an
    ``accountId`` in place of the ``sellerId``; then the seller is empty.
    """
    content = _at(_at(value, "payload"), "reportProcessingFinishedNotification")
    kind = value.get("notificationType")
    seller_id = content.get("sellerId") or ""
    texts = [content.get(name) for name in ("reportId", "processingStatus")]
    if kind != _SP_API_TYPE or not all(text and isinstance(text, str) for text in texts):
        return None
    if not isinstance(seller_id, str):
        return None
    unique_id = _at(value, "notificationMetadata").get("notificationId")
    return ReportNotification(
        report_request_id=content["reportId"],
        processing_status=_status(content["processingStatus"]),
        seller_id=seller_id,
        unique_id=unique_id if isinstance(unique_id, str) else None,
    )


def _at(value: dict[str, Any], name: str) -> dict[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def _status(text: str) -> ProcessingStatus:
    """Return the status; IN_PROGRESS for an unknown one, so that it is polled."""
    return ProcessingStatus.__members__.get(text, ProcessingStatus.IN_PROGRESS)


AWS_ACCOUNT = "437568002678"
"""The AWS account from which Amazon sends
(https://docs.developer.amazonservices.com/en_US/subscriptions/Subscriptions_ReceivingNotifications.html)."""

QUEUE_PERMISSIONS = (
    f"the policy of the queue must allow AWS account {AWS_ACCOUNT} the actions sqs:SendMessage and "
    "sqs:GetQueueAttributes, and for a queue encrypted by KMS kms:GenerateDataKey and kms:Decrypt "
    "on its key; the queue must be a standard queue, no FIFO queue"
)


class Subscriptions(Protocol):
    """Subscriptions of one seller.

    Methods that change something return whether there was something to change. ``queue`` is the URL
    of an SQS queue. All may raise what `ReportService` may.

    ``by_marketplace`` says whether each marketplace has its own subscription. If not, a seller
    has one for all marketplaces, and the argument is ignored.
    """

    by_marketplace: bool

    def register(self, marketplace_id: str, queue: str) -> bool:
        """Register a queue as a destination."""

    def subscribe(self, marketplace_id: str, queue: str) -> bool:
        """Subscribe a registered queue."""

    def send_test(self, marketplace_id: str, queue: str) -> None:
        """Send a test notification."""

    def unsubscribe(self, marketplace_id: str, queue: str) -> bool:
        """Unsubscribe a queue."""

    def deregister(self, marketplace_id: str, queue: str) -> bool:
        """Deregister a queue."""
