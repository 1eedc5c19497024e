"""How long the periods of schedules are."""

from __future__ import annotations

import re
from datetime import timedelta

from tap_mws_reports.api.sp_api.enumerations import PERIODS

_PERIOD = re.compile(r"P(T?)(\d+)([MHD])")
# A month is taken for thirty days.
_UNITS = {
    "TM": timedelta(minutes=1),
    "TH": timedelta(hours=1),
    "D": timedelta(days=1),
    "M": timedelta(days=30),
}


def _length(word: str) -> timedelta:
    time, number, unit = _PERIOD.fullmatch(word).groups()  # type: ignore[union-attr]
    return int(number) * _UNITS[time + unit]


LENGTHS: dict[str, timedelta] = {word: _length(word) for word in PERIODS}
"""Each period by its word."""
