from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from tap_mws_reports.api.clock import (
    ServerClock,
    SystemClock,
    VirtualClock,
    monotonic_seconds,
)

NOON = datetime(2020, 6, 12, 12, tzinfo=UTC)


def test_the_clock_starts_at_the_machines_time() -> None:
    before = datetime.now(UTC)
    clock = SystemClock()
    assert before <= clock.now() <= datetime.now(UTC) + timedelta(seconds=1)


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1), timedelta(seconds=-2)])
def test_the_clock_is_monotonic_when_the_machines_clock_is_set(jump: timedelta) -> None:
    walls, readings = iter([NOON, NOON + jump]), iter([100.0, 107.5])
    clock = SystemClock(wall=lambda: next(walls), seconds=lambda: next(readings))
    assert clock.now() == NOON + timedelta(seconds=7.5)


def test_monotonic_seconds_advance() -> None:
    first = monotonic_seconds()
    time.sleep(0.001)
    assert 0.001 <= monotonic_seconds() - first < 60


@pytest.mark.parametrize("clock", [SystemClock(), VirtualClock(NOON)])
def test_a_negative_wait_does_not_wait(clock: SystemClock | VirtualClock) -> None:
    before = clock.now()
    clock.sleep(-3600)
    assert timedelta(0) <= clock.now() - before < timedelta(minutes=1)


def test_a_virtual_clock_advances_before_it_listens() -> None:
    clock = VirtualClock(NOON)
    heard = clock.listen(20.0, lambda seconds: (seconds, clock.now()))
    assert heard == (0.0, NOON + timedelta(seconds=20))


def test_the_system_clock_leaves_the_wait_to_the_listener() -> None:
    assert SystemClock().listen(20.0, lambda seconds: seconds) == 20.0


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("dates", "ahead"),
    [
        ([], 0 * MINUTE),
        (["Fri, 12 Jun 2020 11:56:00 GMT"], -4 * MINUTE),
        (["Fri, 12 Jun 2020 12:04:00 GMT"], 4 * MINUTE),
        # A slow answer is older when it arrives.
        (["Fri, 12 Jun 2020 11:55:00 GMT", "Fri, 12 Jun 2020 11:56:00 GMT"], -4 * MINUTE),
        (["Fri, 12 Jun 2020 11:56:00 GMT", "Fri, 12 Jun 2020 11:55:00 GMT"], -4 * MINUTE),
        (["Fri, 12 Jun 2020 11:56:00 GMT", "", "yesterday", "Fri, 31 Jun 2020 25:00"], -4 * MINUTE),
        (["Fri, 12 Jun 99999999999999999999 11:56:00 GMT"], 0 * MINUTE),
    ],
)
def test_a_server_tells_its_time(dates: list[str], ahead: timedelta) -> None:
    clock = ServerClock()
    for date in dates:
        clock.observe({"date": date}, NOON)
    clock.observe({}, NOON)
    assert clock.at(NOON + MINUTE) == NOON + MINUTE + ahead
