from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tap_mws_reports.retrieval.intervals import Span, merged, uncovered


def day(number: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)


def span(start: int, end: int) -> Span:
    return Span(day(start), day(end))


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], []),
        ([span(0, 5)], [span(0, 5)]),
        ([span(5, 9), span(0, 5)], [span(0, 9)]),
        ([span(0, 3), span(4, 5)], [span(0, 3), span(4, 5)]),
        ([span(0, 9), span(2, 3)], [span(0, 9)]),
    ],
    ids=["none", "one", "touching and unordered", "apart", "inside"],
)
def test_merged(spans: list[Span], expected: list[Span]) -> None:
    assert merged(spans) == expected


@pytest.mark.parametrize(
    ("covered", "expected"),
    [
        ([], [span(0, 10)]),
        ([span(0, 10)], []),
        ([span(-5, 20)], []),
        ([span(0, 4)], [span(4, 10)]),
        ([span(2, 4), span(6, 8)], [span(0, 2), span(4, 6), span(8, 10)]),
        ([span(-3, 2), span(9, 12)], [span(2, 9)]),
        ([span(20, 30)], [span(0, 10)]),
        ([span(-9, -2)], [span(0, 10)]),
    ],
    ids=["nothing", "all", "more than all", "head", "holes", "both ends", "later", "earlier"],
)
def test_uncovered(covered: list[Span], expected: list[Span]) -> None:
    assert list(uncovered(span(0, 10), covered)) == expected


@pytest.mark.parametrize(
    ("longest", "expected"),
    [
        (30, [(0, 10)]),
        (10, [(0, 10)]),
        (4, [(0, 4), (4, 8), (8, 10)]),
    ],
)
def test_split(longest: int, expected: list[tuple[int, int]]) -> None:
    pieces = list(span(0, 10).split(timedelta(days=longest)))
    assert pieces == [span(*each) for each in expected]
