"""The real tap, a real SQS protocol, and an Amazon that sends notifications."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from typing import Any

import pytest

from tap_mws_reports.api.clock import SystemClock, VirtualClock
from tap_mws_reports.api.interface import ThrottledCall
from tap_mws_reports.api.report_notifications import parse_notification
from tap_mws_reports.api.sqs import SqsQueue
from tap_mws_reports.cli import main
from tap_mws_reports.config.sellers import seller_configs
from tap_mws_reports.connection import connect_subscriptions, make_transports, quotas
from tap_mws_reports.errors import SettingsError
from tap_mws_reports.retrieval.notification_consumer import NotificationConsumer
from tap_mws_reports.sandbox import Amazon, account_settings, tap_config
from tap_mws_reports.sandbox.faults import Fault, FaultKind
from tap_mws_reports.sandbox.sandbox_config import LatencyProfile
from tap_mws_reports.sandbox.server import served
from tap_mws_reports.tap import TapMwsReports

pytestmark = pytest.mark.api(slow="mws", reason="a queue is read the same over both services")

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
STREAM = "flat_file_all_orders_data_by_last_update"
WEEKLY = {"type": ORDERS, "window_days": 7}
END = {"end_date": "2020-06-08T00:00:00Z"}  # eight weeks
US = "ATVPDKIKX0DER"
AT_ONCE = LatencyProfile("at once", (0, 0, 0), (0, 0, 0))
ONE_FOR_ALL = {"mws": 0, "sp_api": 1}
"""Looks at reports whose notifications came: SP-API's tell no id of a document, but a list does."""

AT_AMAZON = "https://sqs.us-east-1.amazonaws.com/123456789012/reports"
"""As which Amazon knows the queue, to which the tests post by themselves."""

Post = Callable[[str], None]


def polls(harness) -> int:
    """How often reports were looked at from the first request to the last download."""
    calls = harness.amazon.calls
    first, last = calls.index("request"), len(calls) - calls[::-1].index("download")
    return sum(word in {"poll", "list"} for word in calls[first:last])


class PostedClock(VirtualClock):
    """A clock under which the notifications of an Amazon are posted as they become due."""

    def __init__(self, harness, post: Post) -> None:
        super().__init__(harness.clock.now())
        self._amazon = harness.amazon
        self._post = post

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        for letter in self._amazon.outgoing(self.now()):
            self._post(letter.body)


@pytest.fixture
def queue(queue_url) -> SqsQueue:
    return SqsQueue(queue_url)


@pytest.fixture
def make_notified(make_harness, queue):
    """Harnesses whose seller is subscribed; ``post`` brings each notification to the queue."""

    def make(
        *faults: Fault, post: Post | None = None, pace: str = "fast", by: str | None = None
    ) -> Any:
        harness = make_harness(*faults, pace=pace)
        harness.clock = PostedClock(harness, post or queue.send)
        harness.connect()
        settings = {**account_settings(api=by or harness.api), "sandbox": True}
        transports, [seller] = make_transports(settings, harness.clock), seller_configs(settings)
        subscriptions = connect_subscriptions(seller, transports, harness.clock)
        subscriptions.register(US, AT_AMAZON)
        subscriptions.subscribe(US, AT_AMAZON)
        return harness

    return make


@pytest.fixture
def whole(whole_run) -> list:
    """The keys of all rows, as a run without notifications reads them."""
    return sorted(whole_run(WEEKLY, **END, pace="fast").keys(STREAM))


@pytest.mark.api(reason="each service has its own form")
def test_reports_are_not_polled_but_listed_once(make_notified, queue_url, whole, left_in):
    harness = make_notified()
    output = harness.run(WEEKLY, **END, notification_queue_url=queue_url)
    assert sorted(output.keys(STREAM)) == whole
    assert harness.amazon.calls.count("download") == 8
    assert polls(harness) == ONE_FOR_ALL[harness.api]
    assert left_in(queue_url) == 0


def test_slow_reports_are_polled_less_often(make_notified, make_harness, queue_url):
    told, requested = make_notified(pace="real"), make_harness()
    output = told.run(WEEKLY, **END, notification_queue_url=queue_url)
    assert sorted(output.keys(STREAM)) == sorted(requested.run(WEEKLY, **END).keys(STREAM))
    assert polls(told) < polls(requested) / 2


def metrics(records: list[logging.LogRecord], name: str) -> list[dict[str, Any]]:
    points = [record.args[0].to_dict() for record in records if record.msg == "METRIC: %s"]
    return [point for point in points if point["metric"] == name]


