"""Timestamps as text: in settings, state, records and Amazon's responses, and for people."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

_NOW = "now"
_COMPLETE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6})?(Z|[+-]\d\d:\d\d)", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MINUTE = 60  # seconds
_HOUR = 60  # minutes
_TWO_DAYS = 48  # hours


def parse_timestamp(text: str) -> datetime:
    """Read an ISO 8601 date or date-time as a moment in UTC; without an offset it is UTC.

    A date is its midnight; a year, a month or a week is its first day. A time of day and ``now``,
    for which pendulum would read the machine's clock, are not dates.

    Raises:
        ValueError: the text is not a date, or lies before the first or after the last year in UTC.
    """
    # What the services, the state and most settings contain is read 20 times as fast without
    # pendulum, whose import takes 15 ms.
    with suppress(ValueError, OverflowError):
        if _COMPLETE.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC)
        if _DATE.fullmatch(text):
            return datetime.combine(date.fromisoformat(text), time(), UTC)
    import pendulum  # noqa: PLC0415

    message = f"{text!r} is not a date"
    try:
        parsed = pendulum.parse(text, tz="UTC", exact=True) if text != _NOW else None
    except TypeError as error:  # from an interval of a date and a time of day
        raise ValueError(message) from error
    if isinstance(parsed, datetime):
        return datetime.fromtimestamp(parsed.timestamp(), UTC)
    if isinstance(parsed, date):
        return datetime.combine(parsed, time(), UTC)
    raise ValueError(message)


def format_timestamp(moment: datetime) -> str:
    """Write a moment in UTC as ``2026-11-24T10:00:00+00:00``."""
    return moment.astimezone(UTC).isoformat()


def format_duration(duration: timedelta) -> str:
    """Format a duration as ``42 s``, ``5 min``, ``1 h 46 min`` or ``2 d 3 h``."""
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


def format_local_time(moment: datetime, now: datetime) -> str:
    """Format a time in the reader's time zone; with the day, unless it is today."""
    local, today = moment.astimezone(), now.astimezone().date()
    return f"{local:%H:%M}" if local.date() == today else f"{local:%Y-%m-%d %H:%M}"
