from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from tap_mws_reports.retrieval.scheduling.latency import Latencies, SharedLatencies
from tap_mws_reports.retrieval.scheduling.poll_schedule import (
    EARLY_POLLS,
    EARLY_PROBES,
    MAX_INTERVAL,
    by_next_poll,
    early_polls,
    next_poll,
    stagger,
)


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
def test_the_next_poll(make_work, now, seen, age, last_polled, expected) -> None:
    job = make_work(submitted=age)
    job.last_polled = None if last_polled is None else now - timedelta(seconds=last_polled)
    poll = next_poll(job, Latencies({"_GET_ORDERS_": seen}))
    assert (poll - now).total_seconds() == expected


def test_the_soonest_poll_comes_first(make_work) -> None:
    jobs = [make_work(submitted=age) for age in (10, 500, 200)]
    polls = by_next_poll(jobs, Latencies())
    assert [job for _, job in polls] == [jobs[1], jobs[2], jobs[0]]


@pytest.mark.parametrize(
    ("ages", "poll"),
    [
        pytest.param([(100, 20), (40, None)], -20, id="it is one of two probes"),
        pytest.param(
            [(100, 20), (100, 20), (40, None)], 60, id="as old as the probes at their next"
        ),
        pytest.param([(9000, 20), (100, 20), (40, None)], 60, id="the oldest may be stuck"),
        pytest.param([(100, 95), (100, 95), (5, None)], 15, id="the probes are young themselves"),
    ],
)
def test_a_young_request_of_an_unknown_type_waits_for_the_probes(
    make_work, now, ages, poll
) -> None:
    jobs = [make_work(submitted=age) for age, _ in ages]
    for job, (_, last_polled) in zip(jobs, ages, strict=True):
        job.last_polled = None if last_polled is None else now - timedelta(seconds=last_polled)
    moments = {id(job): moment for moment, job in by_next_poll(jobs, Latencies())}
    assert (moments[id(jobs[-1])] - now).total_seconds() == poll


@pytest.mark.parametrize(
    ("ids_per_poll", "polls", "age", "due"),
    [
        (1, 0, 0, 2),
        (1, 1, 3, 5),
        (1, 2, 6, None),
        (1, 0, 19, 2),
        (1, 0, 20, None),
        (100, 0, 0, 5),
        (100, 1, 6, None),
    ],
)
def test_the_oldest_requests_are_polled_early(
    make_work, now, ids_per_poll, polls, age, due
) -> None:
    jobs = [make_work(submitted=age) for _ in range(EARLY_PROBES + 2)]
    for job in jobs:
        for _ in range(polls):
            job.polled_early()
    found = early_polls(jobs, Latencies(), now, ids_per_poll)
    ages = [(moment - now).total_seconds() + age for moment, _ in found]
    assert ages == ([] if due is None else [due] * EARLY_PROBES)


def test_a_type_of_known_latency_is_not_polled_early(make_work, now) -> None:
    assert not early_polls([make_work(submitted=0)], Latencies({"_GET_ORDERS_": [30]}), now, 1)


def test_an_early_poll_moves_no_later_one(make_work) -> None:
    job, other = make_work(submitted=3), make_work(submitted=3)
    job.polled_early()
    assert next_poll(job, Latencies()) == next_poll(other, Latencies())


@pytest.mark.parametrize(
    ("own", "shared", "age", "last_polled", "expected"),
    [
        pytest.param([], [300], 299, 47, 1, id="ready for others before the next probe"),
        pytest.param([], [300], 310, 58, -10, id="it is ready for others by now"),
        pytest.param([], [300], 310, 5, 10.25, id="polled since, so at short intervals"),
        pytest.param([], [3600], 100, 0, 25, id="others take longer, so it stays a probe"),
        pytest.param([], [10], 0, None, 10, id="before the first probe"),
        pytest.param([900], [300], 310, None, 590, id="its own latency is known"),
    ],
)
def test_a_request_is_polled_when_those_of_other_sellers_were_ready(
    make_work, now, own, shared, age, last_polled, expected
) -> None:
    known = SharedLatencies()
    for seconds in shared:
        known.learn("_GET_ORDERS_", seconds)
    job = make_work(submitted=age)
    job.last_polled = None if last_polled is None else now - timedelta(seconds=last_polled)
    moment = next_poll(job, Latencies({"_GET_ORDERS_": own}, known))
    assert (moment - now).total_seconds() == pytest.approx(expected)


def test_latencies_of_other_sellers_stop_no_early_poll(make_work, now) -> None:
    shared = SharedLatencies()
    shared.learn("_GET_ORDERS_", 300)
    assert early_polls([make_work(submitted=0)], Latencies(shared=shared), now, 1)


def poll_ages(job, now, seller, until) -> list[float]:
    """Return the ages, in seconds, at which a seller polls a request of an unknown type."""
    ages: list[float] = []
    while not ages or ages[-1] < until:
        ((moment, _),) = by_next_poll([job], Latencies(), stagger(seller))
        ages.append((moment - now).total_seconds())
        job.polled(moment)
    return ages


def test_the_sellers_of_a_run_poll_at_different_ages(make_work, now) -> None:
    of_each = [poll_ages(make_work(submitted=0), now, seller, 600) for seller in range(50)]
    every = sorted(age for ages in of_each for age in ages if 300 <= age <= 600)
    assert every[0] < 305
    assert max(later - age for age, later in pairwise(every)) < 10


@pytest.mark.parametrize("seller", range(10))
def test_a_stagger_delays_no_poll_and_costs_one_at_most(make_work, now, seller) -> None:
    first = poll_ages(make_work(submitted=0), now, 0, 600)
    other = poll_ages(make_work(submitted=0), now, seller, 600)
    assert all(mine <= one for mine, one in zip(other, first, strict=False))
    assert all(mine >= one for mine, one in zip(other[1:], first, strict=False))
    assert other[0] >= EARLY_POLLS[-1].total_seconds()
