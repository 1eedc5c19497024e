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

from tap_mws_reports.retrieval.bookmarks import Bookmark
from tap_mws_reports.retrieval.entries import FailureKey, GivenUp, Hole
from tap_mws_reports.retrieval.intervals import Span
from tap_mws_reports.retrieval.windows import WindowRule, cut


def date_failures(bookmark: Bookmark, today: date) -> None:
    """Give failures that were recorded without a date the date of today."""
    holes = bookmark.holes
    dated = [replace(hole, failed_since=hole.failed_since or today) for hole in holes]
    if dated != holes:
        bookmark.note_failures(dated, bookmark.given_up)


def expire(
    bookmark: Bookmark, failed: Collection[FailureKey], today: date, days: int
) -> list[Hole]:
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
    for hole in bookmark.holes:
        since = earlier.get(hole.key) or hole.failed_since or today
        if hole.key in trailing:
            since = min([since, *trailing.values()])
        if hole.key in failed and (today - since).days >= days:
            expired.append(replace(hole, failed_since=since))
        else:
            kept.append(hole)
    if expired:
        new = [_given_up(hole, today) for hole in expired]
        others = {each.key: each for each in (*bookmark.given_up, *new)}
        bookmark.note_failures(kept, _joined(others.values()))
    return expired


def reopen(bookmark: Bookmark, rule: WindowRule, today: date, days: int) -> int:
    """Let what was given up be retried where the limit is longer now; return how much it is."""
    again = [each for each in bookmark.given_up if (today - each.since).days < days]
    if again:
        holes = [hole for each in again for hole in _holes(each, rule)]
        given_up = [each for each in bookmark.given_up if each not in again]
        bookmark.note_failures([*bookmark.holes, *holes], given_up)
    return len(again)


def _since_last_finished(bookmark: Bookmark) -> dict[FailureKey, date]:
    """Return since when the windows have failed that lie behind all finished ones."""
    finished = max((span.end for span in bookmark.done), default=None)
    dated = [(each.span, each.key, each.failed_since) for each in bookmark.holes]
    dated += [(each.span, each.key, each.since) for each in bookmark.given_up]
    return {
        key: since
        for span, key, since in dated
        if span and since and (finished is None or span.start >= finished)
    }


def _given_up(hole: Hole, today: date) -> GivenUp:
    return GivenUp(
        span=hole.span,
        reason=hole.reason,
        since=hole.failed_since or today,
        last_failed=today,
        report_request_id=hole.report_request_id,
        report_id=hole.report_id,
    )


def _joined(entries: Iterable[GivenUp]) -> list[GivenUp]:
    """Join windows that touch and have the same reason, so that the state stays small."""
    joined: list[GivenUp] = []
    windows = [(each.span, each) for each in entries if each.span]
    others = [each for each in entries if each.span is None]
    for span, each in sorted(windows, key=lambda pair: pair[0]):
        last = joined[-1] if joined else None
        if last and last.span and last.span.end == span.start and last.reason == each.reason:
            whole = Span(last.span.start, span.end)
            joined[-1] = replace(each, span=whole, since=min(last.since, each.since))
        else:
            joined.append(each)
    return [*joined, *others]


def _holes(given_up: GivenUp, rule: WindowRule) -> Iterable[Hole]:
    spans = cut(given_up.span, rule) if given_up.span else [None]
    for span in spans:
        yield Hole(
            span=span,
            reason=given_up.reason,
            report_request_id=given_up.report_request_id,
            report_id=given_up.report_id,
            failed_since=given_up.since,
        )
