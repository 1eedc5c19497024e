from __future__ import annotations

import pytest

from tap_mws_reports.api.sqs import queue_arn
from tap_mws_reports.errors import SettingsError

ARN = "arn:aws:sqs:eu-west-1:123456789012:reports"


@pytest.mark.parametrize(
    "queue",
    [
        ARN,
        "https://sqs.eu-west-1.amazonaws.com/123456789012/reports",
        "https://sqs.eu-west-1.amazonaws.com/123456789012/reports/",
        "https://eu-west-1.queue.amazonaws.com/123456789012/reports",
        "https://vpce-0a-1b.sqs.eu-west-1.vpce.amazonaws.com/123456789012/reports",
        "http://sqs.eu-west-1.localhost.localstack.cloud:4566/123456789012/reports",
    ],
)
def test_names(queue: str) -> None:
    assert queue_arn(queue) == ARN


@pytest.mark.parametrize("host", ["https://queue.amazonaws.com", "http://127.0.0.1:5000"])
def test_a_host_without_region_has_the_default_region(host: str) -> None:
    assert queue_arn(f"{host}/123456789012/reports") == ARN.replace("eu-west-1", "us-east-1")


@pytest.mark.parametrize(
    "queue",
    [
        "",
        "reports",
        "http://127.0.0.1:8000/queue/reports",
        "https://sqs.eu-west-1.amazonaws.com.evil.example/123456789012/reports",
        "https://sqs.eu-west-1.amazonaws.com/reports",
        "https://sqs.eu-west-1.amazonaws.com/123456789012/reports.fifo",
    ],
)
def test_invalid_queue_urls_are_refused(queue: str) -> None:
    with pytest.raises(SettingsError, match="not a queue of Amazon SQS"):
        queue_arn(queue)
