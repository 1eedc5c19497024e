from __future__ import annotations

from datetime import timedelta

import pytest

from tap_mws_reports.retrieval.scheduling.latency import Latencies
from tap_mws_reports.retrieval.scheduling.poll_schedule import MAX_INTERVAL, by_next_poll, next_poll


@pytest.mark.parametrize(
    ("seen", "age", "last_polled", "expected"),
    [
        ([], 0, None, 20),
        ([300], 0, None, 300),
        ([300], 400, None, -100),
        ([300], 100, 0, 200),
        ([], 100, 0, 25),
        ([], 20, 0, 15),
        ([300], 400, 0, 20),
        ([], 100_000, 0, MAX_INTERVAL.total_seconds()),
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
def test_the_next_look(make_work, now, seen, age, last_polled, expected) -> None:
    job = make_work(submitted=age)
    job.last_polled = None if last_polled is None else now - timedelta(seconds=last_polled)
    look = next_poll(job, Latencies({"_GET_ORDERS_": seen}))
    assert (look - now).total_seconds() == expected


def test_the_soonest_look_comes_first(make_work) -> None:
    jobs = [make_work(submitted=age) for age in (10, 500, 200)]
    looks = by_next_poll(jobs, Latencies())
    assert [job for _, job in looks] == [jobs[1], jobs[2], jobs[0]]


@pytest.mark.parametrize(
    ("ages", "look"),
    [
        pytest.param([(100, 20), (40, None)], -20, id="it is one of two probes"),
        pytest.param(
            [(100, 20), (100, 20), (40, None)], 60, id="as old as the probes at their next"
        ),
        pytest.param([(9000, 20), (100, 20), (40, None)], 60, id="the oldest may be stuck"),
        pytest.param([(100, 95), (100, 95), (5, None)], 15, id="the probes are young themselves"),
    ],
)
def test_a_young_request_of_an_unknown_type_waits_for_what_the_older_ones_tell(
    make_work, now, ages, look
) -> None:
    jobs = [make_work(submitted=age) for age, _ in ages]
    for job, (_, last_polled) in zip(jobs, ages, strict=True):
        job.last_polled = None if last_polled is None else now - timedelta(seconds=last_polled)
    moments = {id(job): moment for moment, job in by_next_poll(jobs, Latencies())}
    assert (moments[id(jobs[-1])] - now).total_seconds() == look
