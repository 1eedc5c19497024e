"""Headers of MWS's answers: the time and the quota.

Names are expected in lower case. A header that cannot be parsed counts as absent.

Source: https://docs.developer.amazonservices.com/en_US/dev_guide/DG_Throttling.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from tap_mws_reports.api.timestamps import parse_timestamp
from tap_mws_reports.api.transport import header_number


@dataclass(frozen=True, slots=True)
class QuotaHeaders:
    """The ``x-mws-quota-*`` headers; the reset is by this machine's clock."""

    maximum: float | None
    remaining: float | None
    resets_on: datetime | None


def quota_headers(headers: Mapping[str, str], now: datetime) -> QuotaHeaders:
    """Parse the quota; ``now`` is when the answer came, by this machine's clock."""
    resets_on = response_time(headers.get("x-mws-quota-resetson"))
    if resets_on is not None:
        resets_on += clock_offset(headers, now) or timedelta(0)
    return QuotaHeaders(
        maximum=header_number(headers.get("x-mws-quota-max")),
        remaining=header_number(headers.get("x-mws-quota-remaining")),
        resets_on=resets_on,
    )


def clock_offset(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return how far this machine's clock is ahead of Amazon's; None if that is unknown."""
    server_time = response_time(headers.get("x-mws-timestamp")) or response_time(
        headers.get("date")
    )
    return None if server_time is None else now - server_time


def response_time(text: str | None) -> datetime | None:
    """Parse a date in any of the forms Amazon's headers have had.

    They are ISO 8601, RFC 1123, ``Tue,04 Feb 2014 12:03:00 UTC``, and in error messages
    ``Thu Oct 24 01:30:00 UTC 2013``.
    """
    for read in (parse_timestamp, parsedate_to_datetime):
        try:
            found = read(text or "")
        except ValueError:
            continue
        return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
    return None
