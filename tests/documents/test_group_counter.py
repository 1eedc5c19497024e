from __future__ import annotations

import random
import tracemalloc
from collections import Counter

import pytest

from tap_mws_reports.documents.group_counter import IN_MEMORY, GroupCounter


@pytest.mark.parametrize("in_memory", [1, 7, 100, 100_000])
def test_rows_are_counted_exactly_with_any_memory_limit(in_memory: int) -> None:
    chance = random.Random(4)
    groups = [f"order-{chance.randrange(400)}" for _ in range(3_000)]
    number, counted = GroupCounter(in_memory), Counter[str]()

    found = [each for start in range(0, 3_000, 50) for each in number(groups[start : start + 50])]

    for group, ordinal in zip(groups, found, strict=True):
        counted[group] += 1
        assert ordinal == counted[group]


def test_memory_holds_only_recent_groups() -> None:
    def count(start: int, end: int) -> None:
        for first in range(start, end, 100):
            number([f"order-{first + each}" for each in range(100)])

    number = GroupCounter(in_memory=100)
    count(0, 1_000)
    tracemalloc.start()
    try:
        count(1_000, 5_000)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 100_000  # bytes; 4,000 groups in memory take four times as many
    assert number(["order-0", "order-4999", "order-5000"]) == [2, 2, 1]


def test_moving_the_counts_to_disk_takes_little_memory() -> None:
    number = GroupCounter()
    tracemalloc.start()
    try:
        for first in range(0, IN_MEMORY + 1, 500):
            number([f"{first + each:019}" for each in range(500)])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 30_000_000  # bytes; 42 million with all parts of the counts at once
