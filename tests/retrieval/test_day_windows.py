"""Rows that sum up a day, through the whole tap: every day comes once, and whole."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

pytestmark = pytest.mark.api(slow="mws", reason="days are cut the same over both services")

SALES = "_GET_SALES_AND_TRAFFIC_REPORT_"
STREAM = "sales_and_traffic_report_by_date"
FIRST = date(2020, 6, 1)


def days(output) -> list[date]:
    return [date.fromisoformat(row["date"]) for row in output.records(STREAM)]


def dates(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def requested(harness) -> list[tuple[datetime, datetime]]:
    wanted = [each.spec for each in harness.amazon.accounts["NA"].requests.values()]
    return [(each.start, each.end) for each in wanted if each.report_type == SALES]


def settings(**changes: object) -> dict[str, object]:
    return {"start_date": f"{FIRST}T00:00:00Z", **changes}


@pytest.mark.parametrize("window_days", [1, 2, 3, 30])
def test_days_at_boundaries_are_read_once_and_the_last_two_not_yet(harness, window_days) -> None:
    output = harness.run({"type": SALES, "window_days": window_days}, **settings())
    assert not output.failures
    assert sorted(days(output)) == dates(FIRST, date(2020, 6, 10))


@pytest.mark.parametrize("end", ["2020-06-05T00:00:00Z", "2020-06-05T18:30:00Z"])
def test_an_end_within_a_day_excludes_that_day(harness, end) -> None:
    assert sorted(days(harness.run(SALES, **settings(end_date=end)))) == dates(
        FIRST, date(2020, 6, 4)
    )


def test_later_runs_continue_after_the_last_day(harness) -> None:
    daily = {"type": SALES, "lookback_days": 0}
    first = harness.run(daily, **settings())
    harness.clock.sleep(timedelta(hours=60).total_seconds())
    second = harness.run(daily, **settings(), state=first.state)
    assert sorted(days(second)) == dates(date(2020, 6, 11), date(2020, 6, 12))
    harness.clock.sleep(timedelta(hours=6).total_seconds())
    assert days(harness.run(daily, **settings(), state=second.state)) == []


def test_a_day_that_an_earlier_release_read_in_part_is_read_again(harness) -> None:
    daily = {"type": SALES, "lookback_days": 0}
    end = "2020-06-05T00:00:00Z"
    state = harness.run(daily, **settings(end_date=end)).state
    for stream in (STREAM, "sales_and_traffic_report_by_asin"):
        partition = state["bookmarks"][stream]["partitions"][0]
        partition["done"] = [[f"{FIRST}T00:00:00Z", "2020-06-05T16:20:00Z"]]
        partition["replication_key_value"] = "2020-06-05T16:20:00Z"
        partition["open_requests"] = [
            {
                "report_request_id": "50001018000",
                "start": "2020-06-05T16:20:00Z",
                "end": "2020-06-06T16:20:00Z",
                "submitted": "2020-06-06T16:30:00Z",
            }
        ]
    later = harness.run(daily, **settings(), state=state)
    assert not later.failures
    assert sorted(days(later)) == dates(date(2020, 6, 5), date(2020, 6, 10))


@pytest.mark.parametrize(
    ("granularity", "windows"),
    [
        ("WEEK", [(datetime(2020, 4, 26, tzinfo=UTC), datetime(2020, 5, 23, tzinfo=UTC))]),
        (
            "MONTH",
            [
                (datetime(2020, 4, 1, tzinfo=UTC), datetime(2020, 4, 30, tzinfo=UTC)),
                (datetime(2020, 5, 1, tzinfo=UTC), datetime(2020, 5, 31, tzinfo=UTC)),
            ],
        ),
    ],
)
def test_weeks_and_months_are_requested_completely(harness, granularity, windows) -> None:
    wanted = {"type": SALES, "options": {"dateGranularity": granularity}}
    end = "2020-05-27T00:00:00Z" if granularity == "WEEK" else "2020-06-10T00:00:00Z"
    harness.run(wanted, start_date="2020-04-29T00:00:00Z", end_date=end)
    last_second = timedelta(days=1, seconds=-1)
    # The newest window of a type with a limit goes first.
    assert sorted(requested(harness)) == [(start, end + last_second) for start, end in windows]