def test_a_wait_ended_by_a_message_is_not_counted_for_the_quota(make_notified, queue_url, caplog):
    harness = make_notified()
    with caplog.at_level(logging.INFO, "singer_sdk.metrics"):
        harness.run({"type": ORDERS, "window_days": 2}, **END, notification_queue_url=queue_url)
    points = metrics(caplog.records, "quota_wait")
    waits = [each["value"] for each in points if each["tags"] == {"operation": "request"}]
    # Of 28 requests, 15 may go at once and each other one a minute later than the last.
    restored = quotas({"api": harness.api})[ThrottledCall.REQUEST].restore_seconds
    assert sum(waits) == pytest.approx(13 * restored, abs=1)


def test_latencies_are_learned_from_notifications(make_notified, queue_url, caplog):
    harness = make_notified()
    with caplog.at_level(logging.INFO, "singer_sdk.metrics"):
        output = harness.run(WEEKLY, **END, notification_queue_url=queue_url)
    took = [each["value"] for each in metrics(caplog.records, "report_latency")]
    assert len(took) == 8
    assert all(0 <= seconds <= 30 for seconds in took)
    assert output.bookmark(STREAM)["partitions"][0]["latencies"] == took


def test_repeated_notifications_are_read_once(make_notified, queue, queue_url, whole, left_in):
    def thrice(body: str) -> None:
        for _ in range(3):
            queue.send(body)

    output = make_notified(post=thrice).run(WEEKLY, **END, notification_queue_url=queue_url)
    assert sorted(output.keys(STREAM)) == whole
    assert left_in(queue_url) == 0


def of_another_seller(body: str) -> str:
    return body.replace("A1SANDBOXNA", "A9SOMEBODY")


def of_another_program(body: str) -> str:
    request_id = parse_notification(body).report_request_id
    return body.replace(request_id, f"9{request_id}")


NAME_OF_TYPE = re.compile("ReportProcessingFinished|REPORT_PROCESSING_FINISHED")
FOR_OTHERS = [
    of_another_seller,
    of_another_program,
    lambda body: NAME_OF_TYPE.sub("FEED_PROCESSING_FINISHED", body),
    lambda body: body[:100],
    lambda _body: '{"notificationType": "ORDER_CHANGE"}',
    lambda _body: "hello",
]


def test_messages_for_others_stay_in_the_queue(make_notified, queue, queue_url, whole, left_in):
    def among_others(body: str) -> None:
        for change in FOR_OTHERS:
            queue.send(change(body))
        queue.send(body)

    harness = make_notified(post=among_others)
    output = harness.run(WEEKLY, **END, notification_queue_url=queue_url)
    assert sorted(output.keys(STREAM)) == whole
    assert left_in(queue_url) == 8 * len(FOR_OTHERS)
    assert polls(harness) == ONE_FOR_ALL[harness.api]


@pytest.mark.api(reason="each service polls in its own way")
def test_a_lost_message_costs_one_poll(make_notified, queue, queue_url, whole, caplog):
    lost = []

    def losing_the_third(body: str) -> None:
        lost.append(body)
        if len(lost) != 3:
            queue.send(body)

    harness = make_notified(post=losing_the_third)
    output = harness.run(WEEKLY, **END, notification_queue_url=queue_url)
    assert sorted(output.keys(STREAM)) == whole
    assert polls(harness) == 1
    assert "No notification arrived" not in caplog.text


def test_a_silent_queue_is_detected_and_not_relied_on(make_notified, queue_url, caplog):
    harness = make_notified(post=lambda _body: None)
    begun = harness.clock.now()
    settings = {"notification_queue_url": queue_url, "start_date": "2020-05-18T00:00:00Z"}
    output = harness.run(WEEKLY, {"type": ORDERS.replace("LAST_UPDATE", "ORDER_DATE")}, **settings)
    assert not output.failures
    assert caplog.text.count("No notification arrived") == 1
    assert (harness.clock.now() - begun).total_seconds() < 600


def test_a_deleted_queue_is_replaced_by_polls(make_notified, sqs, queue, queue_url, whole, caplog):
    posted = []

    def until_it_goes(body: str) -> None:
        posted.append(body)
        if len(posted) <= 3:
            queue.send(body)
        elif len(posted) == 4:
            sqs.delete_queue(QueueUrl=queue_url)

    harness = make_notified(post=until_it_goes)
    with caplog.at_level(logging.WARNING):
        output = harness.run(WEEKLY, **END, notification_queue_url=queue_url)
    assert sorted(output.keys(STREAM)) == whole
    assert not output.failures
    assert caplog.text.count("polling reports instead") == 1


