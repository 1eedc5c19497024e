"""The Amazon Resource Name of a queue from its URL.

Sources: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html,
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-internetwork-traffic-privacy.html
(addresses of endpoints inside a VPC)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from tap_mws_reports.errors import QueueUnavailable, SettingsError

MAX_WAIT = 20
"""Seconds that one ReceiveMessage may wait
(https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html)."""

_BATCH = 10
_REGION = re.compile(r"\b[a-z]{2}(-[a-z]+)+-\d\b")
_OLDEST_REGION = "us-east-1"
"""Of addresses without a region: https://queue.amazonaws.com/ and local servers."""


@dataclass(frozen=True, slots=True)
class QueueMessage:
    """One message; ``receipt`` is the receipt handle of SQS."""

    message_id: str
    receipt: str
    body: str


class Queue(Protocol):
    """A queue that holds a message until it is deleted.

    A received message is hidden for the visibility timeout of the queue. Every method may raise
    `QueueUnavailable`.
    """

    def receive(self, seconds: float) -> list[QueueMessage]:
        """Return at most ten messages; wait for the first one, in whole seconds up to 20."""

    def delete(self, messages: Sequence[QueueMessage]) -> None:
        """Delete messages for good."""

    def extend_visibility(self, message: QueueMessage, seconds: int) -> None:
        """Hide a message for so many seconds from now on."""


class SqsQueue:
    """A queue at an address such as ``https://sqs.eu-west-1.amazonaws.com/123456789012/reports``.

    No connection is opened before the first call.

    Raises:
        SettingsError: boto3 is not installed, or its own settings are wrong.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = _client(url)

    def receive(self, seconds: float) -> list[QueueMessage]:
        """See `Queue.receive`."""
        with self._translated():
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=_BATCH,
                WaitTimeSeconds=max(0, min(int(seconds), MAX_WAIT)),
            )
        return [
            QueueMessage(each["MessageId"], each["ReceiptHandle"], each["Body"])
            for each in answer.get("Messages", [])
        ]

    def delete(self, messages: Sequence[QueueMessage]) -> None:
        """See `Queue.delete`. A message that SQS fails to delete is received again."""
        entries = [
            {"Id": str(number), "ReceiptHandle": message.receipt}
            for number, message in enumerate(messages)
        ]
        for start in range(0, len(entries), _BATCH):
            batch = entries[start : start + _BATCH]
            with self._translated():
                self._client.delete_message_batch(QueueUrl=self._url, Entries=batch)

    def extend_visibility(self, message: QueueMessage, seconds: int) -> None:
        """See `Queue.extend_visibility`. A message that was deleted meanwhile is not an error."""
        entry = {"Id": "0", "ReceiptHandle": message.receipt, "VisibilityTimeout": seconds}
        with self._translated():
            self._client.change_message_visibility_batch(QueueUrl=self._url, Entries=[entry])

    def check(self) -> None:
        """Get the queue's attributes from SQS; receives nothing. May raise `QueueUnavailable`."""
        with self._translated():
            self._client.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])

    def send(self, body: str) -> None:
        """Send a message to the queue; may raise `QueueUnavailable`, too."""
        with self._translated():
            self._client.send_message(QueueUrl=self._url, MessageBody=body)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see _client

        try:
            yield
        except (BotoCoreError, ClientError) as error:
            raise QueueUnavailable(
                f"the queue {self._url} cannot be used: {error}",
                hint="check notification_queue_url, the AWS credentials that boto3 finds, and "
                "that they allow sqs:ReceiveMessage, sqs:DeleteMessage and "
                "sqs:ChangeMessageVisibility on this queue",
            ) from error


def region_of(url: str) -> str:
    """Return the region in the address of a queue, or else us-east-1."""
    named = _REGION.search(urlsplit(url).hostname or "")
    return named.group() if named else _OLDEST_REGION


def _client(url: str) -> Any:  # noqa: ANN401 - boto3 creates its types at run time
    try:
        import boto3  # noqa: PLC0415 - an extra that most users do not need
        from botocore.config import Config  # noqa: PLC0415
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415
    except ImportError:
        raise SettingsError(
            "notification_queue_url needs boto3, which is not installed",
            hint="install tap-mws-reports[notifications], or leave the setting out",
        ) from None
    parts = urlsplit(url)
    config = Config(
        connect_timeout=10,
        read_timeout=MAX_WAIT + 10,
        retries={"mode": "standard", "total_max_attempts": 3},
    )
    try:
        # Not the default session, which keeps the first credentials it finds.
        return boto3.session.Session().client(
            "sqs",
            endpoint_url=f"{parts.scheme}://{parts.netloc}",
            region_name=region_of(url),
            config=config,
        )
    except (BotoCoreError, ValueError) as error:
        raise SettingsError(
            f"boto3 cannot use the queue {url}: {error}",
            hint="check notification_queue_url and the AWS settings of the environment",
        ) from error


_AMAZON = re.compile(r"(?:[^/]+\.)?(?:sqs|queue)(?:\.[^/]+)?\.amazonaws\.com")
_PATH = re.compile(r"/(?P<account>\d{12})/(?P<name>[\w-]{1,80})/?")


def queue_arn(queue: str) -> str:
    """Return the Amazon Resource Name of a queue, given by that or by its URL.

    An address without TLS is that of a local server in place of Amazon's, such as the sandbox.

    Raises:
        SettingsError: it is neither.
    """
    if queue.startswith("arn:aws:sqs:"):
        return queue
    parts = urlsplit(queue)
    is_host = parts.scheme == "http" or _AMAZON.fullmatch(parts.netloc)
    path = _PATH.fullmatch(parts.path)
    if not is_host or path is None:
        raise SettingsError(
            f"{parts.hostname or queue} is not a queue of Amazon SQS",
            where="setting `notification_queue_url`",
            hint="give a URL such as https://sqs.us-east-1.amazonaws.com/123456789012/reports",
        )
    return f"arn:aws:sqs:{region_of(queue)}:{path['account']}:{path['name']}"
