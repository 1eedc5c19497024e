from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import ClassVar

import pytest

from tap_mws_reports.api.interface import ThrottledCall
from tap_mws_reports.api.quota import Budget, Quota
from tap_mws_reports.retrieval.scheduling.quota_timeline import QuotaTimeline

NOW = datetime(2020, 6, 12, tzinfo=UTC)
MINUTE, HOUR = 60.0, 3600.0


def pace(hourly: int | None = 60) -> QuotaTimeline:
    quota = Quota(15, MINUTE, hourly)
    return QuotaTimeline(Budget(quota, NOW).moments(NOW, 300), quota)


def test_a_timeline_has_enough_moments_for_its_burst() -> None:
    class Quotas:
        quotas: ClassVar = {ThrottledCall.REQUEST: Quota(3, MINUTE)}

        def moments(self, call: ThrottledCall, count: int) -> list[float]:
            return Budget(self.quotas[call], NOW).moments(NOW, count)

    timeline = QuotaTimeline.of(Quotas(), ThrottledCall.REQUEST, 2)
    assert taken(timeline, [MINUTE] * 4) == [MINUTE] * 3 + [2 * MINUTE]


def taken(timeline: QuotaTimeline, wanted: Sequence[float]) -> list[float]:
    return [timeline(moment) for moment in wanted]


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
def test_calls_that_wait_for_other_reasons(wanted: list[float], gone: list[float]) -> None:
    assert taken(pace(), wanted) == gone


def test_the_hourly_limit_holds_in_any_hour() -> None:
    late = taken(pace(), [1000.0] * 130)
    assert all(later - earlier >= HOUR for earlier, later in zip(late, late[60:], strict=False))
    assert late[60] == 1000.0 + HOUR
    without = taken(pace(hourly=None), [1000.0] * 70)
    assert without[60] < 1000.0 + HOUR


def test_allowed_moments_are_returned_without_spending() -> None:
    timeline = pace()
    assert timeline.ahead(0.0, 16) == MINUTE
    assert timeline.ahead(HOUR, 16) == HOUR + MINUTE
    assert timeline(0.0) == timeline.last == 0.0


@pytest.mark.parametrize(
    ("now", "until", "count"), [(0.0, -1.0, 0), (0.0, 0.0, 15), (0.0, MINUTE, 16), (HOUR, HOUR, 15)]
)
def test_the_number_of_possible_calls(now: float, until: float, count: int) -> None:
    assert pace(hourly=None).count(now, until) == count


@pytest.mark.parametrize(
    ("gone", "now", "wanted", "lost"),
    [
        pytest.param(0, 0.0, [], 0.0, id="full from the beginning"),
        pytest.param(3, 0.0, [], 3 * MINUTE, id="three come back first"),
        pytest.param(3, 10 * MINUTE, [], 10 * MINUTE, id="full for a while"),
        pytest.param(3, 0.0, [10.0, 20.0], 5 * MINUTE, id="two more go before"),
        pytest.param(3, 0.0, [3.5 * MINUTE], 3 * MINUTE, id="one goes too late"),
    ],
)
def test_the_moment_from_which_quota_is_lost(
    gone: int, now: float, wanted: list[float], lost: float
) -> None:
    timeline = pace()
    taken(timeline, [0.0] * gone)
    assert timeline.lost_from(now, wanted) == lost