@pytest.mark.usefixtures("sqs")
def test_an_unreachable_queue_is_replaced_by_polls(harness, monkeypatch, caplog):
    monkeypatch.setattr("botocore.retries.standard.time.sleep", lambda _seconds: None)
    gone = "http://127.0.0.1:9/123456789012/reports"  # nothing listens here
    output = harness.run(WEEKLY, **END, notification_queue_url=gone)
    assert not output.failures
    assert caplog.text.count("polling reports instead") == 1


@pytest.mark.api(reason="each service has its own form")
def test_notifications_of_the_other_service_are_read(make_notified, api, queue_url, whole, left_in):
    """Who has moved to SP-API may still be told by MWS, and the other way round."""
    harness = make_notified(by={"mws": "sp_api", "sp_api": "mws"}[api])
    begun = harness.clock.now()
    output = harness.run(WEEKLY, **END, notification_queue_url=queue_url)
    assert sorted(output.keys(STREAM)) == whole
    # It tells no id that can be downloaded, so one poll of all that have ended does.
    assert polls(harness) == 1
    assert (harness.clock.now() - begun).total_seconds() < 60
    assert left_in(queue_url) == 0


def test_a_window_without_data_needs_no_poll(make_notified, queue_url):
    harness = make_notified()
    minute = {"start_date": "2020-06-12T09:20:00Z", "end_date": "2020-06-12T09:21:00Z"}
    output = harness.run(ORDERS, **minute, notification_queue_url=queue_url)
    assert not output.failures
    assert harness.amazon.calls.count("poll") == {"mws": 0, "sp_api": 1}[harness.api]
    assert harness.amazon.calls.count("download") == 0
    assert output.bookmark(STREAM)["partitions"][0]["done"]


def test_a_cancelled_request_is_repeated(make_notified, queue_url, whole, left_in):
    harness = make_notified(Fault(FaultKind.CANCELLED, ORDERS))
    output = harness.run(WEEKLY, **END, notification_queue_url=queue_url)
    assert sorted(output.keys(STREAM)) == whole
    assert harness.amazon.calls.count("request") == 9
    assert left_in(queue_url) == 0


def test_requests_of_a_killed_run_are_polled(make_notified, queue_url, whole, monkeypatch):
    """Somebody may have read their notifications, so no time is lost on waiting for them."""
    harness = make_notified(post=lambda _body: None)
    tap = harness.tap(WEEKLY, **END, notification_queue_url=queue_url)
    with monkeypatch.context() as patch:
        patch.setattr(NotificationConsumer, "wait", lambda *_: sys.exit("killed"))
        with pytest.raises(SystemExit):
            harness.sync(tap)
    state = [each["value"] for each in harness.written if each["type"] == "STATE"][-1]
    begun = harness.clock.now()
    output = harness.run(WEEKLY, **END, state=state, notification_queue_url=queue_url)
    assert sorted(output.keys(STREAM)) == whole
    assert harness.amazon.calls.count("request") == 8
    assert (harness.clock.now() - begun).total_seconds() < 120


def test_without_boto3_the_error_names_the_extra(harness, monkeypatch, queue_url):
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(SettingsError, match="needs boto3") as raised:
        harness.run(WEEKLY, **END, notification_queue_url=queue_url)
    assert "tap-mws-reports[notifications]" in raised.value.hint
    assert "request" not in harness.amazon.calls


@pytest.fixture
def server() -> Iterator[dict[str, Any]]:
    """A sandbox behind a port that makes reports at once, and the configuration for it."""
    clock = SystemClock()
    with served(Amazon(clock.now(), pace=AT_ONCE), clock) as address:
        yield tap_config(address, clock.now())


def test_a_run_with_notifications_over_http_in_real_time(server, queue_url, tmp_path, left_in):
    config = {**server, "reports": [ORDERS], "notification_queue_url": queue_url}
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert main(["subscribe", "--config", str(tmp_path / "config.json")]) == 0
    with (tmp_path / "messages").open("w") as file, redirect_stdout(file):
        TapMwsReports(config=config).sync_to_the_end()
    lines = (tmp_path / "messages").read_text().splitlines()
    streams = [json.loads(line).get("stream") for line in lines]
    assert streams.count(STREAM) > 100
    assert left_in(queue_url) == 0
