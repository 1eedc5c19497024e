"""Which windows of a report type are wanted, seen from what earlier runs have done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tap_mws_reports.retrieval.intervals import Interval, subtract
from tap_mws_reports.retrieval.planning.periods import Periods
from tap_mws_reports.retrieval.state.bookmarks import Bookmark

END_DELAY = timedelta(minutes=2)
"""What happened just now may not be in reports yet."""

MIN_SNAPSHOT_AGE = timedelta(minutes=30)
"""A snapshot younger than this is not taken anew: Amazon makes the quickest ones every 30 min."""

TRIED_AGAIN = timedelta(hours=20)
"""How long after windows that were given up the next one is tried: once by runs a day apart."""


@dataclass(frozen=True, slots=True)
class WindowRule:
    """How a report type may be asked for.

    ``longest`` is the longest range of one request, ``cooldown`` the time between two requests,
    ``lookback`` how far each run goes back over finished windows for late changes, ``oldest``
    how long ago the start of a request may lie (None: no limit). Types whose rows sum up days or
    longer have windows of whole ``periods``. The last window ends ``held_back`` before now, or
    earlier. ``reach`` is how long ago the start of a request for a snapshot has to lie (None: it
    has no start).
    """

    longest: timedelta
    cooldown: timedelta = timedelta(0)
    lookback: timedelta = timedelta(0)
    oldest: timedelta | None = None
    periods: Periods | None = None
    held_back: timedelta = END_DELAY
    reach: timedelta | None = None

    def asked(self, interval: Interval) -> tuple[datetime, datetime]:
        """Return the start and the end that Amazon is asked for, to have a window."""
        last = self.periods.last_moment(interval.end) if self.periods else interval.end
        return interval.start, last


def target_range(
    start: datetime, end: datetime | None, rule: WindowRule, now: datetime
) -> Interval:
    """Return the whole time that is wanted, in whole minutes, or in whole periods.

    A period that begins before ``start`` is wanted whole, one that ends after ``end`` is not.
    """
    latest = (now - rule.held_back).replace(second=0, microsecond=0)
    first, last = start, min(end or latest, latest)
    if rule.periods is not None:
        first = rule.periods.begun(first)
        last = min(rule.periods.begun(last), rule.periods.over(latest))
    if rule.oldest is not None:
        first = max(first, _soon_after(now - rule.oldest, rule.periods))
    return Interval(first, max(first, last))


def new_windows(whole: Interval, rule: WindowRule, bookmark: Bookmark) -> Iterator[Interval]:
    """Yield the windows that no run has asked for yet, oldest first.

    When less is new than the cooldown, it is left for a later run, and so is what would be read
    again with it: Amazon would cancel the request, or make no new version. Nothing is read again
    unless there is a time after all that was asked for: a killed run left the rest of its windows.
    Where the latest windows are given up, a new one is tried about once a day.
    """
    intervals = [each.interval for each in bookmark.open_requests]
    intervals += [each.interval for each in bookmark.failed_windows]
    given_up = [each.interval for each in bookmark.given_up if each.interval]
    asked = [*(interval for interval in intervals if interval is not None), *given_up]
    latest = max((interval.end for interval in (*bookmark.done, *asked)), default=None)
    failing = any(interval.end == latest for interval in given_up)
    cooldown = max(rule.cooldown, TRIED_AGAIN) if failing else rule.cooldown
    goes_on = latest is not None and whole.end > latest
    done = list(_looked_back(bookmark.done, rule) if goes_on else bookmark.done)
    for gap in subtract(whole, [*done, *asked]):
        if latest and gap.start <= latest and gap.end - cooldown < latest <= gap.end:
            continue
        yield from cut(gap, rule)


def snapshot_due(bookmark: Bookmark, rule: WindowRule, end: datetime | None, now: datetime) -> bool:
    """Whether the state of things now is wanted, or the last one taken is fresh enough.

    One that was given up is tried once a day: only so is it seen that the type works again.
    """
    failed = bookmark.given_up_snapshot
    if failed is not None and failed.last_failed >= now.date():
        return False
    taken = bookmark.snapshot_taken
    if taken is None:
        return True
    if end is not None and taken >= end:
        return False
    return now - taken >= max_snapshot_age(rule)


def max_snapshot_age(rule: WindowRule) -> timedelta:
    """Return how old a finished snapshot may be to serve in place of a new one."""
    return max(rule.cooldown, MIN_SNAPSHOT_AGE)


def _soon_after(moment: datetime, periods: Periods | None) -> datetime:
    """Return a whole minute, so that requests made in one run begin at the same moment.

    Or the beginning of a period. Neither lies before the moment, for Amazon would refuse it.
    """
    minute = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return minute if periods is None else periods.not_before(minute)


def cut(gap: Interval, rule: WindowRule) -> Iterator[Interval]:
    """Yield the windows of a time that is wanted, oldest first."""
    if rule.periods is None:
        yield from gap.split(rule.longest)
        return
    count, start = rule.periods.fitting(rule.longest), gap.start
    while start < gap.end:
        end = rule.periods.later(start, count)
        yield Interval(start, min(end, gap.end))
        start = end


def _looked_back(done: list[Interval], rule: WindowRule) -> Iterator[Interval]:
    """Yield what need not be read again when the end goes on."""
    for interval in done:
        cut = interval.end
        if interval == done[-1]:
            cut -= rule.lookback
            cut = cut if rule.periods is None else rule.periods.begun(cut)
        if cut > interval.start:
            yield Interval(interval.start, cut)
