from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_mws_reports.retrieval.planning.periods import Period, Periods

MOMENT = datetime(2026, 5, 20, 10, 30, tzinfo=UTC)  # a Wednesday
ZONES = ("UTC", "America/Los_Angeles", "Asia/Kolkata", "Australia/Lord_Howe", "Asia/Beirut")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("period", "begun", "later"),
    [
        (Period.HOUR, utc(2026, 5, 20, 10), utc(2026, 5, 20, 13)),
        (Period.DAY, utc(2026, 5, 20), utc(2026, 5, 23)),
        (Period.WEEK, utc(2026, 5, 17), utc(2026, 6, 7)),
        (Period.MONTH, utc(2026, 5, 1), utc(2026, 8, 1)),
        (Period.QUARTER, utc(2026, 4, 1), utc(2027, 1, 1)),
        (Period.YEAR, utc(2026, 1, 1), utc(2029, 1, 1)),
    ],
)
def test_periods_are_those_of_the_calendar(
    period: Period, begun: datetime, later: datetime
) -> None:
    periods = Periods(period)
    assert periods.floor(MOMENT) == begun
    assert periods.add(begun, 3) == later
    assert periods.not_before(MOMENT) == periods.add(begun, 1)
    assert periods.not_before(begun) == begun


def test_weeks_begin_on_sunday() -> None:
    assert Periods(Period.WEEK).floor(MOMENT).strftime("%A") == "Sunday"


def test_periods_begin_at_the_midnights_of_their_zone() -> None:
    assert Periods(zone="Asia/Tokyo").floor(MOMENT) == utc(2026, 5, 19, 15)
    assert Periods(Period.MONTH, "America/Los_Angeles").floor(MOMENT) == utc(2026, 5, 1, 7)


@pytest.mark.parametrize(
    ("period", "days", "most", "count"),
    [
        (Period.DAY, 30, None, 30),
        (Period.DAY, 30, 1, 1),
        (Period.WEEK, 30, None, 4),
        (Period.MONTH, 31, None, 1),
        (Period.MONTH, 7, None, 1),
        (Period.QUARTER, 30, None, 1),
        (Period.HOUR, 1, None, 24),
    ],
)
def test_as_many_periods_are_requested_as_fit(
    period: Period, days: int, most: int | None, count: int
) -> None:
    assert Periods(period, most=most).fitting(timedelta(days=days)) == count


@given(
    st.sampled_from(Period),
    st.sampled_from(ZONES),
    st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the strategy adds the zone
)
def test_every_moment_is_in_one_period(period: Period, zone: str, moment: datetime) -> None:
    periods = Periods(period, zone)
    begun = periods.floor(moment)
    end = periods.add(begun, 1)
    assert begun <= moment < end
    assert periods.floor(begun) == begun
    assert periods.floor(end) == end
    assert periods.floor(end - timedelta(microseconds=1)) == begun
