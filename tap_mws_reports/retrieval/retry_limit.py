"""For how long a window that failed is asked for again: then it is given up.

A failure carries the date of the first one, and later runs retry it. One that fails again
`retry_failed_days` or more after that date is given up: it counts neither as finished nor as a
failure of the run, and is listed in the state. A longer limit takes it up again.

Of a report type that fails altogether every run has a new window, which has failed only once. So a
window counts as failing since the first failure after the last window that was finished.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

from tap_mws_reports.retrieval.intervals import Interval
from tap_mws_reports.retrieval.planning.windows import WindowRule, cut
from tap_mws_reports.retrieval.state.bookmarks import Bookmark, FailedWindow, FailureKey, GivenUp


def date_failures(bookmark: Bookmark, today: date) -> None:
    """Give failures that were recorded without a date the date of today."""
    failed_windows = bookmark.failed_windows
    dated = [
        replace(failed_window, failed_since=failed_window.failed_since or today)
        for failed_window in failed_windows
    ]
    if dated != failed_windows:
        bookmark.note_failures(dated, bookmark.given_up)


def expire(
    bookmark: Bookmark, failed: Collection[FailureKey], today: date, days: int
) -> list[FailedWindow]:
    """Give up what has failed for too long, and return it.

    Args:
        bookmark: of the partition, when all its works of this run have ended.
        failed: what has failed in this run. What was not tried is not given up.
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
        bookmark.note_failures(kept, _joined(others.values()))
    return expired


def reopen(bookmark: Bookmark, rule: WindowRule, today: date, days: int) -> int:
    """Let what was given up be retried where the limit is longer now; return how much it is."""
    again = [each for each in bookmark.given_up if (today - each.since).days < days]
    if again:
        failed_windows = [
            failed_window for each in again for failed_window in _failed_windows(each, rule)
        ]
        given_up = [each for each in bookmark.given_up if each not in again]
        bookmark.note_failures([*bookmark.failed_windows, *failed_windows], given_up)
    return len(again)


def _since_last_finished(bookmark: Bookmark) -> dict[FailureKey, date]:
    """Return since when the windows have failed that lie behind all finished ones."""
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
    """Join windows that touch and have the same reason, so that the state stays small."""
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
