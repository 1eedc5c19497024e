from __future__ import annotations

from datetime import timedelta

import pytest

from tap_mws_reports.retrieval.latency import Latencies
from tap_mws_reports.retrieval.scouting import soonest
from tap_mws_reports.retrieval.work import Work


def looks(works, now, latencies: Latencies | None = None) -> list[tuple[float, int]]:
    """The seconds until each work is worth a look, with its place among the works."""
    found = soonest(works, latencies or Latencies())
    return [((moment - now).total_seconds(), works.index(work)) for moment, work in found]


@pytest.fixture
def asked(make_work, now):
    """Works asked for so many seconds ago, and looked at so many seconds ago."""

    def make(*ages: tuple[float, float | None], report_type: str = "_A_") -> list[Work]:
        works = [make_work(report_type, submitted=age) for age, _ in ages]
        for work, (_, looked) in zip(works, ages, strict=True):
            work.looked = None if looked is None else now - timedelta(seconds=looked)
        return works

    return make


def test_nothing_open(now) -> None:
    assert looks([], now) == []


@pytest.mark.parametrize(
    ("ages", "look"),
    [
        ([(5, None), (10, None)], (10, 1)),  # the oldest, 20 seconds after its request
        ([(100, 15), (100, None)], (0, 1)),  # the other one of the same age, a pause later
        ([(100, 15), (100, 30)], (0, 1)),  # by turns
        ([(1000, 30), (999, 130), (100, None)], (0.12 * 970 - 30, 1)),  # not yet the young one
        ([(1000, 30), (100, None)], (0.12 * 970 - 30, 1)),  # unless the old one would be alone
    ],
)
def test_of_an_unknown_type_one_is_looked_at(asked, now, ages, look) -> None:
    [(seconds, place)] = looks(asked(*ages), now)
    assert (seconds, place) == (pytest.approx(look[0]), look[1])


def test_every_unknown_type_has_a_scout(asked, now) -> None:
    works = [*asked((5, None), (5, None)), *asked((9, None), (9, None), report_type="_B_")]
    assert looks(works, now) == [(11, 2), (15, 0)]


@pytest.mark.parametrize(
    ("age", "looked", "seconds"),
    [
        (10, None, 30),  # three of four reports took 40 seconds or less
        (100, None, -60),
        (100, 80, -60),  # a look that came too early does not count
        (100, 10, 5),  # the shortest pause
        (1010, 10, 110),
    ],
)
def test_of_a_known_type_each_is_looked_at(asked, now, age, looked, seconds) -> None:
    latencies = Latencies({"_A_": [10, 40, 20, 30]})
    assert looks(asked((age, looked)), now, latencies) == [(pytest.approx(seconds), 0)]
