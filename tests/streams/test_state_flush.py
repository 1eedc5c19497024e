from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.streams.state_flush import PARTITIONS_PER_REQUEST, StateFlushPolicy

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Run:
    """A policy, and when it has written the state, in seconds."""

    def __init__(self, partitions: int = 0) -> None:
        self.clock = VirtualClock(NOW)
        self.written: list[float] = []
        self.policy = StateFlushPolicy(self._write, self.clock, partitions)

    def _write(self) -> None:
        self.written.append((self.clock.now() - NOW).total_seconds())


@pytest.mark.parametrize(
    ("partitions", "changes", "states"),
    [
        (0, 20, 20),
        (PARTITIONS_PER_REQUEST, 20, 20),
        (2 * PARTITIONS_PER_REQUEST - 1, 20, 20),
        (2 * PARTITIONS_PER_REQUEST, 21, 11),
        (50 * PARTITIONS_PER_REQUEST, 121, 3),
    ],
)
def test_request_ids_are_written_at_once_and_in_a_large_state_together(
    partitions, changes, states
) -> None:
    run = Run(partitions)
    for _ in range(changes):
        run.policy.changed(requests=1)
    assert len(run.written) == states


def test_other_changes_are_written_once_a_second() -> None:
    run = Run()
    for _ in range(25):
        run.policy.changed()
        run.clock.sleep(0.1)
    assert run.written == pytest.approx([0.0, 1.0, 2.0])


def test_an_urgent_change_is_written_with_all_before_it() -> None:
    run = Run(5 * PARTITIONS_PER_REQUEST)
    run.policy.changed()
    run.policy.changed(requests=1)
    run.policy.changed(urgent=True)
    assert len(run.written) == 2
    run.policy.catch_up()
    assert len(run.written) == 2


def test_everything_is_written_when_the_run_waits() -> None:
    run = Run()
    run.policy.changed()
    run.policy.changed()
    assert run.policy.due == NOW + timedelta(seconds=1)
    run.policy.catch_up()
    assert len(run.written) == 2
    assert run.policy.due is None
