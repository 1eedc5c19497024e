"""Notifications: the subscriptions, and sending to their queues."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from queue import SimpleQueue
from typing import Protocol
from urllib.parse import urlsplit

from tap_mws_reports.api.sqs import SqsQueue
from tap_mws_reports.errors import TapError
from tap_mws_reports.sandbox.account_entries import RequestEntry
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
class OutgoingNotification:
    """A message to a queue."""

    queue_url: str
    body: str


class Subscriber(Protocol):
    """A subscriber with its own form of messages."""

    @property
    def queue_url(self) -> str:
        """Return the URL of its queue."""

    def write(self, entry: RequestEntry, notification_id: str, now: datetime) -> str:
        """Return the body of the message."""


class NotificationOutbox:
    """The subscriptions of a seller.

    MWS has destinations, and ``subscriptions`` says which of them are enabled; ``listeners`` are
    those of SP-API, by their ids.
    """

    def __init__(self, seller_id: str) -> None:
        self.destinations: set[Destination] = set()
        self.subscriptions: dict[Destination, bool] = {}
        self.listeners: dict[str, Subscriber] = {}
        self._seller_id = seller_id
        self._outbox: list[OutgoingNotification] = []
        self._ids = Uuids(f"{seller_id}/notifications")

    def take(self) -> list[OutgoingNotification]:
        """Return the messages to send, each once."""
        taken, self._outbox = self._outbox, []
        return taken

    def announce(self, entry: RequestEntry, now: datetime) -> None:
        """Notify the subscriptions of its marketplaces, once, that a request has ended."""
        if entry.announced or entry.outcome is None:
            return
        entry.announced = True
        for destination, enabled in self.subscriptions.items():
            if enabled and destination.marketplace_id in entry.spec.marketplace_ids:
                self._put_down(destination, self._notice(destination, entry, now))
        for listener in self.listeners.values():
            body = listener.write(entry, self._ids.take(), now)
            self._outbox.append(OutgoingNotification(listener.queue_url, body))

    def test(self, destination: Destination, now: datetime) -> None:
        """Send a test notification."""
        published = Published(*self._publish(destination, now))
        self._put_down(destination, render_test(published))

    def _notice(self, destination: Destination, entry: RequestEntry, now: datetime) -> str:
        notification = Notification(
            *self._publish(destination, now),
            report_request_id=entry.request_id,
            report_type=entry.spec.report_type,
            processing_status=entry.outcome or "",
            report_id=entry.report.report_id if entry.report else None,
        )
        return render_notice(notification)

    def _publish(self, destination: Destination, now: datetime) -> tuple[str, datetime, str, str]:
        return self._ids.take(), now, self._seller_id, destination.marketplace_id

    def _put_down(self, destination: Destination, body: str) -> None:
        self._outbox.append(OutgoingNotification(destination.queue_url, body))


logger = logging.getLogger(__name__)

_queue = cache(SqsQueue)


class NotificationSender:
    """Sends in its own thread, so that an unreachable queue delays no answer."""

    def __init__(self) -> None:
        self._letters: SimpleQueue[OutgoingNotification] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def post(self, letters: Iterable[OutgoingNotification]) -> None:
        """Queue messages for sending; a failed one is logged and not repeated."""
        for letter in letters:
            self._letters.put(letter)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while True:
            send_notification(self._letters.get())


def send_notification(letter: OutgoingNotification) -> None:
    """Send a message, or log why it failed."""
    try:
        _queue(_address(letter.queue_url)).send(letter.body)
    except TapError as error:
        logger.warning("a notification is lost: %s", error)


def _address(queue_url: str) -> str:
    """Return where a queue is reached: its ARN contains no address, so AWS's own setting may.

    Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    """
    parts = urlsplit(queue_url)
    instead = os.environ.get("AWS_ENDPOINT_URL_SQS")
    if instead is None or not (parts.hostname or "").endswith(".amazonaws.com"):
        return queue_url
    return instead.rstrip("/") + parts.path
