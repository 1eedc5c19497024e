"""Notifications of an account: its subscriptions and the outgoing messages.

Nothing is sent from here: the sandbox's server takes the messages and sends them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tap_mws_reports.sandbox.entries import RequestEntry
from tap_mws_reports.sandbox.ids import Uuids
from tap_mws_reports.sandbox.mws.rendering import (
    Notification,
    Published,
    render_notice,
    render_test,
)


@dataclass(frozen=True, slots=True)
class Destination:
    """A queue that was registered for a marketplace."""

    marketplace_id: str
    queue_url: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to a queue."""

    queue_url: str
    body: str


class Listener(Protocol):
    """A subscriber with its own form of messages."""

    @property
    def queue_url(self) -> str:
        """Return the URL of its queue."""

    def write(self, entry: RequestEntry, notification_id: str, now: datetime) -> str:
        """Return the body of the message."""


class Mailing:
    """The subscriptions of a seller.

    MWS has destinations, and ``subscriptions`` says which of them are enabled; ``listeners`` are
    those of SP-API, by their ids.
    """

    def __init__(self, seller_id: str) -> None:
        self.destinations: set[Destination] = set()
        self.subscriptions: dict[Destination, bool] = {}
        self.listeners: dict[str, Listener] = {}
        self._seller_id = seller_id
        self._outbox: list[Outgoing] = []
        self._ids = Uuids(f"{seller_id}/notifications")

    def take(self) -> list[Outgoing]:
        """Return the messages to send, each once."""
        taken, self._outbox = self._outbox, []
        return taken

    def announce(self, entry: RequestEntry, now: datetime) -> None:
        """Notify the subscriptions of its marketplaces, once, that a request has ended."""
        if entry.announced or entry.outcome is None:
            return
        entry.announced = True
        for destination, enabled in self.subscriptions.items():
            if enabled and destination.marketplace_id in entry.wanted.marketplace_ids:
                self._put_down(destination, self._notice(destination, entry, now))
        for listener in self.listeners.values():
            body = listener.write(entry, self._ids.take(), now)
            self._outbox.append(Outgoing(listener.queue_url, body))

    def test(self, destination: Destination, now: datetime) -> None:
        """Send a test notification."""
        published = Published(*self._publish(destination, now))
        self._put_down(destination, render_test(published))

    def _notice(self, destination: Destination, entry: RequestEntry, now: datetime) -> str:
        notification = Notification(
            *self._publish(destination, now),
            report_request_id=entry.request_id,
            report_type=entry.wanted.report_type,
            processing_status=entry.outcome or "",
            report_id=entry.report.report_id if entry.report else None,
        )
        return render_notice(notification)

    def _publish(self, destination: Destination, now: datetime) -> tuple[str, datetime, str, str]:
        return self._ids.take(), now, self._seller_id, destination.marketplace_id

    def _put_down(self, destination: Destination, body: str) -> None:
        self._outbox.append(Outgoing(destination.queue_url, body))
