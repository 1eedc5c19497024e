from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from tap_mws_reports.api.quota import Budget, Quota
from tap_mws_reports.retrieval.pace import BURST, Pace

NOW = datetime(2020, 6, 12, tzinfo=UTC)
MINUTE, HOUR = 60.0, 3600.0


def pace(hourly: int | None = 60) -> Pace:
    return Pace(Budget(Quota(BURST, MINUTE, hourly), NOW).moments(NOW, 300))


def taken(asked: Pace, wanted: Sequence[float]) -> list[float]:
    return [asked(moment) for moment in wanted]


@pytest.mark.parametrize(
    ("wanted", "gone"),
    [
        pytest.param([0.0] * 17, [0.0] * 15 + [60.0, 120.0], id="at once"),
        pytest.param([30.0] * 17, [30.0] * 15 + [60.0, 120.0], id="a little later"),
        pytest.param(
            [600.0] * 17, [600.0] * 15 + [660.0, 720.0], id="quota beyond a burst is lost"
        ),
        pytest.param([0.0] * 15 + [90.0] * 2, [0.0] * 15 + [90.0, 120.0], id="one was saved up"),
    ],
)
def test_calls_that_wait_for_something_else(wanted: list[float], gone: list[float]) -> None:
    assert taken(pace(), wanted) == gone


def test_no_more_than_an_hour_allows_go_in_any_hour() -> None:
    late = taken(pace(), [1000.0] * 130)
    assert all(later - earlier >= HOUR for earlier, later in zip(late, late[60:], strict=False))
    assert late[60] == 1000.0 + HOUR
    without = taken(pace(hourly=None), [1000.0] * 70)
    assert without[60] < 1000.0 + HOUR


def test_what_could_go_is_told_without_going() -> None:
    asked = pace()
    assert asked.ahead(0.0, 16) == MINUTE
    assert asked.ahead(HOUR, 16) == HOUR + MINUTE
    assert asked(0.0) == asked.last == 0.0


def test_a_bucket_runs_over_when_it_is_full_within_a_minute() -> None:
    asked = pace()
    assert asked.runs_over(0.0)
    taken(asked, [0.0] * 3)
    assert not asked.runs_over(MINUTE)
    assert asked.runs_over(2 * MINUTE)
