from __future__ import annotations

import pytest

from tap_mws_reports.streams.sync_context import PARTITIONS_PER_CHANGE, StateFlushPolicy


@pytest.mark.parametrize(
    ("partitions", "changes", "states"),
    [
        (0, 20, 20),
        (PARTITIONS_PER_CHANGE, 20, 20),
        (2 * PARTITIONS_PER_CHANGE - 1, 20, 20),
        (2 * PARTITIONS_PER_CHANGE, 20, 10),
        (50 * PARTITIONS_PER_CHANGE, 120, 2),
    ],
)
def test_a_large_state_is_written_for_several_changes(partitions, changes, states) -> None:
    written: list[None] = []
    checkpoints = StateFlushPolicy(lambda: written.append(None), partitions)
    for _ in range(changes):
        checkpoints.changed()
    assert len(written) == states


def test_what_is_urgent_is_written_with_all_before_it() -> None:
    written: list[None] = []
    checkpoints = StateFlushPolicy(lambda: written.append(None), 5 * PARTITIONS_PER_CHANGE)
    checkpoints.changed()
    checkpoints.changed(urgent=True)
    assert len(written) == 1
    checkpoints.catch_up()
    assert len(written) == 1


def test_nothing_is_unwritten_when_the_run_waits() -> None:
    written: list[None] = []
    checkpoints = StateFlushPolicy(lambda: written.append(None), 5 * PARTITIONS_PER_CHANGE)
    checkpoints.changed()
    checkpoints.catch_up()
    assert len(written) == 1
