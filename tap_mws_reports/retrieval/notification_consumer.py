"""Receive the notifications of a queue and pass each to the seller of its report request.

Amazon sends a notification at least once, and one for each marketplace that is subscribed
(https://docs.developer.amazonservices.com/en_US/subscriptions/Subscriptions_ReceivingNotifications.html);
but a request ends once, so the first notification of it is used and the others are only deleted.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.interface import ProcessingStatus, ReportNotification
from tap_mws_reports.api.report_notifications import parse_notification
from tap_mws_reports.api.sqs import MAX_WAIT, Queue, QueueMessage
from tap_mws_reports.errors import QueueUnavailable
from tap_mws_reports.retrieval.status_poller import NotificationHandler
from tap_mws_reports.retrieval.waiting import Unobserved, WaitObserver, sleep

logger = logging.getLogger(__name__)

_MIN_EXTENSION = 30
_MAX_EXTENSION = 15 * 60


class NotificationConsumer:
    """Consumes one queue for the sellers of a run, and falls back to polling if it fails.

    A message is deleted once it is processed. The request id is in the state from the request on,
    so a run killed before that loses nothing. Other messages stay in the queue: those of other
    sellers, of requests by other programs, and messages that are not notifications.

    Args:
        queue: the queue that receives the notifications.
        notification_handlers: the handlers by seller id.
        clock: reads the time and waits.
        observer: receives a report of each wait.
    """

    def __init__(
        self,
        queue: Queue,
        notification_handlers: Mapping[str, NotificationHandler],
        clock: Clock,
        observer: WaitObserver | None = None,
    ) -> None:
        self._queue = queue
        self._handlers = notification_handlers
        self._clock = clock
        self._observer = observer or Unobserved()
        self._open = True
        self._received = False
        self._reliable = True
        self._left: Counter[str] = Counter()
        self._set_reliable(reliable=True)

    def wait(self, seconds: float) -> bool:
        """Wait ``seconds``, or less if a notification for a seller of this run arrives.

        Returns:
            Whether polls may be due earlier than before.
        """
        until, was_open = self._clock.now() + timedelta(seconds=seconds), self._open
        while self._open and (left := self._until(until)) >= 1:
            seconds = min(left, MAX_WAIT)
            self._observer.waiting(seconds)
            if self._receive(seconds):
                return True
        sleep(self._until(until), self._clock, self._observer)
        return self._open != was_open

    def clear(self) -> bool:
        """Process the messages that have arrived, without waiting for more; as `wait`."""
        was_open, received = self._open, False
        while self._open and self._receive(0.0):
            received = True
        return received or self._open != was_open

    def check_delivery(self) -> bool:
        """Stop relying on a queue that sent nothing although a report became ready; as `wait`."""
        if self._received or not self._reliable:
            return False
        if not any(each.missed for each in self._handlers.values()):
            return False
        logger.warning(
            "No notification arrived for a report that is ready; polling reports instead. "
            "`mws-reports subscribe` makes Amazon send notifications to notification_queue_url."
        )
        self._set_reliable(reliable=False)
        return True

    def _until(self, moment: datetime) -> float:
        return max(0.0, (moment - self._clock.now()).total_seconds())

    def _receive(self, seconds: float) -> bool:
        """Receive messages and process them; return whether one was for a seller of this run."""
        try:
            messages = self._clock.listen(seconds, self._queue.receive)
            now = self._clock.now()
            processed = [message for message in messages if self._is_processed(message, now)]
            self._queue.delete(processed)
            for message in messages:
                if message not in processed:
                    self._leave(message)
        except QueueUnavailable as error:
            self._close(error)
            return False
        return bool(processed)

    def _is_processed(self, message: QueueMessage, now: datetime) -> bool:
        notice = parse_notification(message.body)
        if notice is None or not self._is_handled(notice, now):
            return False
        logger.debug("Received notification %s: %s", notice.unique_id, notice)
        self._received = True
        if not self._reliable:
            self._set_reliable(reliable=True)
        return True

    def _is_handled(self, notice: ReportNotification, now: datetime) -> bool:
        """Pass a notification to its seller; without one, to all that made such a request."""
        if notice.seller_id:
            handler = self._handlers.get(notice.seller_id)
            return handler is not None and handler.handle(notice, now)
        # Two sellers may have requests of the same id, so the status is polled.
        vague = replace(notice, processing_status=ProcessingStatus.IN_PROGRESS, report_id=None)
        handled = [handler.handle(vague, now) for handler in self._handlers.values()]
        return any(handled)

    def _leave(self, message: QueueMessage) -> None:
        """Leave a message in the queue; extend its visibility timeout each time it returns.

        The first time, the queue's own timeout lets another program receive it. Without the
        extension a message that no program consumes would return again and again.
        """
        times = self._left[message.message_id]
        self._left[message.message_id] += 1
        if times:
            seconds = min(_MIN_EXTENSION * 2**times, _MAX_EXTENSION)
            self._queue.extend_visibility(message, seconds)

    def _close(self, error: QueueUnavailable) -> None:
        logger.warning("%s; polling reports instead", error)
        self._open = False
        self._set_reliable(reliable=False)

    def _set_reliable(self, *, reliable: bool) -> None:
        self._reliable = reliable
        for each in self._handlers.values():
            each.expect_notices(expected=reliable)
