from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tap_mws_reports.api.mws.operations import OPERATIONS
from tap_mws_reports.sandbox.mws.quota_enforcer import QuotaEnforcer
from tap_mws_reports.sandbox.mws.rendering import ErrorResult

NOW = datetime(2020, 6, 12, 9, 29, 10, tzinfo=UTC)


def meter(name: str = "RequestReport", minute: int = 12) -> QuotaEnforcer:
    return QuotaEnforcer(OPERATIONS[name], minute, NOW)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda each: each.name)
def test_a_burst_is_accepted_and_the_next_call_after_the_restore_time(operation) -> None:
    quota = operation.quota
    burst, restore = (quota.burst, quota.restore_seconds) if quota else (30, 2)
    counted = QuotaEnforcer(operation, 12, NOW)
    for _ in range(burst):
        counted.count(NOW)
    with pytest.raises(ErrorResult, match="throttled"):
        counted.count(NOW + timedelta(seconds=restore, microseconds=-1))
    counted.count(NOW + timedelta(seconds=restore))


def test_the_hour_is_counted_from_a_fixed_minute() -> None:
    counted = meter(minute=12)
    now = NOW
    calls = 0
    while now < datetime(2020, 6, 12, 10, 12, tzinfo=UTC):
        counted.count(now)
        calls += 1
        now += timedelta(seconds=60)
    assert counted.headers(NOW) == {
        "x-mws-quota-max": "60.0",
        "x-mws-quota-remaining": f"{60 - calls}.0",
        "x-mws-quota-resetsOn": "2020-06-12T10:12:00.000Z",
    }
    assert counted.headers(now)["x-mws-quota-remaining"] == "60.0"
    assert counted.headers(now)["x-mws-quota-resetsOn"] == "2020-06-12T11:12:00.000Z"


def test_calls_beyond_the_hourly_limit_are_refused_with_the_reset() -> None:
    counted = QuotaEnforcer(OPERATIONS["GetReportList"], 29, NOW)
    now = NOW
    for _ in range(10):
        counted.count(now)
    for _ in range(50):
        now += timedelta(seconds=60)
        counted.count(now)
    with pytest.raises(ErrorResult, match="will reset on Fri Jun 12 10:29:00 UTC 2020"):
        counted.count(now + timedelta(seconds=60))
