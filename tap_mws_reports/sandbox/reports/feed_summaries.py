"""Summaries of feeds, which MWS lists among the reports without a request.

Source: https://github.com/lineofflight/peddler/blob/v2.4.5/test/vcr_cassettes/Reports.yml
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from tap_mws_reports.sandbox.reports.document import Document

FEED_SUMMARY = "FeedSummaryReport"

_FIRST = datetime(2000, 1, 4, 8, 15, 29, tzinfo=UTC)
_PERIOD = timedelta(days=30)
_TEXT = (
    "Feed Processing Summary:\n"
    "\tNumber of records processed\t\t{processed}\n"
    "\tNumber of records successful\t\t{successful}\n\n"
)


def feed_times(since: datetime, until: datetime) -> Iterator[datetime]:
    """Yield when feeds were processed, after ``since`` and up to ``until``."""
    time = _FIRST + _PERIOD * max(0, (since - _FIRST) // _PERIOD + 1)
    while time <= until:
        yield time
        time += _PERIOD


def summary(seller_id: str, processed_at: datetime) -> Document:
    """Return the summary of a seller's feed."""
    rng = random.Random(f"{seller_id}/{processed_at}")
    processed = rng.randint(1, 200)
    text = _TEXT.format(processed=processed, successful=processed - rng.randint(0, 1))
    return Document(text.encode(), "windows-1252")
