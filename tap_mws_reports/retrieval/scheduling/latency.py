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
    """The recent times from request to report of a seller, by report type.

    They are whole seconds, rounded up, because they are kept in the state: targets read fractional
    numbers as decimals, which they cannot write back into the state.

    Args:
        seen: the latencies of earlier runs, in seconds.
        shared: what the sellers of the run learn in it, for types of which this one knows none.
    """

    def __init__(
        self,
        seen: Mapping[str, Iterable[float]] | None = None,
        shared: SharedLatencies | None = None,
    ) -> None:
        self._shared = shared
        self._seen: dict[str, deque[int]] = {}
        self._p75: dict[str, timedelta] = {}
        """The third quartiles that were looked up since the last change."""
        for report_type, seconds in (seen or {}).items():
            for each in seconds:
                self.record(report_type, each)

    def record(self, report_type: str, seconds: float) -> None:
        """Record the latency of a report."""
        recent = self._seen.setdefault(report_type, deque(maxlen=WINDOW_SIZE))
        recent.append(math.ceil(max(0.0, seconds)))
        self._p75.pop(report_type, None)

    def learn(self, report_type: str, seconds: float) -> None:
        """Record the latency of a report of this run, also for the other sellers."""
        self.record(report_type, seconds)
        if self._shared is not None:
            self._shared.learn(report_type, seconds)

    def median(self, report_type: str) -> timedelta | None:
        """Return the median of a report type, or None if there is no latency of it."""
        recent = self.seen(report_type)
        return timedelta(seconds=median(recent)) if recent else None

    def longest(self, report_type: str) -> timedelta | None:
        """Return the longest recent latency, or None as `median`."""
        recent = self.seen(report_type)
        return timedelta(seconds=max(recent)) if recent else None

    def p75(self, report_type: str) -> timedelta | None:
        """Return the third quartile of the seller's own latencies, or None if it has none."""
        if report_type not in self._p75:
            recent = sorted(self._seen.get(report_type, ()))
            if not recent:
                return None
            self._p75[report_type] = timedelta(seconds=recent[int(len(recent) * P75)])
        return self._p75[report_type]

    def shared_p75(self, report_type: str) -> timedelta | None:
        """Return the third quartile of what other sellers learned, or None if they have not."""
        return self._shared.p75(report_type) if self._shared is not None else None

    def seen(self, report_type: str) -> list[int]:
        """Return the recent latencies of a report type, the newest last.

        They are those of other sellers if the seller has none.
        """
        own = self._seen.get(report_type)
        if own is None and self._shared is not None:
            return self._shared.seen(report_type)
        return list(own or ())

    def kept(self, report_type: str) -> list[int]:
        """Return those that the state keeps: the seller's own."""
        return list(self._seen.get(report_type, ()))[-KEPT:]


class SharedLatencies:
    """The latencies that the sellers of a run have learned in it, by report type.

    Sellers differ in size and so in latency: these only move a poll to an earlier time.
    """

    def __init__(self) -> None:
        self._latencies = Latencies()
        self._lowest: dict[str, timedelta] = {}
        self._is_lower = False

    def learn(self, report_type: str, seconds: float) -> None:
        """Record the latency of a report."""
        self._latencies.record(report_type, seconds)
        p75 = self._latencies.p75(report_type)
        if p75 is not None and p75 < self._lowest.get(report_type, timedelta.max):
            self._lowest[report_type] = p75
            self._is_lower = True

    def p75(self, report_type: str) -> timedelta | None:
        """Return the third quartile, or None if there is no latency of the type."""
        return self._latencies.p75(report_type)

    def seen(self, report_type: str) -> list[int]:
        """Return the recent latencies of a report type, the newest last."""
        return self._latencies.seen(report_type)

    def take_lower(self) -> bool:
        """Whether a third quartile was lower than ever, or the first one, since the last call.

        Then polls of other sellers may be due earlier. They are few: a lowest value is rare.
        """
        is_lower, self._is_lower = self._is_lower, False
        return is_lower
