"""The consumer between a scripted queue and handlers that only record."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.api.interface import ProcessingStatus
from tap_mws_reports.api.sqs import QueueMessage
from tap_mws_reports.errors import QueueUnavailable
from tap_mws_reports.retrieval.notification_consumer import NotificationConsumer

NOW = datetime(2020, 6, 12, 9, 29, 10, tzinfo=UTC)
BODY = """<Notification><NotificationPayload><ReportProcessingFinishedNotification>
<SellerId>{}</SellerId><ReportRequestId>{}</ReportRequestId>
<ReportProcessingStatus>DONE</ReportProcessingStatus>
</ReportProcessingFinishedNotification></NotificationPayload></Notification>"""


def message(number: int, seller: str = "A1", request_id: str = "known") -> QueueMessage:
    return QueueMessage(str(number), f"receipt {number}", BODY.format(seller, request_id))


@dataclass
class ScriptedQueue:
    """Gives one batch for each receipt, and nothing when it has given them all."""

    batches: list[list[QueueMessage]]
    deleted: list[str] = field(default_factory=list)
    hidden: list[tuple[str, int]] = field(default_factory=list)
    receipts: int = 0

    def receive(self, seconds: float) -> list[QueueMessage]:
        assert seconds == 0.0  # the clock is virtual
        self.receipts += 1
        return self.batches.pop(0) if self.batches else []

    def delete(self, messages) -> None:
        self.deleted += [each.message_id for each in messages]

    def extend_visibility(self, message: QueueMessage, seconds: int) -> None:
        self.hidden.append((message.message_id, seconds))


@dataclass
class Ear:
    """A scheduler that knows one request."""

    heard: list[str] = field(default_factory=list)
    relied: list[bool] = field(default_factory=list)
    missed: int = 0
    known: str = "known"
    statuses: list[ProcessingStatus] = field(default_factory=list)

    def handle(self, notice, now: datetime) -> bool:
        del now
        self.heard.append(notice.report_request_id)
        self.statuses.append(notice.processing_status)
        return notice.report_request_id == self.known

    def expect_notices(self, *, expected: bool) -> None:
        self.relied.append(expected)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOW)


@pytest.fixture
def scheduler() -> Ear:
    return Ear()


@pytest.fixture
def open_inbox(clock, scheduler):
    return lambda queue: NotificationConsumer(queue, {"A1": scheduler}, clock)


def seconds(clock: VirtualClock) -> float:
    return (clock.now() - NOW).total_seconds()


@pytest.mark.parametrize(
    ("batches", "pause", "passed", "receipts"),
    [
        ([], 60.0, 60.0, 3),
        ([], 7.5, 7.5, 1),
        ([], 0.5, 0.5, 0),
        ([[message(1)]], 60.0, 20.0, 1),
        ([[], [message(1)]], 60.0, 40.0, 2),
        ([[message(1, request_id="strange")], [message(2)]], 60.0, 40.0, 2),
    ],
    ids=range(6),
)
def test_a_wait_ends_when_a_message_arrives(
    open_inbox, clock, batches, pause, passed, receipts
) -> None:
    queue = ScriptedQueue(batches)
    open_inbox(queue).wait(pause)
    assert seconds(clock) == passed
    assert queue.receipts == receipts


def test_a_notification_without_seller_is_for_all_sellers_with_the_report(clock) -> None:
    knows, knows_not = Ear(), Ear(known="other")
    told = {"reportId": "known", "processingStatus": "DONE", "accountId": "amzn1.vg.1"}
    body = {
        "notificationType": "REPORT_PROCESSING_FINISHED",
        "payload": {"reportProcessingFinishedNotification": told},
    }
    strange = json.dumps(body).replace("known", "strange")
    messages = [
        QueueMessage("1", "receipt 1", json.dumps(body)),
        QueueMessage("2", "receipt 2", strange),
    ]
    queue = ScriptedQueue([messages])
    NotificationConsumer(queue, {"A1": knows_not, "A2": knows}, clock).clear()
    assert knows.heard == knows_not.heard == ["known", "strange"]
    assert knows.statuses == [ProcessingStatus.IN_PROGRESS] * 2, "it is polled"
    assert queue.deleted == ["1"]


def test_received_messages_are_delivered_at_once(open_inbox, clock, scheduler) -> None:
    queue = ScriptedQueue([[message(1)], [message(2)], [message(3, seller="A2")], [message(4)]])
    open_inbox(queue).clear()
    assert seconds(clock) == 0.0
    assert scheduler.heard == ["known", "known"]
    assert queue.deleted == ["1", "2"]


def test_only_handled_messages_are_deleted(open_inbox, scheduler) -> None:
    queue = ScriptedQueue(
        [
            [
                message(1),
                message(2, seller="A2"),
                message(3, request_id="strange"),
                QueueMessage("4", "receipt", "hello"),
            ]
        ]
    )
    open_inbox(queue).wait(20.0)
    assert queue.deleted == ["1"]
    assert scheduler.heard == ["known", "strange"]


def test_a_redelivered_message_is_hidden_for_longer_each_time(open_inbox) -> None:
    unknown = message(1, seller="A2")
    queue = ScriptedQueue([[unknown] for _ in range(8)])
    open_inbox(queue).wait(160.0)
    waits = [hidden for _, hidden in queue.hidden]
    assert waits == [60, 120, 240, 480, 900, 900, 900]


def test_a_silent_queue_is_not_relied_on_until_it_delivers(open_inbox, scheduler, caplog) -> None:
    consumer = open_inbox(ScriptedQueue([[], [message(1)]]))
    consumer.check_delivery()
    assert scheduler.relied == [True]
    scheduler.missed = 1
    consumer.check_delivery()
    consumer.check_delivery()
    assert scheduler.relied == [True, False]
    assert caplog.text.count("mws-reports subscribe") == 1
    consumer.wait(60.0)
    assert scheduler.relied == [True, False, True]
    scheduler.missed = 2
    consumer.check_delivery()  # one message lost among many
    assert scheduler.relied == [True, False, True]


class Broken(ScriptedQueue):
    def receive(self, seconds: float) -> list[QueueMessage]:
        super().receive(seconds)
        raise QueueUnavailable("the queue is gone")


def test_a_failed_queue_is_not_called_again(open_inbox, clock, scheduler, caplog) -> None:
    queue = Broken([])
    consumer = open_inbox(queue)
    for _ in range(3):
        consumer.wait(60.0)
        consumer.clear()
    assert seconds(clock) == 180.0
    assert queue.receipts == 1
    assert scheduler.relied == [True, False]
    assert caplog.text.count("the queue is gone; polling reports instead") == 1


class Undeletable(ScriptedQueue):
    def delete(self, messages) -> None:
        raise QueueUnavailable("the queue is gone")


def test_messages_before_a_queue_failure_count(open_inbox, scheduler) -> None:
    open_inbox(Undeletable([[message(1)]])).wait(60.0)
    assert scheduler.heard == ["known"]
    assert scheduler.relied == [True, False]
