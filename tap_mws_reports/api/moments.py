"""Moments as both services write them, in ISO 8601."""

from __future__ import annotations

from datetime import UTC, datetime


def read_date(text: str) -> datetime:
    """Read a moment; one without an offset is taken for UTC, as Amazon's own are.

    Raises:
        ValueError: the text is not a date.
    """
    moment = datetime.fromisoformat(text)
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        message = f"{text!r} lies before the first or after the last year"
        raise ValueError(message) from error
