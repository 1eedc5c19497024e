"""A queue's name as SP-API wants it, from its address as everybody else has it.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from tap_mws_reports.errors import SettingsError

_HOST = re.compile(r"(?:sqs\.(?P<region>[a-z0-9-]+)|(?P<old>[a-z0-9-]+)\.queue)\.amazonaws\.com")
_PATH = re.compile(r"/(?P<account>\d{12})/(?P<name>[\w-]{1,80})/?")


def queue_arn(queue: str) -> str:
    """Return the Amazon Resource Name of a queue, given by that or by its URL.

    Raises:
        SettingsError: it is neither.
    """
    if queue.startswith("arn:aws:sqs:"):
        return queue
    parts = urlsplit(queue)
    host, path = _HOST.fullmatch(parts.netloc), _PATH.fullmatch(parts.path)
    if host is None or path is None:
        raise SettingsError(
            f"{parts.hostname or queue} is no queue of Amazon SQS",
            where="setting `notification_queue_url`",
            hint="give a URL such as https://sqs.us-east-1.amazonaws.com/123456789012/reports, "
            "or the queue's ARN",
        )
    region = host["region"] or host["old"]
    return f"arn:aws:sqs:{region}:{path['account']}:{path['name']}"
