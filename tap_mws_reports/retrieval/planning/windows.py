"""The windows of a report type that a run requests, given those of earlier runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tap_mws_reports.retrieval.intervals import Interval, subtract
from tap_mws_reports.retrieval.planning.periods import Periods
from tap_mws_reports.retrieval.state.bookmarks import Bookmark

END_DELAY = timedelta(minutes=2)
"""Reports may lack the latest events."""

MIN_SNAPSHOT_AGE = timedelta(minutes=30)
"""The age below which a snapshot is current: Amazon makes one every 30 minutes at most."""

TRIED_AGAIN = timedelta(hours=20)
"""The delay after given-up windows before the next one is tried: daily runs try one each."""


@dataclass(frozen=True, slots=True)
class WindowRule:
    """How a report type may be requested."""

    longest: timedelta
    """The longest range of one request."""
    cooldown: timedelta = timedelta(0)
    """The minimum time between two requests."""
    lookback: timedelta = timedelta(0)
    """How far each run rereads finished windows for late changes."""
    oldest: timedelta | None = None
    """How long ago a request may start; None for no limit."""
    periods: Periods | None = None
    """The periods of the windows, for types whose rows summarise days or longer."""
    end_delay: timedelta = END_DELAY
    """How long before now the last window ends, at least."""
    start_offset: timedelta | None = None
    """How long ago a request for a snapshot starts; None if it has no start."""
    configured_window: timedelta | None = field(default=None, compare=False)
    """The longest range that the settings name, even if Amazon allows less; None if they do not."""

    def request_dates(self, interval: Interval) -> tuple[datetime, datetime]:
        """Return the start and the end of the request for a window."""
        last = self.periods.last_moment(interval.end) if self.periods else interval.end
        return interval.start, last


def target_range(
    start: datetime, end: datetime | None, rule: WindowRule, now: datetime
) -> Interval:
    """Return the time range to read, in whole minutes or whole periods.

    A period that begins before ``start`` is included, one that ends after ``end`` is not.
    """
    latest = (now - rule.end_delay).replace(second=0, microsecond=0)
    first, last = start, min(end or latest, latest)
    if rule.periods is not None:
        first = rule.periods.floor(first)
        last = min(rule.periods.floor(last), rule.periods.last_complete(latest))
    if rule.oldest is not None:
        first = max(first, _soon_after(now - rule.oldest, rule.periods))
    return Interval(first, max(first, last))


def new_windows(whole: Interval, rule: WindowRule, bookmark: Bookmark) -> Iterator[Interval]:
    """Yield the windows that no run has requested yet, oldest first.

    A new range shorter than the cooldown is left to a later run, and so is the lookback before it:
    Amazon would cancel the request, or make no new version. Finished windows are reread only if the
    range extends beyond all requested windows: otherwise a killed run left windows to request. If
    the latest windows are given up, a new one is tried about once a day.
    """
    intervals = [each.interval for each in bookmark.open_requests]
    intervals += [each.interval for each in bookmark.failed_windows]
    given_up = [each.interval for each in bookmark.given_up if each.interval]
    requested = [*(interval for interval in intervals if interval is not None), *given_up]
    latest = max((interval.end for interval in (*bookmark.done, *requested)), default=None)
    failing = any(interval.end == latest for interval in given_up)
    cooldown = max(rule.cooldown, TRIED_AGAIN) if failing else rule.cooldown
    extends = latest is not None and whole.end > latest
    done = list(_without_lookback(bookmark.done, rule) if extends else bookmark.done)
    for gap in subtract(whole, [*done, *requested]):
        if latest and gap.start <= latest and gap.end - cooldown < latest <= gap.end:
            continue
        yield from cut(gap, rule)


def snapshot_due(bookmark: Bookmark, rule: WindowRule, end: datetime | None, now: datetime) -> bool:
    """Whether a new snapshot is due, or the last one is recent enough.

    A given-up snapshot is tried once a day, to find out when the type works again.
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
    """Return the age up to which a finished snapshot replaces a new one."""
    return max(rule.cooldown, MIN_SNAPSHOT_AGE)


def _soon_after(moment: datetime, periods: Periods | None) -> datetime:
    """Round up to a whole minute, or to the beginning of a period.

    So the requests of one run have the same start. Amazon would refuse an earlier one.
    """
    minute = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return minute if periods is None else periods.not_before(minute)


def cut(gap: Interval, rule: WindowRule) -> Iterator[Interval]:
    """Split a range into windows, oldest first."""
    if rule.periods is None:
        yield from gap.split(rule.longest)
        return
    count, start = rule.periods.fitting(rule.longest), gap.start
    while start < gap.end:
        end = rule.periods.add(start, count)
        yield Interval(start, min(end, gap.end))
        start = end


def _without_lookback(done: list[Interval], rule: WindowRule) -> Iterator[Interval]:
    """Yield the finished intervals without the lookback, which is reread."""
    for interval in done:
        cut = interval.end
        if interval == done[-1]:
            cut -= rule.lookback
            cut = cut if rule.periods is None else rule.periods.floor(cut)
        if cut > interval.start:
            yield Interval(interval.start, cut)
