from __future__ import annotations

import pytest

from tap_mws_reports.api.sp_api.queue_names import queue_arn
from tap_mws_reports.errors import SettingsError

ARN = "arn:aws:sqs:eu-west-1:123456789012:reports"


@pytest.mark.parametrize(
    "queue",
    [
        ARN,
        "https://sqs.eu-west-1.amazonaws.com/123456789012/reports",
        "https://sqs.eu-west-1.amazonaws.com/123456789012/reports/",
        "https://eu-west-1.queue.amazonaws.com/123456789012/reports",
    ],
)
def test_names(queue: str) -> None:
    assert queue_arn(queue) == ARN


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
def test_what_is_no_queue(queue: str) -> None:
    with pytest.raises(SettingsError, match="no queue of Amazon SQS"):
        queue_arn(queue)
