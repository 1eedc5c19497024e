from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_mws_reports.retrieval.bookmarks import Bookmark, Hole, OpenRequest
from tap_mws_reports.retrieval.intervals import Span, merged
from tap_mws_reports.retrieval.periods import Period, Periods
from tap_mws_reports.retrieval.realignment import realign
from tap_mws_reports.retrieval.windows import WindowRule, new_windows

START = datetime(2026, 1, 1, tzinfo=UTC)
PACIFIC = Periods(zone="America/Los_Angeles")


def span(first: float, last: float) -> Span:
    return Span(START + timedelta(days=first), START + timedelta(days=last))


def test_what_was_read_in_part_is_read_again_and_nothing_else() -> None:
    bookmark = Bookmark({})
    bookmark.close(span(0, 10.5), None)
    assert realign(bookmark, Periods())
    assert bookmark.done == [span(0, 10)]
    rule = WindowRule(timedelta(days=30), periods=Periods())
    assert list(new_windows(span(0, 12), rule, bookmark)) == [span(10, 12)]


def test_days_of_another_zone_are_read_again_at_both_ends() -> None:
    bookmark = Bookmark({})
    bookmark.close(span(0, 10), None)
    assert realign(bookmark, PACIFIC)
    eight_hours = 8 / 24
    assert bookmark.done == [span(eight_hours, 9 + eight_hours)]
    assert bookmark.snapshot_taken == bookmark.done[0].end


def test_requests_and_holes_for_parts_are_let_go() -> None:
    bookmark = Bookmark({})
    for number, each in enumerate([span(0, 1), span(1, 1.5), span(2, 2.5)]):
        bookmark.note_request(OpenRequest(str(number), each, START))
    bookmark.give_up(Hole(span(3, 4), "whole"))
    bookmark.give_up(Hole(span(4, 4.5), "in part", "9", START))
    assert realign(bookmark, Periods())
    assert [each.span for each in bookmark.open_requests] == [span(0, 1)]
    assert [each.span for each in bookmark.holes] == [span(3, 4)]


@pytest.mark.parametrize(
    "done", [[], [span(0, 10)], [span(0, 10), span(12, 13)]], ids=["none", "one", "two"]
)
def test_whole_periods_are_left_as_they_are(done: list[Span]) -> None:
    state: dict[str, Any] = {}
    bookmark = Bookmark(state)
    for each in done:
        bookmark.close(each, None)
    before = dict(state)
    assert not realign(bookmark, Periods())
    assert state == before


edges = st.integers(0, 80 * 24).map(lambda hours: hours / 24)


@given(
    st.sampled_from(Period),
    st.sampled_from(["UTC", "America/Los_Angeles", "Asia/Kolkata"]),
    st.lists(st.tuples(edges, edges).filter(lambda pair: pair[0] < pair[1]), max_size=4),
)
def test_then_windows_are_whole_periods_without_hole_or_double(
    period: Period, zone: str, pairs: list[tuple[float, float]]
) -> None:
    bookmark, periods = Bookmark({}), Periods(period, zone)
    for first, last in pairs:
        bookmark.close(span(first, last), None)
    realign(bookmark, periods)
    whole = Span(periods.begun(START), periods.not_before(START + timedelta(days=90)))
    rule = WindowRule(timedelta(days=30), periods=periods)
    spans = [*bookmark.done, *new_windows(whole, rule, bookmark)]
    assert merged(spans) == [whole]
    assert sum((each.end - each.start for each in spans), timedelta()) == whole.end - whole.start
    for each in spans:
        assert (periods.begun(each.start), periods.begun(each.end)) == (each.start, each.end)
