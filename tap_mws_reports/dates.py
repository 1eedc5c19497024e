"""The one text form of a moment that settings, state and records share, and what people say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pendulum

_MINUTE = 60  # seconds
_HOUR = 60  # minutes
_TWO_DAYS = 48  # hours


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


def in_words(duration: timedelta) -> str:
    """Say a duration as ``42 s``, ``5 min``, ``1 h 46 min`` or ``2 d 3 h``."""
    seconds = max(0, round(duration.total_seconds()))
    if seconds < _MINUTE:
        return f"{seconds} s"
    minutes = round(seconds / _MINUTE)
    if minutes < _HOUR:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, _HOUR)
    if hours < _TWO_DAYS:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{hours // 24} d {hours % 24} h"


def by_the_clock(moment: datetime, now: datetime) -> str:
    """Say a moment as the reader's own clock shows it; the day, too, unless it is today."""
    local, today = moment.astimezone(), now.astimezone().date()
    return f"{local:%H:%M}" if local.date() == today else f"{local:%Y-%m-%d %H:%M}"
