"""The notifications of a queue, handed out to the sellers whose report requests they speak of.

Amazon sends a notification at least once, and one for each marketplace that is subscribed
(https://docs.developer.amazonservices.com/en_US/subscriptions/Subscriptions_ReceivingNotifications.html);
but a request ends once, so the first that speaks of it is heard and the others are only deleted.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.report_notifications import parse_notification
from tap_mws_reports.api.sqs import MAX_WAIT, Queue, QueueMessage
from tap_mws_reports.errors import QueueUnavailable
from tap_mws_reports.retrieval.status_poller import NotificationHandler
from tap_mws_reports.retrieval.waiting import Unobserved, WaitObserver, sleep

logger = logging.getLogger(__name__)

_SHORTEST_HIDING = 30
_LONGEST_HIDING = 15 * 60


class NotificationConsumer:
    """Reads one queue for the sellers of a run, and tells whether it can be relied on.

    A message is deleted once what it says was taken in; the request's id is in the state since the
    request was made, so that a run killed before that loses nothing. All other messages stay for
    whoever they are for: those of other sellers, of requests that other programs made, and what is
    no notification at all.

    Args:
        queue: where the notifications are sent.
        notification_handlers: by seller id.
        clock: tells the time and waits.
        observer: the waits are reported to it.
    """

    def __init__(
        self,
        queue: Queue,
        notification_handlers: Mapping[str, NotificationHandler],
        clock: Clock,
        observer: WaitObserver | None = None,
    ) -> None:
        self._queue = queue
        self._hearings = notification_handlers
        self._clock = clock
        self._observer = observer or Unobserved()
        self._open = True
        self._heard = False
        self._relied = True
        self._left: Counter[str] = Counter()
        self._rely(relied=True)

    def wait(self, seconds: float) -> None:
        """Let ``seconds`` pass, or fewer when a notification for a seller of the run comes."""
        until = self._clock.now() + timedelta(seconds=seconds)
        while self._open and (left := self._until(until)) >= 1:
            seconds = min(left, MAX_WAIT)
            self._observer.waiting(seconds)
            if self._receive(seconds):
                return
        sleep(self._until(until), self._clock, self._observer)

    def clear(self) -> None:
        """Hand out what has come, without waiting for more."""
        while self._open and self._receive(0.0):
            pass

    def doubt(self) -> None:
        """Stop relying on a queue that has told nothing when there was something to tell."""
        missed = any(each.missed for each in self._hearings.values())
        if self._heard or not self._relied or not missed:
            return
        logger.warning(
            "No notification came for a report that is ready; reports are looked at as if there "
            "were none. `mws-reports subscribe` makes Amazon send them to notification_queue_url."
        )
        self._rely(relied=False)

    def _until(self, moment: datetime) -> float:
        return max(0.0, (moment - self._clock.now()).total_seconds())

    def _receive(self, seconds: float) -> bool:
        """Wait for messages and hand them out; return whether one was for a seller of the run."""
        try:
            messages = self._clock.listen(seconds, self._queue.receive)
            now = self._clock.now()
            taken_in = [message for message in messages if self._is_taken_in(message, now)]
            self._queue.delete(taken_in)
            for message in messages:
                if message not in taken_in:
                    self._leave(message)
        except QueueUnavailable as error:
            self._close(error)
            return False
        return bool(taken_in)

    def _is_taken_in(self, message: QueueMessage, now: datetime) -> bool:
        notice = parse_notification(message.body)
        notifications = None if notice is None else self._hearings.get(notice.seller_id)
        if notice is None or notifications is None or not notifications.hear(notice, now):
            return False
        logger.debug("notification %s has come: %s", notice.unique_id, notice)
        self._heard = True
        if not self._relied:
            self._rely(relied=True)
        return True

    def _leave(self, message: QueueMessage) -> None:
        """Leave a message to others; one that comes back is hidden, for longer each time.

        At first the queue's own time is enough for another program to get it. A message that
        nobody wants would else come again and again, before those that are waited for.
        """
        times = self._left[message.message_id]
        self._left[message.message_id] += 1
        if times:
            seconds = min(_SHORTEST_HIDING * 2**times, _LONGEST_HIDING)
            self._queue.put_aside(message, seconds)

    def _close(self, error: QueueUnavailable) -> None:
        logger.warning("%s; reports are looked at instead", error)
        self._open = False
        self._rely(relied=False)

    def _rely(self, *, relied: bool) -> None:
        self._relied = relied
        for each in self._hearings.values():
            each.expect_notices(expected=relied)
