"""Which windows of a report type are wanted, seen from what earlier runs have done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tap_mws_reports.retrieval.bookmarks import Bookmark
from tap_mws_reports.retrieval.intervals import Span, uncovered

HELD_BACK = timedelta(minutes=2)
"""The last window ends this long before now: what happened just now may not be in reports yet."""

LEAST_FRESHNESS = timedelta(minutes=30)
"""A snapshot younger than this is not taken anew: Amazon makes the quickest ones every 30 min."""


@dataclass(frozen=True, slots=True)
class WindowRule:
    """How a report type may be asked for.

    ``longest`` is the longest range of one request, ``cooldown`` the time between two requests,
    ``lookback`` how far each run goes back over finished windows for late changes.
    """

    longest: timedelta
    cooldown: timedelta = timedelta(0)
    lookback: timedelta = timedelta(0)


def goal(start: datetime, end: datetime | None, now: datetime) -> Span:
    """Return the whole time that is wanted, in whole minutes."""
    latest = (now - HELD_BACK).replace(second=0, microsecond=0)
    return Span(start, max(start, min(end or latest, latest)))


def new_windows(whole: Span, rule: WindowRule, bookmark: Bookmark) -> Iterator[Span]:
    """Yield the windows that no run has asked for yet, oldest first.

    A rest shorter than the cooldown is left for a later run: Amazon would cancel the request.
    """
    spans = [each.span for each in bookmark.open_requests]
    spans += [each.span for each in bookmark.holes]
    asked = [span for span in spans if span is not None]
    done = list(_looked_back(bookmark.done, rule.lookback, whole.end))
    for gap in uncovered(whole, [*done, *asked]):
        if gap.end == whole.end and done and gap.end - gap.start < rule.cooldown:
            continue
        yield from gap.split(rule.longest)


def snapshot_due(bookmark: Bookmark, rule: WindowRule, end: datetime | None, now: datetime) -> bool:
    """Whether the state of things now is wanted, or the last one taken is fresh enough."""
    taken = bookmark.snapshot_taken
    if taken is None:
        return True
    if end is not None and taken >= end:
        return False
    return now - taken >= freshness(rule)


def freshness(rule: WindowRule) -> timedelta:
    """Return how old a finished snapshot may be to serve in place of a new one."""
    return max(rule.cooldown, LEAST_FRESHNESS)


def _looked_back(done: list[Span], lookback: timedelta, end: datetime) -> Iterator[Span]:
    for span in done:
        cut = span.end - lookback if span == done[-1] and end > span.end else span.end
        if cut > span.start:
            yield Span(span.start, cut)
