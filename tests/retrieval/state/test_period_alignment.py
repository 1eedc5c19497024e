from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_mws_reports.retrieval.intervals import Interval, merge
from tap_mws_reports.retrieval.planning.periods import Period, Periods
from tap_mws_reports.retrieval.planning.windows import WindowRule, new_windows
from tap_mws_reports.retrieval.state.bookmark_entries import FailedWindow, OpenRequest
from tap_mws_reports.retrieval.state.bookmarks import Bookmark
from tap_mws_reports.retrieval.state.state_validation import align_to_periods

START = datetime(2026, 1, 1, tzinfo=UTC)
PACIFIC = Periods(zone="America/Los_Angeles")


def interval(first: float, last: float) -> Interval:
    return Interval(START + timedelta(days=first), START + timedelta(days=last))


def test_partly_read_periods_are_read_again_and_nothing_else() -> None:
    bookmark = Bookmark({})
    bookmark.complete_window(interval(0, 10.5), None)
    assert align_to_periods(bookmark, Periods())
    assert bookmark.done == [interval(0, 10)]
    rule = WindowRule(timedelta(days=30), periods=Periods())
    assert list(new_windows(interval(0, 12), rule, bookmark)) == [interval(10, 12)]


def test_days_of_another_zone_are_read_again_at_both_ends() -> None:
    bookmark = Bookmark({})
    bookmark.complete_window(interval(0, 10), None)
    assert align_to_periods(bookmark, PACIFIC)
    eight_hours = 8 / 24
    assert bookmark.done == [interval(eight_hours, 9 + eight_hours)]
    assert bookmark.snapshot_taken == bookmark.done[0].end


def test_requests_and_failures_of_partial_periods_are_removed() -> None:
    bookmark = Bookmark({})
    for number, each in enumerate([interval(0, 1), interval(1, 1.5), interval(2, 2.5)]):
        bookmark.record_request(OpenRequest(str(number), each, START))
    bookmark.give_up(FailedWindow(interval(3, 4), "whole"))
    bookmark.give_up(FailedWindow(interval(4, 4.5), "in part", "9", START))
    assert align_to_periods(bookmark, Periods())
    assert [each.interval for each in bookmark.open_requests] == [interval(0, 1)]
    assert [each.interval for each in bookmark.failed_windows] == [interval(3, 4)]


@pytest.mark.parametrize(
    "done", [[], [interval(0, 10)], [interval(0, 10), interval(12, 13)]], ids=["none", "one", "two"]
)
def test_complete_periods_are_unchanged(done: list[Interval]) -> None:
    state: dict[str, Any] = {}
    bookmark = Bookmark(state)
    for each in done:
        bookmark.complete_window(each, None)
    before = dict(state)
    assert not align_to_periods(bookmark, Periods())
    assert state == before


edges = st.integers(0, 80 * 24).map(lambda hours: hours / 24)


@given(
    st.sampled_from(Period),
    st.sampled_from(["UTC", "America/Los_Angeles", "Asia/Kolkata"]),
    st.lists(st.tuples(edges, edges).filter(lambda pair: pair[0] < pair[1]), max_size=4),
)
def test_windows_are_then_complete_periods_without_gap_or_overlap(
    period: Period, zone: str, pairs: list[tuple[float, float]]
) -> None:
    bookmark, periods = Bookmark({}), Periods(period, zone)
    for first, last in pairs:
        bookmark.complete_window(interval(first, last), None)
    align_to_periods(bookmark, periods)
    whole = Interval(periods.floor(START), periods.not_before(START + timedelta(days=90)))
    rule = WindowRule(timedelta(days=30), periods=periods)
    intervals = [*bookmark.done, *new_windows(whole, rule, bookmark)]
    assert merge(intervals) == [whole]
    assert (
        sum((each.end - each.start for each in intervals), timedelta()) == whole.end - whole.start
    )
    for each in intervals:
        assert (periods.floor(each.start), periods.floor(each.end)) == (each.start, each.end)
