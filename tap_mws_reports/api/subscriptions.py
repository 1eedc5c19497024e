"""Having Amazon tell a queue when a report has ended, whichever service is asked."""

from __future__ import annotations

from typing import Protocol


class Subscriptions(Protocol):
    """Subscriptions of one seller.

    Methods that change something say whether there was something to change. ``queue`` is the URL of
    an SQS queue. All may raise what `ReportService` may.

    ``by_marketplace`` says whether each marketplace has a subscription of its own, or all of a
    seller one together; then the marketplace is of no meaning.
    """

    by_marketplace: bool

    def register(self, marketplace_id: str, queue: str) -> bool:
        """Make a queue known to Amazon."""

    def subscribe(self, marketplace_id: str, queue: str) -> bool:
        """Have notifications sent to a queue that is known."""

    def send_test(self, marketplace_id: str, queue: str) -> None:
        """Have a test notification sent."""

    def unsubscribe(self, marketplace_id: str, queue: str) -> bool:
        """Have no more notifications sent to a queue."""

    def deregister(self, marketplace_id: str, queue: str) -> bool:
        """Make a queue unknown to Amazon."""
