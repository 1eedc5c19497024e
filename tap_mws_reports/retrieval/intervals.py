"""Time intervals: split, merge and subtract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A half-open time interval: ``start`` is inside, ``end`` is not. Both are aware datetimes."""

    start: datetime
    end: datetime

    def __str__(self) -> str:
        """Render the interval in UTC to the minute, for logs and errors."""
        return f"{self.start:%Y-%m-%dT%H:%MZ} to {self.end:%Y-%m-%dT%H:%MZ}"

    def split(self, longest: timedelta) -> Iterator[Interval]:
        """Split the interval into parts no longer than ``longest``, oldest first."""
        start = self.start
        while start < self.end:
            end = min(start + longest, self.end)
            yield Interval(start, end)
            start = end


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """Join intervals that touch or overlap; the result is sorted."""
    result: list[Interval] = []
    for interval in sorted(intervals):
        if result and interval.start <= result[-1].end:
            result[-1] = Interval(result[-1].start, max(result[-1].end, interval.end))
        else:
            result.append(interval)
    return result


def subtract(whole: Interval, covered: Iterable[Interval]) -> Iterator[Interval]:
    """Yield the parts of ``whole`` that no interval of ``covered`` covers, oldest first."""
    start = whole.start
    for interval in merge(covered):
        if interval.start >= whole.end:
            break
        if interval.start > start:
            yield Interval(start, interval.start)
        start = max(start, interval.end)
    if start < whole.end:
        yield Interval(start, whole.end)
