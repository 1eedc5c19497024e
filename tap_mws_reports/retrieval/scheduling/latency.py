"""Report latencies: how long Amazon takes for reports of each type, from recent ones."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import timedelta
from statistics import median

WINDOW_SIZE = 25
"""Latencies kept per report type: enough for a median, few enough to follow changes."""

KEPT = 10
"""Latencies of each report type that the state keeps: it has them once for every partition."""

P75 = 0.75
"""The quantile at which a report is first polled."""


class Latencies:
    """The recent times from request to report, by report type.

    They are whole seconds, rounded up, because they are kept in the state: targets read fractional
    numbers as decimals, which they cannot write back into the state.
    """

    def __init__(self, seen: Mapping[str, Iterable[float]] | None = None) -> None:
        self._seen: dict[str, deque[int]] = {}
        self._p75: dict[str, timedelta] = {}
        """The third quartiles that were looked up since the last change."""
        for report_type, seconds in (seen or {}).items():
            for each in seconds:
                self.note(report_type, each)

    def note(self, report_type: str, seconds: float) -> None:
        """Record the latency of a report."""
        lately = self._seen.setdefault(report_type, deque(maxlen=WINDOW_SIZE))
        lately.append(math.ceil(max(0.0, seconds)))
        self._p75.pop(report_type, None)

    def median(self, report_type: str) -> timedelta | None:
        """Return the median of a report type, or None if there is no latency of it."""
        lately = self._seen.get(report_type)
        return timedelta(seconds=median(lately)) if lately else None

    def longest(self, report_type: str) -> timedelta | None:
        """Return the longest recent latency, or None as `median`."""
        lately = self._seen.get(report_type)
        return timedelta(seconds=max(lately)) if lately else None

    def p75(self, report_type: str) -> timedelta | None:
        """Return the third quartile, or None as `median`."""
        if report_type not in self._p75:
            lately = sorted(self._seen.get(report_type, ()))
            if not lately:
                return None
            self._p75[report_type] = timedelta(seconds=lately[int(len(lately) * P75)])
        return self._p75[report_type]

    def seen(self, report_type: str) -> list[int]:
        """Return the recent latencies of a report type, the newest last."""
        return list(self._seen.get(report_type, ()))

    def kept(self, report_type: str) -> list[int]:
        """Return those that the state keeps."""
        return self.seen(report_type)[-KEPT:]
