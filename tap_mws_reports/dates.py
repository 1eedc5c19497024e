"""The one text form of a moment that settings, state and records share."""

from __future__ import annotations

from datetime import UTC, datetime

import pendulum


def parse_date(text: str) -> datetime:
    """Read an ISO 8601 date or date-time as a moment in UTC; without an offset it is UTC.

    Raises:
        ValueError: the text is not a date.
    """
    parsed = pendulum.parse(text, tz="UTC")
    if not isinstance(parsed, pendulum.DateTime):
        message = f"{text!r} is not a date"
        raise ValueError(message)  # noqa: TRY004 - a duration or a time of day is a wrong value
    return datetime.fromtimestamp(parsed.timestamp(), UTC)


def render_date(moment: datetime) -> str:
    """Write a moment in UTC as ``2026-11-24T10:00:00+00:00``."""
    return moment.astimezone(UTC).isoformat()
