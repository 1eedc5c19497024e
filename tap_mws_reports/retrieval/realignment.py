"""Bringing the windows of earlier runs to the borders of periods, where those have come to count.

Earlier runs may have asked for parts of a day, or for days where now weeks are wanted.
"""

from __future__ import annotations

from collections.abc import Iterator

from tap_mws_reports.retrieval.bookmarks import Bookmark
from tap_mws_reports.retrieval.intervals import Span
from tap_mws_reports.retrieval.periods import Periods


def realign(bookmark: Bookmark, periods: Periods) -> bool:
    """Leave in a bookmark only what is true of whole periods, and return whether it changed.

    A period that was read in part is read again as a whole, and replaces its part; a request for
    a part of one is let go.
    """

    def fits(span: Span) -> bool:
        return (periods.begun(span.start), periods.begun(span.end)) == (span.start, span.end)

    spans = [each.span for each in bookmark.open_requests]
    spans += [each.span for each in bookmark.holes]
    spans += [each.span for each in bookmark.given_up]
    if all(fits(span) for span in (*bookmark.done, *spans) if span is not None):
        return False
    bookmark.keep(_whole(bookmark.done, periods), fits)
    return True


def _whole(done: list[Span], periods: Periods) -> Iterator[Span]:
    """Yield what lies within the stretches of whole periods."""
    for span in done:
        inner = Span(periods.not_before(span.start), periods.begun(span.end))
        if inner.start < inner.end:
            yield inner
