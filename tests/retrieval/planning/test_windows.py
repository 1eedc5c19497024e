from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_mws_reports.retrieval.intervals import Interval, merge, subtract
from tap_mws_reports.retrieval.planning.periods import Period, Periods
from tap_mws_reports.retrieval.planning.windows import (
    WindowRule,
    max_snapshot_age,
    new_windows,
    snapshot_due,
    target_range,
)
from tap_mws_reports.retrieval.state.bookmark_entries import FailedWindow, OpenRequest
from tap_mws_reports.retrieval.state.bookmarks import Bookmark

NOW = datetime(2026, 3, 1, 10, 5, 33, tzinfo=UTC)
RULE = WindowRule(longest=timedelta(days=30))


def day(number: float) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)


def interval(start: float, end: float) -> Interval:
    return Interval(day(start), day(end))


def test_target_range_ends_before_now_at_a_whole_minute() -> None:
    assert target_range(day(0), None, RULE, NOW).end == datetime(2026, 3, 1, 10, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("end", "expected"),
    [(day(10), day(10)), (day(400), datetime(2026, 3, 1, 10, 3, tzinfo=UTC))],
    ids=["past", "future"],
)
def test_target_range_ends_at_the_end_date_but_never_in_the_future(
    end: datetime, expected: datetime
) -> None:
    assert target_range(day(0), end, RULE, NOW).end == expected


def test_target_range_of_a_start_in_the_future_is_empty() -> None:
    assert not list(new_windows(target_range(day(400), None, RULE, NOW), RULE, Bookmark({})))


def test_first_run_requests_everything_in_the_longest_windows() -> None:
    windows = list(new_windows(interval(0, 75), RULE, Bookmark({})))
    assert windows == [interval(0, 30), interval(30, 60), interval(60, 75)]


def test_finished_open_and_failed_windows_are_not_requested_as_new() -> None:
    bookmark = Bookmark({})
    bookmark.complete_window(interval(0, 10), None)
    bookmark.record_request(OpenRequest("1", interval(10, 20), day(20)))
    bookmark.give_up(FailedWindow(interval(20, 25), "Amazon said no"))
    assert list(new_windows(interval(0, 30), RULE, bookmark)) == [interval(25, 30)]


def test_an_earlier_start_date_adds_windows() -> None:
    bookmark = Bookmark({})
    bookmark.complete_window(interval(10, 20), None)
    assert list(new_windows(interval(0, 20), RULE, bookmark)) == [interval(0, 10)]


def test_lookback_repeats_the_end_of_the_finished_range() -> None:
    rule = WindowRule(timedelta(days=30), lookback=timedelta(days=3))
    bookmark = Bookmark({})
    bookmark.complete_window(interval(0, 20), None)
    assert list(new_windows(interval(0, 21), rule, bookmark)) == [interval(17, 21)]


def test_open_windows_of_a_killed_run_cause_no_lookback() -> None:
    rule = WindowRule(timedelta(days=5), lookback=timedelta(days=3))
    bookmark = Bookmark({})
    bookmark.complete_window(interval(5, 10), None)
    bookmark.record_request(OpenRequest("1", interval(10, 15), day(16)))
    bookmark.give_up(FailedWindow(interval(15, 20), "cancelled"))
    assert list(new_windows(interval(0, 20), rule, bookmark)) == [interval(0, 5)]
    assert list(new_windows(interval(0, 21), rule, bookmark)) == [
        interval(0, 5),
        interval(7, 10),
        interval(20, 21),
    ]


def test_lookback_alone_requests_nothing() -> None:
    rule = WindowRule(timedelta(days=30), lookback=timedelta(days=3))
    bookmark = Bookmark({})
    bookmark.complete_window(interval(0, 20), None)
    assert not list(new_windows(interval(0, 20), rule, bookmark))


@pytest.mark.parametrize(("hours", "requested"), [(3, False), (4, True)])
def test_a_remainder_shorter_than_the_cooldown_waits(hours: int, *, requested: bool) -> None:
    rule = WindowRule(timedelta(days=30), cooldown=timedelta(hours=4))
    bookmark = Bookmark({})
    bookmark.complete_window(interval(0, 20), None)
    windows = list(new_windows(interval(0, 20 + hours / 24), rule, bookmark))
    assert bool(windows) is requested


