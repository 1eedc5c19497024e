"""Which windows of a report type are wanted, seen from what earlier runs have done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

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
    ``lookback`` how far each run goes back over finished windows for late changes, ``oldest``
    how long ago the start of a request may lie (None: no limit). Types that count whole days have
    their windows cut at the midnights of ``day_zone``, an IANA name.
    """

    longest: timedelta
    cooldown: timedelta = timedelta(0)
    lookback: timedelta = timedelta(0)
    oldest: timedelta | None = None
    day_zone: str | None = None


def goal(start: datetime, end: datetime | None, rule: WindowRule, now: datetime) -> Span:
    """Return the whole time that is wanted: in whole minutes, or in whole days where they count."""
    latest = (now - HELD_BACK).replace(second=0, microsecond=0)
    first, last = start, min(end or latest, latest)
    if rule.day_zone is not None:
        zone = ZoneInfo(rule.day_zone)
        first, last = _midnight(first, zone), _midnight(last, zone)
    if rule.oldest is not None:
        first = max(first, _soon_after(now - rule.oldest, rule.day_zone))
    return Span(first, max(first, last))


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
        yield from _cut(gap, rule)


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


def _soon_after(moment: datetime, day_zone: str | None) -> datetime:
    """Return a whole minute, so that requests made in one run begin at the same moment; or a day.

    Neither begins before the moment, for Amazon would refuse it.
    """
    minute = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
    if day_zone is None:
        return minute
    return _days_later(minute, 1, ZoneInfo(day_zone))


def _midnight(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the beginning of the day that a moment lies in, in UTC."""
    return _days_later(moment, 0, zone)


def _days_later(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return the beginning of a later day, in UTC.

    By the calendar: a day has 23 or 25 hours when the clocks are changed.
    """
    day = moment.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, time(), zone).astimezone(moment.tzinfo)


def _cut(gap: Span, rule: WindowRule) -> Iterator[Span]:
    if rule.day_zone is None:
        yield from gap.split(rule.longest)
        return
    zone = ZoneInfo(rule.day_zone)
    days = max(1, rule.longest // timedelta(days=1))
    start = gap.start
    while start < gap.end:
        end = _days_later(start, days, zone)
        yield Span(start, min(end, gap.end))
        start = end


def _looked_back(done: list[Span], lookback: timedelta, end: datetime) -> Iterator[Span]:
    for span in done:
        cut = span.end - lookback if span == done[-1] and end > span.end else span.end
        if cut > span.start:
            yield Span(span.start, cut)
