from __future__ import annotations

from datetime import timedelta

import pytest

from tap_mws_reports.retrieval.scheduling.latency import WINDOW_SIZE, Latencies


@pytest.mark.parametrize(
    ("seen", "median"),
    [
        ([], None),
        ([30], timedelta(seconds=30)),
        ([30, 40, 3000], timedelta(seconds=40)),
        ([30, 40], timedelta(seconds=35)),
        ([-5], timedelta(0)),
        ([30.2], timedelta(seconds=31)),
    ],
    ids=["none", "one", "an outlier", "two", "a clock that is off", "a fraction"],
)
def test_the_median_of_the_recent_latencies(seen: list[float], median: timedelta | None) -> None:
    assert Latencies({"type": seen}).median("type") == median
    assert Latencies({"type": seen}).median("another") is None


def test_old_latencies_are_forgotten() -> None:
    latencies = Latencies({"type": [600] * WINDOW_SIZE})
    for _ in range(WINDOW_SIZE):
        latencies.note("type", 30)
    assert latencies.seen("type") == [30] * WINDOW_SIZE


@pytest.mark.parametrize(
    ("seen", "seconds"),
    [([7], 7), ([1, 2], 2), ([3, 1, 2], 3), ([4, 3, 2, 1], 4), ([5, 4, 3, 2, 1], 4)],
)
def test_in_which_time_three_of_four_were_ready(seen: list[float], seconds: float) -> None:
    latencies = Latencies({"_A_": seen})
    assert latencies.p75("_A_") == timedelta(seconds=seconds)
    assert latencies.p75("_B_") is None


def test_the_longest_time_that_was_seen_lately() -> None:
    latencies = Latencies({"_A_": [900] + [20, 30] * WINDOW_SIZE})
    assert latencies.longest("_A_") == timedelta(seconds=30)
    assert latencies.longest("_B_") is None