@pytest.mark.parametrize(("hours", "requested"), [(3, []), (4, [interval(13, 20 + 4 / 24)])])
def test_nothing_is_requested_again_within_the_cooldown(
    hours: int, requested: list[Interval]
) -> None:
    rule = WindowRule(timedelta(days=30), cooldown=timedelta(hours=4), lookback=timedelta(days=7))
    bookmark = Bookmark({})
    bookmark.complete_window(interval(0, 20), None)
    assert list(new_windows(interval(0, 20 + hours / 24), rule, bookmark)) == requested


def test_recent_requests_of_another_run_start_the_cooldown() -> None:
    rule = WindowRule(timedelta(days=30), cooldown=timedelta(hours=4))
    bookmark = Bookmark({})
    bookmark.record_request(OpenRequest("1", interval(0, 20), day(20)))
    assert not list(new_windows(interval(0, 20.1), rule, bookmark))
    assert list(new_windows(interval(0, 20.2), rule, bookmark)) == [interval(20, 20.2)]


def test_earlier_windows_are_not_affected_by_the_cooldown() -> None:
    rule = WindowRule(timedelta(days=30), cooldown=timedelta(hours=4))
    bookmark = Bookmark({})
    bookmark.complete_window(interval(10, 20), None)
    assert list(new_windows(interval(0, 5), rule, bookmark)) == [interval(0, 5)]
    assert list(new_windows(interval(0, 20.1), rule, bookmark)) == [interval(0, 10)]


def test_a_first_window_shorter_than_the_cooldown_is_requested() -> None:
    rule = WindowRule(timedelta(days=30), cooldown=timedelta(hours=4))
    assert list(new_windows(interval(0, 0.1), rule, Bookmark({}))) == [interval(0, 0.1)]


@pytest.mark.parametrize(
    ("taken", "end", "due"),
    [
        (None, None, True),
        (NOW - timedelta(minutes=29), None, False),
        (NOW - timedelta(minutes=30), None, True),
        (NOW - timedelta(days=3), NOW - timedelta(days=4), False),
        (NOW - timedelta(days=3), NOW - timedelta(days=2), True),
    ],
    ids=["first", "fresh", "stale", "later than the end date", "before the end date"],
)
def test_snapshot_due(taken: datetime | None, end: datetime | None, *, due: bool) -> None:
    bookmark = Bookmark({})
    if taken:
        bookmark.complete_snapshot(taken, None)
    assert snapshot_due(bookmark, RULE, end, NOW) is due


def test_freshness_is_never_below_amazons_cooldown() -> None:
    assert max_snapshot_age(RULE) == timedelta(minutes=30)
    assert max_snapshot_age(
        WindowRule(timedelta(days=1), cooldown=timedelta(hours=4))
    ) == timedelta(hours=4)


MONTHS = Periods(Period.MONTH)
NEW_YORK = WindowRule(timedelta(days=1), periods=Periods(zone="America/New_York"))


