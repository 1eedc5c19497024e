"""Subscriptions to report notifications, whichever service sends them."""

from __future__ import annotations

from typing import Protocol

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

    ``by_marketplace`` says whether each marketplace has a subscription of its own. If not, a seller
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
