"""Redaction of the queries of addresses.

A presigned address of a document at S3 is valid for anyone who has it.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

from __future__ import annotations

import logging
import re

_QUERY = re.compile(r"\?[^\s'\"]+")


def without_queries(text: str) -> str:
    """Return a text without the queries of its addresses."""
    return _QUERY.sub("?...", text)


def hide_in_logs() -> None:
    """Keep queries out of the line that `urllib3` logs of each request at the level DEBUG."""
    logging.getLogger("urllib3.connectionpool").addFilter(_hide)


def _hide(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        hidden = (without_queries(each) if isinstance(each, str) else each for each in record.args)
        record.args = tuple(hidden)
    return True
