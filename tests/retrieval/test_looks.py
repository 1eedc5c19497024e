from __future__ import annotations

from datetime import timedelta

import pytest

from tap_mws_reports.retrieval.latency import Latencies
from tap_mws_reports.retrieval.looks import LONGEST_PAUSE, next_look, soonest


@pytest.mark.parametrize(
    ("seen", "age", "looked", "expected"),
    [
        ([], 0, None, 20),
        ([300], 0, None, 300),
        ([300], 400, None, -100),
        ([300], 100, 0, 200),
        ([], 100, 0, 25),
        ([], 20, 0, 15),
        ([300], 400, 0, 20),
        ([], 100_000, 0, LONGEST_PAUSE.total_seconds()),
    ],
    ids=[
        "unknown and new",
        "known and new",
        "known and overdue",
        "looked at too early",
        "unknown, a quarter of its age",
        "unknown, not too often",
        "known and late",
        "never too seldom",
    ],
)
def test_the_next_look(make_work, now, seen, age, looked, expected) -> None:
    work = make_work(submitted=age)
    work.looked = None if looked is None else now - timedelta(seconds=looked)
    look = next_look(work, Latencies({"_GET_ORDERS_": seen}))
    assert (look - now).total_seconds() == expected


def test_the_soonest_look_comes_first(make_work) -> None:
    works = [make_work(submitted=age) for age in (10, 500, 200)]
    looks = soonest(works, Latencies())
    assert [work for _, work in looks] == [works[1], works[2], works[0]]


@pytest.mark.parametrize(
    ("ages", "look"),
    [
        pytest.param([(100, 20), (40, None)], -20, id="it is one of two scouts itself"),
        pytest.param(
            [(100, 20), (100, 20), (40, None)], 60, id="as old as the scouts at their next"
        ),
        pytest.param([(9000, 20), (100, 20), (40, None)], 60, id="the oldest may be stuck"),
        pytest.param([(100, 95), (100, 95), (5, None)], 15, id="the scouts are young themselves"),
    ],
)
def test_a_young_request_of_an_unknown_type_waits_for_what_the_older_ones_tell(
    make_work, now, ages, look
) -> None:
    works = [make_work(submitted=age) for age, _ in ages]
    for work, (_, looked) in zip(works, ages, strict=True):
        work.looked = None if looked is None else now - timedelta(seconds=looked)
    moments = {id(work): moment for moment, work in soonest(works, Latencies())}
    assert (moments[id(works[-1])] - now).total_seconds() == look
