"""The bound against figures that were calculated by hand from Amazon's quotas."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.quota_bound import bound, call_moments, peak
from tap_mws_reports.api.mws.operations import OPERATIONS
from tap_mws_reports.api.sp_api.operations import OPERATIONS as SP_API_OPERATIONS

QUOTA = OPERATIONS["RequestReport"].quota
NOON = datetime(2020, 6, 12, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("call", "minute"),
    [
        (1, 0),
        (15, 0),
        (16, 1),
        (17, 2),
        (60, 45),
        (61, 60),  # the hour is full; what the bucket has saved up goes all at once then
        (75, 60),
        (76, 61),
        (120, 105),
        (121, 120),
        (600, 585),
    ],
)
def test_the_moment_of_a_call(call: int, minute: int) -> None:
    assert call_moments(QUOTA, call)[-1] == 60 * minute


@pytest.mark.parametrize(
    ("reports", "latency", "minutes"),
    [
        (10, 30, 0.5),
        (50, 30, 35.5),
        (120, 30, 105.5),
        (600, 30, 585.5),
        (10, 300, 5),
        (50, 300, 40),
        (120, 300, 110),
        (600, 300, 590),
        (10, 1800, 30),
        (50, 1800, 65),
        (120, 1800, 135),
        (600, 1800, 615),
        (125, 0, 120),
    ],
)
def test_the_bound_of_reports_that_take_equally_long(reports, latency, minutes) -> None:
    assert bound(QUOTA, [latency] * reports) == 60 * minutes


@pytest.mark.parametrize(("reports", "latency"), [(10, 30), (50, 300), (600, 1800)])
def test_the_bound_by_sp_api(reports, latency) -> None:
    seconds = max(0, reports - 15) / 0.0167 + latency
    quota = SP_API_OPERATIONS["createReport"].quota
    assert bound(quota, [latency] * reports) == pytest.approx(seconds)


def test_of_unequal_reports_the_slowest_go_first() -> None:
    quick, slow = 30.0, 1800.0
    assert bound(QUOTA, [quick] * 15 + [slow]) == slow
    assert bound(QUOTA, [quick] * 15 + [slow] * 16) == 60 + slow


@pytest.mark.parametrize(
    ("intervals", "most"), [([], 0), ([(0, 5)], 1), ([(0, 5), (5, 9)], 2), ([(0, 5), (6, 9)], 1)]
)
def test_the_largest_number_at_the_same_time(intervals, most) -> None:
    moments = [tuple(NOON + timedelta(seconds=edge) for edge in interval) for interval in intervals]
    assert peak(moments) == most
