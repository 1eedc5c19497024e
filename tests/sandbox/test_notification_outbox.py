from __future__ import annotations

import logging

from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.api.report_notifications import parse_notification
from tap_mws_reports.api.sqs import SqsQueue
from tap_mws_reports.sandbox.notification_outbox import (
    Destination,
    OutgoingNotification,
    send_notification,
)
from tap_mws_reports.sandbox.server import bind

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"


def test_the_server_sends_while_it_waits(seller, queue_url) -> None:
    here = Destination("ATVPDKIKX0DER", queue_url)
    outbox = seller.amazon.accounts["NA"].outbox
    outbox.destinations.add(here)
    outbox.subscriptions[here] = True
    request_id = seller.request(ORDERS)
    clock = VirtualClock(seller.now)
    server = bind(seller.amazon, clock, 0)
    server.service_actions()
    clock.sleep(3600)
    server.service_actions()
    (message,) = SqsQueue(queue_url).receive(20.0)  # returns as soon as it has come
    assert parse_notification(message.body).report_request_id == request_id
    server.server_close()


def test_failed_deliveries_are_logged(queue_url, sqs, caplog) -> None:
    sqs.delete_queue(QueueUrl=queue_url)
    with caplog.at_level(logging.WARNING):
        send_notification(OutgoingNotification(queue_url, "hello"))
    assert "a notification is lost: the queue" in caplog.text


def test_the_environment_decides_where_amazons_queues_are(
    queue_url, sqs, sqs_address, monkeypatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", f"{sqs_address}/")
    path = queue_url.removeprefix(sqs_address)
    send_notification(OutgoingNotification(f"https://sqs.us-east-1.amazonaws.com{path}", "hello"))
    (message,) = sqs.receive_message(QueueUrl=queue_url, WaitTimeSeconds=20)["Messages"]
    assert message["Body"] == "hello"
