"""Align the windows of earlier runs to whole periods.

Earlier runs may have requested parts of a day, or days where weeks are required now.
"""

from __future__ import annotations

from collections.abc import Iterator

from tap_mws_reports.retrieval.intervals import Interval
from tap_mws_reports.retrieval.planning.periods import Periods
from tap_mws_reports.retrieval.state.bookmarks import Bookmark


def align_to_periods(bookmark: Bookmark, periods: Periods) -> bool:
    """Keep only whole periods in a bookmark; return whether it changed.

    A period that was read in part is read again as a whole; a request for a part is dropped.
    """

    def fits(interval: Interval) -> bool:
        return (periods.begun(interval.start), periods.begun(interval.end)) == (
            interval.start,
            interval.end,
        )

    intervals = [each.interval for each in bookmark.open_requests]
    intervals += [each.interval for each in bookmark.failed_windows]
    intervals += [each.interval for each in bookmark.given_up]
    if all(fits(interval) for interval in (*bookmark.done, *intervals) if interval is not None):
        return False
    bookmark.keep(_whole(bookmark.done, periods), fits)
    return True


def _whole(done: list[Interval], periods: Periods) -> Iterator[Interval]:
    """Yield the whole periods within the finished intervals."""
    for interval in done:
        inner = Interval(periods.not_before(interval.start), periods.begun(interval.end))
        if inner.start < inner.end:
            yield inner
