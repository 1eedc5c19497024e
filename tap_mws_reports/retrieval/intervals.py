"""Spans of time, and what is left of one when others are taken away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A span of time: ``start`` is inside it, ``end`` is not. Both are aware datetimes."""

    start: datetime
    end: datetime

    def __str__(self) -> str:
        """Render the span in UTC to the minute, for logs and errors."""
        return f"{self.start:%Y-%m-%dT%H:%MZ} to {self.end:%Y-%m-%dT%H:%MZ}"

    def split(self, longest: timedelta) -> Iterator[Span]:
        """Cut the span into pieces no longer than ``longest``, oldest first."""
        start = self.start
        while start < self.end:
            end = min(start + longest, self.end)
            yield Span(start, end)
            start = end


def merged(spans: Iterable[Span]) -> list[Span]:
    """Join spans that touch or overlap; the result is in order of time."""
    result: list[Span] = []
    for span in sorted(spans):
        if result and span.start <= result[-1].end:
            result[-1] = Span(result[-1].start, max(result[-1].end, span.end))
        else:
            result.append(span)
    return result


def uncovered(whole: Span, covered: Iterable[Span]) -> Iterator[Span]:
    """Yield the parts of ``whole`` that no span of ``covered`` covers, oldest first."""
    start = whole.start
    for span in merged(covered):
        if span.start >= whole.end:
            break
        if span.start > start:
            yield Span(start, span.start)
        start = max(start, span.end)
    if start < whole.end:
        yield Span(start, whole.end)
