"""Subscriptions to REPORT_PROCESSING_FINISHED, and their notifications.

Source: https://github.com/amzn/selling-partner-api-models/blob/main/schemas/notifications/ReportProcessingFinishedNotification.json
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from tap_mws_reports.api.mws.signing import timestamp
from tap_mws_reports.api.sp_api.schemas import NOTIFICATION_TYPE
from tap_mws_reports.sandbox.account_entries import RequestEntry
from tap_mws_reports.sandbox.sandbox_sellers import APPLICATION
from tap_mws_reports.sandbox.sp_api.api_calls import Json
from tap_mws_reports.sandbox.sp_api.destinations import Destination
from tap_mws_reports.sandbox.sp_api.serializers import report_item

_VERSION = "2020-09-04"
_TOLD = ("reportId", "reportType", "processingStatus", "reportDocumentId")


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
        told = {
            "sellerId": self.seller_id,
            "accountId": f"amzn1.merchant.o.{self.seller_id}",
            **{name: item[name] for name in _TOLD if name in item},
        }
        notification = {
            "notificationVersion": _VERSION,
            "notificationType": NOTIFICATION_TYPE,
            "payloadVersion": _VERSION,
            "eventTime": timestamp(entry.ends or now),
            "payload": {"reportProcessingFinishedNotification": told},
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
