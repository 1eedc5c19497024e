"""Sending the sandbox's notifications to their queues."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterable
from functools import cache
from queue import SimpleQueue
from urllib.parse import urlsplit

from tap_mws_reports.api.queue import SqsQueue
from tap_mws_reports.errors import TapError
from tap_mws_reports.sandbox.mailing import Outgoing

logger = logging.getLogger(__name__)

_queue = cache(SqsQueue)


class Postman:
    """Sends in its own thread, so that an unreachable queue delays no answer."""

    def __init__(self) -> None:
        self._letters: SimpleQueue[Outgoing] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def post(self, letters: Iterable[Outgoing]) -> None:
        """Queue messages for sending; a failed one is logged and not repeated."""
        for letter in letters:
            self._letters.put(letter)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while True:
            send(self._letters.get())


def send(letter: Outgoing) -> None:
    """Send a message, or log why it failed."""
    try:
        _queue(_address(letter.queue_url)).send(letter.body)
    except TapError as error:
        logger.warning("a notification is lost: %s", error)


def _address(queue_url: str) -> str:
    """Return where a queue is reached: its ARN tells no address, so AWS's own setting may.

    Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    """
    parts = urlsplit(queue_url)
    instead = os.environ.get("AWS_ENDPOINT_URL_SQS")
    if instead is None or not (parts.hostname or "").endswith(".amazonaws.com"):
        return queue_url
    return instead.rstrip("/") + parts.path
