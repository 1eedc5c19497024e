from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tap_mws_reports.api.clock import SystemClock, VirtualClock

NOW = datetime(2020, 6, 12, tzinfo=UTC)


def test_a_virtual_clock_moves_on_and_then_listens() -> None:
    clock = VirtualClock(NOW)
    heard = clock.listen(20.0, lambda seconds: (seconds, clock.now()))
    assert heard == (0.0, NOW + timedelta(seconds=20))


def test_the_machines_clock_leaves_the_wait_to_the_listener() -> None:
    assert SystemClock().listen(20.0, lambda seconds: seconds) == 20.0
