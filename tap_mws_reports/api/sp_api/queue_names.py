"""The Amazon Resource Name of a queue from its URL.

Sources: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html,
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-internetwork-traffic-privacy.html
(addresses of endpoints inside a VPC)
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from tap_mws_reports.api.queue import region_of
from tap_mws_reports.errors import SettingsError

_AMAZON = re.compile(r"(?:[^/]+\.)?(?:sqs|queue)(?:\.[^/]+)?\.amazonaws\.com")
_PATH = re.compile(r"/(?P<account>\d{12})/(?P<name>[\w-]{1,80})/?")


def queue_arn(queue: str) -> str:
    """Return the Amazon Resource Name of a queue, given by that or by its URL.

    An address without TLS is that of a server of one's own, which stands in for Amazon's as the
    sandbox does.

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
            f"{parts.hostname or queue} is no queue of Amazon SQS",
            where="setting `notification_queue_url`",
            hint="give a URL such as https://sqs.us-east-1.amazonaws.com/123456789012/reports",
        )
    return f"arn:aws:sqs:{region_of(queue)}:{path['account']}:{path['name']}"