@pytest.mark.parametrize(
    ("first", "hours"),
    [
        (datetime(2026, 3, 7, 5, tzinfo=UTC), [24, 23, 24]),
        (datetime(2025, 11, 1, 4, tzinfo=UTC), [24, 25, 24]),
    ],
    ids=["clocks go forward", "clocks go back"],
)
def test_a_day_has_the_hours_of_the_calendar(first: datetime, hours: list[int]) -> None:
    whole = Interval(first, first + timedelta(hours=sum(hours)))
    intervals = list(new_windows(whole, NEW_YORK, Bookmark({})))
    assert [(each.end - each.start) // timedelta(hours=1) for each in intervals] == hours


# Clocks that change at midnight, twice in a year or in a religious month; a day left out (Samoa).
ZONES = [
    "UTC",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "America/Havana",
    "Europe/London",
    "Asia/Beirut",
    "Africa/Casablanca",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
]
moments = st.datetimes(datetime(2009, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy adds the zone


@given(
    zone=st.sampled_from(ZONES),
    start=moments,
    length=st.timedeltas(timedelta(0), timedelta(days=100)),
    days=st.integers(1, 31),
    oldest=st.none() | st.integers(1, 90),
)
def test_windows_of_days_are_adjacent_complete_and_begin_at_midnight(
    zone: str, start: datetime, length: timedelta, days: int, oldest: int | None
) -> None:
    now = start + length
    limit = None if oldest is None else timedelta(days=oldest)
    rule = WindowRule(timedelta(days=days), periods=Periods(zone=zone), oldest=limit)
    whole = target_range(start, None, rule, now)
    intervals = list(new_windows(whole, rule, Bookmark({})))
    assert merge(intervals) == ([whole] if whole.start < whole.end else [])
    assert [each.end for each in intervals[:-1]] == [each.start for each in intervals[1:]]
    for each in intervals:
        first, last = (edge.astimezone(ZoneInfo(zone)) for edge in (each.start, each.end))
        assert 1 <= (last.date() - first.date()).days <= days
        for edge in (each.start, each.end):
            before = (edge - timedelta(microseconds=1)).astimezone(ZoneInfo(zone))
            assert before.date() < edge.astimezone(ZoneInfo(zone)).date()  # a day begins here
        assert limit is None or each.start >= now - limit


@given(
    start=moments,
    done=st.lists(st.tuples(st.integers(0, 80), st.integers(1, 30)), max_size=4),
    length=st.integers(1, 100),
    days=st.integers(1, 31),
)
def test_finished_and_requested_windows_cover_the_range(
    start: datetime, done: list[tuple[int, int]], length: int, days: int
) -> None:
    rule = WindowRule(timedelta(days=days))
    bookmark = Bookmark({})
    for offset, size in done:
        first = start + timedelta(days=offset)
        bookmark.complete_window(Interval(first, first + timedelta(days=size)), None)
    whole = Interval(start, start + timedelta(days=length))
    intervals = list(new_windows(whole, rule, bookmark))
    assert not list(subtract(whole, [*intervals, *bookmark.done]))
    assert all(each.end - each.start <= rule.longest for each in intervals)
    for one, other in itertools.combinations([*intervals, *bookmark.done], 2):
        assert one.end <= other.start or other.end <= one.start


def wanted_of(periods: Periods, now: datetime, **rule: object) -> Interval:
    return target_range(day(0), None, WindowRule(timedelta(days=30), periods=periods, **rule), now)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (datetime(2026, 3, 9, 7, 1, tzinfo=UTC), datetime(2026, 3, 8, tzinfo=UTC)),
        (datetime(2026, 3, 9, 7, 2, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC)),
    ],
    ids=["the day goes on in Los Angeles", "it is over everywhere"],
)
def test_a_date_is_requested_when_it_is_over_everywhere(now: datetime, end: datetime) -> None:
    assert wanted_of(Periods(over_in="America/Los_Angeles"), now).end == end


def test_the_end_is_delayed_for_types_that_amazon_completes_late() -> None:
    held_back = wanted_of(Periods(Period.WEEK), NOW, end_delay=timedelta(hours=72))
    assert held_back.end == datetime(2026, 2, 22, tzinfo=UTC)
    assert wanted_of(Periods(Period.WEEK), NOW).end == datetime(2026, 3, 1, tzinfo=UTC)


def test_an_end_within_a_day_excludes_that_day() -> None:
    rule = WindowRule(timedelta(days=30), periods=Periods())
    assert target_range(day(0.5), day(10.5), rule, NOW) == interval(0, 10)


@pytest.mark.parametrize(
    ("period", "requested"),
    [
        (Period.HOUR, interval(7, 7 + 1 / 24)),
        (Period.DAY, Interval(day(7), day(8) - timedelta(seconds=1))),
    ],
)
def test_the_first_moment_of_the_next_day_is_not_requested(
    period: Period, requested: Interval
) -> None:
    rule = WindowRule(timedelta(days=30), periods=Periods(period))
    window = Interval(day(7), rule.periods.add(day(7), 1))
    assert rule.request_dates(window) == (requested.start, requested.end)


def test_a_lookback_reaches_the_beginning_of_a_period() -> None:
    rule = WindowRule(timedelta(days=40), lookback=timedelta(days=3), periods=MONTHS)
    bookmark = Bookmark({})
    bookmark.complete_window(interval(0, 31), None)
    assert list(new_windows(interval(0, 59), rule, bookmark)) == [interval(0, 31), interval(31, 59)]
