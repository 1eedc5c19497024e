from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tap_mws_reports.retrieval.bookmarks import Bookmark, OpenRequest
from tap_mws_reports.retrieval.intervals import Span
from tap_mws_reports.retrieval.periods import Periods
from tap_mws_reports.retrieval.windows import WindowRule
from tap_mws_reports.retrieval.worklist import Demand, wanted

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
START = datetime(2026, 3, 1, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)


def demand(kind: str, rule: WindowRule, bookmark: Bookmark) -> Demand:
    ids = ("ATVPDKIKX0DER",)
    return Demand("thing", "A1", "_GET_THING_", kind, rule, START, None, ids, (), bookmark)


def test_whole_days_are_asked_for_to_their_last_second() -> None:
    rule = WindowRule(timedelta(days=30), periods=Periods(zone="America/Los_Angeles"))
    (work,) = wanted([demand("range", rule, Bookmark({}))], NOW)
    # Summer time begins on the eighth.
    assert work.span == Span(
        datetime(2026, 2, 28, 8, tzinfo=UTC), datetime(2026, 3, 10, 7, tzinfo=UTC)
    )
    assert (work.spec.start, work.spec.end) == (work.span.start, work.span.end - A_SECOND)


def test_what_an_earlier_run_asked_for_is_asked_for_alike_when_it_comes_to_nothing() -> None:
    rule = WindowRule(timedelta(days=1), periods=Periods())
    bookmark = Bookmark({})
    day = Span(START, START + timedelta(days=1))
    bookmark.note_request(OpenRequest("1", day, START + timedelta(days=2)))
    work = next(work for work in wanted([demand("range", rule, bookmark)], NOW) if work.adopted)
    assert (work.spec.start, work.spec.end) == (day.start, day.end - A_SECOND)


def test_a_snapshot_that_needs_a_start_has_one_and_no_end() -> None:
    rule = WindowRule(timedelta(days=30), reach=timedelta(hours=72))
    (work,) = wanted([demand("snapshot", rule, Bookmark({}))], NOW)
    assert (work.spec.start, work.spec.end) == (NOW - timedelta(hours=72), None)
    assert work.span is None
