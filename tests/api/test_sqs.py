from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session

from tap_mws_reports.api.sqs import SqsQueue
from tap_mws_reports.errors import QueueUnavailable, SettingsError


def test_messages_are_received_until_they_are_deleted(queue_url, left_in) -> None:
    queue = SqsQueue(queue_url)
    for number in range(23):
        queue.send(f"message {number}")
    received = [message for _ in range(3) for message in queue.receive(0.0)]
    assert {message.body for message in received} == {f"message {each}" for each in range(23)}
    assert queue.receive(0.0) == []  # received, so hidden
    assert left_in(queue_url) == 23
    queue.delete(received)
    assert left_in(queue_url) == 0
    queue.delete([])


def test_a_message_with_extended_visibility_is_hidden_for_that_time(queue_url) -> None:
    queue = SqsQueue(queue_url)
    queue.send("again and again")
    for _ in range(3):
        (message,) = queue.receive(0.0)
        queue.extend_visibility(message, 0)
    queue.extend_visibility(message, 600)
    assert queue.receive(0.0) == []


def test_extending_the_visibility_of_a_deleted_message_is_no_error(queue_url) -> None:
    queue = SqsQueue(queue_url)
    queue.send("gone")
    received = queue.receive(0.0)
    queue.delete(received)
    queue.extend_visibility(received[0], 30)


class EmptyAnswer:
    """The body of an answer without messages."""

    def stream(self) -> Iterator[bytes]:
        yield b"{}"


@pytest.fixture
def requests(sqs, monkeypatch) -> list[AWSPreparedRequest]:
    """What boto3 sends to SQS instead of to the network; the answers hold no messages."""
    del sqs  # whose credentials boto3 takes
    sent = []

    def send(_session: object, request: AWSPreparedRequest) -> AWSResponse:
        sent.append(request)
        return AWSResponse(request.url, 200, {}, EmptyAnswer())

    monkeypatch.setattr(URLLib3Session, "send", send)
    return sent


@pytest.mark.parametrize(("seconds", "requested"), [(0.0, 0), (0.9, 0), (7.9, 7), (300.0, 20)])
def test_waits_are_whole_seconds_as_sqs_allows_them(requests, seconds, requested) -> None:
    queue = SqsQueue("https://sqs.eu-west-1.amazonaws.com/1/q")
    assert queue.receive(seconds) == []
    assert json.loads(requests[0].body)["WaitTimeSeconds"] == requested


@pytest.mark.parametrize(
    ("url", "endpoint", "region"),
    [
        ("https://sqs.eu-west-1.amazonaws.com/1/q", "https://sqs.eu-west-1.amazonaws.com",
         "eu-west-1"),
        ("https://sqs.us-gov-east-1.amazonaws.com/1/q", "https://sqs.us-gov-east-1.amazonaws.com",
         "us-gov-east-1"),
        ("https://sqs.cn-north-1.amazonaws.com.cn/1/q", "https://sqs.cn-north-1.amazonaws.com.cn",
         "cn-north-1"),
        ("https://ap-northeast-1.queue.amazonaws.com/1/q",
         "https://ap-northeast-1.queue.amazonaws.com", "ap-northeast-1"),
        ("https://queue.amazonaws.com/1/q", "https://queue.amazonaws.com", "us-east-1"),
        ("http://127.0.0.1:9324/1/q", "http://127.0.0.1:9324", "us-east-1"),
    ],
)  # fmt: skip
def test_the_url_gives_endpoint_and_region(requests, url, endpoint, region) -> None:
    SqsQueue(url).receive(0.0)
    assert requests[0].url == f"{endpoint}/"
    assert f"/{region}/sqs/aws4_request".encode() in requests[0].headers["Authorization"]


@pytest.mark.parametrize(
    "call",
    [
        lambda queue: queue.receive(0.0),
        lambda queue: queue.delete(["a message"]),
        lambda queue: queue.send("hello"),
    ],
    ids=["receive", "delete", "send"],
)
def test_a_missing_queue_is_explained(queue_url, sqs, call, monkeypatch) -> None:
    queue = SqsQueue(queue_url)
    queue.send("hello")
    received = queue.receive(0.0)
    monkeypatch.setattr(queue, "delete", lambda _given: SqsQueue.delete(queue, received))
    sqs.delete_queue(QueueUrl=queue_url)
    with pytest.raises(QueueUnavailable, match="does not exist") as raised:
        call(queue)
    assert "sqs:ReceiveMessage" in raised.value.hint
    assert queue_url in raised.value.what


def test_without_credentials_the_error_lists_their_sources(queue_url, monkeypatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    with pytest.raises(QueueUnavailable, match="credentials") as raised:
        SqsQueue(queue_url).receive(0.0)
    assert "the AWS credentials that boto3 finds" in raised.value.hint


@pytest.mark.parametrize(
    ("profile", "url"),
    [("nobody", "https://sqs.eu-west-1.amazonaws.com/1/q"), (None, "https://-/1/q")],
)
@pytest.mark.usefixtures("sqs")
def test_invalid_settings_of_boto3_are_explained(monkeypatch, profile, url) -> None:
    if profile:
        monkeypatch.setenv("AWS_PROFILE", profile)
    with pytest.raises(SettingsError, match="boto3 cannot use the queue"):
        SqsQueue(url)


def test_without_boto3_the_error_names_the_extra(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(SettingsError, match="needs boto3") as raised:
        SqsQueue("https://sqs.eu-west-1.amazonaws.com/1/q")
    assert "tap-mws-reports[notifications]" in raised.value.hint
