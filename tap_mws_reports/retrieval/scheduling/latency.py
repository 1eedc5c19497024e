"""How long Amazon takes to make a report, learned for each report type from what it has made."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import timedelta
from statistics import median

WINDOW_SIZE = 25
"""Of a report type: enough for a median, few enough to follow Amazon when it gets slower."""

P75 = 0.75
"""The share of reports after which most are ready."""


class Latencies:
    """The times from request to report that were seen lately, by report type.

    They are whole seconds, rounded up, as they go into the state: targets read numbers with a
    fraction as decimals, which they cannot write into the state again.
    """

    def __init__(self, seen: Mapping[str, Iterable[float]] | None = None) -> None:
        self._seen: dict[str, deque[int]] = {}
        for report_type, seconds in (seen or {}).items():
            for each in seconds:
                self.note(report_type, each)

    def note(self, report_type: str, seconds: float) -> None:
        """Remember how long a report took."""
        lately = self._seen.setdefault(report_type, deque(maxlen=WINDOW_SIZE))
        lately.append(math.ceil(max(0.0, seconds)))

    def usual(self, report_type: str) -> timedelta | None:
        """Return the median for a report type, or None before any report of it was seen."""
        lately = self._seen.get(report_type)
        return timedelta(seconds=median(lately)) if lately else None

    def longest(self, report_type: str) -> timedelta | None:
        """Return the longest time that was seen lately, or None as `usual`."""
        lately = self._seen.get(report_type)
        return timedelta(seconds=max(lately)) if lately else None

    def mostly(self, report_type: str) -> timedelta | None:
        """Return the time in which three of four reports were ready, or None as `usual`."""
        lately = sorted(self._seen.get(report_type, ()))
        return timedelta(seconds=lately[int(len(lately) * P75)]) if lately else None

    def seen(self, report_type: str) -> list[int]:
        """Return what was seen of a report type, the newest last, as it goes into the state."""
        return list(self._seen.get(report_type, ()))
