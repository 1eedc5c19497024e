from __future__ import annotations

from datetime import timedelta

import pytest

from tap_mws_reports.retrieval.scheduling.latency import (
    WINDOW_SIZE,
    Latencies,
    SharedLatencies,
)


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


def test_old_latencies_are_dropped() -> None:
    latencies = Latencies({"type": [600] * WINDOW_SIZE})
    for _ in range(WINDOW_SIZE):
        latencies.record("type", 30)
    assert latencies.seen("type") == [30] * WINDOW_SIZE


@pytest.mark.parametrize(
    ("seen", "seconds"),
    [([7], 7), ([1, 2], 2), ([3, 1, 2], 3), ([4, 3, 2, 1], 4), ([5, 4, 3, 2, 1], 4)],
)
def test_the_upper_quartile_of_the_latencies(seen: list[float], seconds: float) -> None:
    latencies = Latencies({"_A_": seen})
    assert latencies.p75("_A_") == timedelta(seconds=seconds)
    assert latencies.p75("_B_") is None


def test_the_longest_recent_latency() -> None:
    latencies = Latencies({"_A_": [900] + [20, 30] * WINDOW_SIZE})
    assert latencies.longest("_A_") == timedelta(seconds=30)
    assert latencies.longest("_B_") is None


def test_an_unknown_type_has_the_latency_learned_by_other_sellers() -> None:
    shared = SharedLatencies()
    knows, new = Latencies({"_A_": [60]}, shared), Latencies(shared=shared)
    assert (new.median("_A_"), new.shared_p75("_A_"), new.seen("_A_")) == (None, None, [])
    for seconds in (20, 40, 90):
        knows.learn("_A_", seconds)
    assert new.seen("_A_") == [20, 40, 90], "only what this run has learned"
    assert new.median("_A_") == timedelta(seconds=40)
    assert new.longest("_A_") == new.shared_p75("_A_") == timedelta(seconds=90)
    assert new.median("_B_") is None


def test_a_seller_stores_only_its_own_latencies() -> None:
    shared = SharedLatencies()
    other, own = Latencies(shared=shared), Latencies(shared=shared)
    other.learn("_A_", 20)
    assert (own.p75("_A_"), own.kept("_A_")) == (None, [])
    own.learn("_A_", 600)
    assert (own.seen("_A_"), own.kept("_A_")) == ([600], [600])
    assert (other.seen("_A_"), other.kept("_A_")) == ([20], [20])


def test_polls_are_earlier_when_the_shared_quartile_falls() -> None:
    shared = SharedLatencies()
    lower = []
    for report_type, seconds in [("_A_", 90), ("_A_", 90), ("_A_", 20), ("_A_", 10), ("_B_", 99)]:
        shared.learn(report_type, seconds)
        lower.append(shared.take_lower())
    assert lower == [True, False, False, False, True]
    for _ in range(WINDOW_SIZE):
        shared.learn("_A_", 10)
    assert (shared.take_lower(), shared.take_lower()) == (True, False)
