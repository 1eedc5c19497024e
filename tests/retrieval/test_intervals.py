from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tap_mws_reports.retrieval.intervals import Interval, merge, subtract


def day(number: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)


def interval(start: int, end: int) -> Interval:
    return Interval(day(start), day(end))


@pytest.mark.parametrize(
    ("intervals", "expected"),
    [
        ([], []),
        ([interval(0, 5)], [interval(0, 5)]),
        ([interval(5, 9), interval(0, 5)], [interval(0, 9)]),
        ([interval(0, 3), interval(4, 5)], [interval(0, 3), interval(4, 5)]),
        ([interval(0, 9), interval(2, 3)], [interval(0, 9)]),
    ],
    ids=["none", "one", "touching and unordered", "apart", "inside"],
)
def test_merged(intervals: list[Interval], expected: list[Interval]) -> None:
    assert merge(intervals) == expected


@pytest.mark.parametrize(
    ("covered", "expected"),
    [
        ([], [interval(0, 10)]),
        ([interval(0, 10)], []),
        ([interval(-5, 20)], []),
        ([interval(0, 4)], [interval(4, 10)]),
        ([interval(2, 4), interval(6, 8)], [interval(0, 2), interval(4, 6), interval(8, 10)]),
        ([interval(-3, 2), interval(9, 12)], [interval(2, 9)]),
        ([interval(20, 30)], [interval(0, 10)]),
        ([interval(-9, -2)], [interval(0, 10)]),
    ],
    ids=["nothing", "all", "more than all", "head", "gaps", "both ends", "later", "earlier"],
)
def test_uncovered(covered: list[Interval], expected: list[Interval]) -> None:
    assert list(subtract(interval(0, 10), covered)) == expected


@pytest.mark.parametrize(
    ("longest", "expected"),
    [
        (30, [(0, 10)]),
        (10, [(0, 10)]),
        (4, [(0, 4), (4, 8), (8, 10)]),
    ],
)
def test_split(longest: int, expected: list[tuple[int, int]]) -> None:
    pieces = list(interval(0, 10).split(timedelta(days=longest)))
    assert pieces == [interval(*each) for each in expected]
