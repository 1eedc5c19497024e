"""How long a failed window is retried before it is given up.

A failed window has the date of its first failure, and later runs retry it. One that fails again
`retry_failed_days` or more after that date is given up: it counts neither as finished nor as a
failure of the run, and is listed in the state. A longer limit reopens it.

If a report type always fails, each run has a new window that has failed only once. So a window
counts as failing since the first failure after the last finished window.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

from tap_mws_reports.retrieval.intervals import Interval
from tap_mws_reports.retrieval.planning.windows import WindowRule, cut
from tap_mws_reports.retrieval.state.bookmark_entries import FailedWindow, FailureKey, GivenUp
from tap_mws_reports.retrieval.state.bookmarks import Bookmark


def date_failures(bookmark: Bookmark, today: date) -> None:
    """Set the date of failures without a date to today."""
    failed_windows = bookmark.failed_windows
    dated = [
        replace(failed_window, failed_since=failed_window.failed_since or today)
        for failed_window in failed_windows
    ]
    if dated != failed_windows:
        bookmark.replace_failures(dated, bookmark.given_up)


def expire(
    bookmark: Bookmark, failed: Collection[FailureKey], today: date, days: int
) -> list[FailedWindow]:
    """Give up windows that have failed for too long, and return them.

    Args:
        bookmark: the bookmark of the partition, after all its jobs of this run completed.
        failed: the failures of this run. A window that was not tried is not given up.
        today: the date of the run.
        days: how long after its first failure a window is retried.
    """
    trailing = _since_last_finished(bookmark)
    earlier = {each.key: each.since for each in bookmark.given_up}
    kept, expired = [], []
    for failed_window in bookmark.failed_windows:
        since = earlier.get(failed_window.key) or failed_window.failed_since or today
        if failed_window.key in trailing:
            since = min([since, *trailing.values()])
        if failed_window.key in failed and (today - since).days >= days:
            expired.append(replace(failed_window, failed_since=since))
        else:
            kept.append(failed_window)
    if expired:
        new = [_given_up(failed_window, today) for failed_window in expired]
        others = {each.key: each for each in (*bookmark.given_up, *new)}
        bookmark.replace_failures(kept, _joined(others.values()))
    return expired


def reopen(bookmark: Bookmark, rule: WindowRule, today: date, days: int) -> int:
    """Retry given-up windows that a longer limit allows; return their number."""
    reopened = [each for each in bookmark.given_up if (today - each.since).days < days]
    if reopened:
        failed_windows = [
            failed_window for each in reopened for failed_window in _failed_windows(each, rule)
        ]
        given_up = [each for each in bookmark.given_up if each not in reopened]
        bookmark.replace_failures([*bookmark.failed_windows, *failed_windows], given_up)
    return len(reopened)


def _since_last_finished(bookmark: Bookmark) -> dict[FailureKey, date]:
    """Return since when the windows after the last finished one have failed."""
    finished = max((interval.end for interval in bookmark.done), default=None)
    dated = [(each.interval, each.key, each.failed_since) for each in bookmark.failed_windows]
    dated += [(each.interval, each.key, each.since) for each in bookmark.given_up]
    return {
        key: since
        for interval, key, since in dated
        if interval and since and (finished is None or interval.start >= finished)
    }


def _given_up(failed_window: FailedWindow, today: date) -> GivenUp:
    return GivenUp(
        interval=failed_window.interval,
        reason=failed_window.reason,
        since=failed_window.failed_since or today,
        last_failed=today,
        report_request_id=failed_window.report_request_id,
        report_id=failed_window.report_id,
    )


def _joined(entries: Iterable[GivenUp]) -> list[GivenUp]:
    """Join adjacent windows with the same reason, so that the state stays small."""
    joined: list[GivenUp] = []
    windows = [(each.interval, each) for each in entries if each.interval]
    others = [each for each in entries if each.interval is None]
    for interval, each in sorted(windows, key=lambda pair: pair[0]):
        last = joined[-1] if joined else None
        if (
            last
            and last.interval
            and last.interval.end == interval.start
            and last.reason == each.reason
        ):
            whole = Interval(last.interval.start, interval.end)
            joined[-1] = replace(each, interval=whole, since=min(last.since, each.since))
        else:
            joined.append(each)
    return [*joined, *others]


def _failed_windows(given_up: GivenUp, rule: WindowRule) -> Iterable[FailedWindow]:
    intervals = cut(given_up.interval, rule) if given_up.interval else [None]
    for interval in intervals:
        yield FailedWindow(
            interval=interval,
            reason=given_up.reason,
            report_request_id=given_up.report_request_id,
            report_id=given_up.report_id,
            failed_since=given_up.since,
        )
