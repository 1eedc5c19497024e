from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tap_mws_reports.retrieval.scheduling import request_order
from tap_mws_reports.retrieval.scheduling.latency import Latencies
from tap_mws_reports.retrieval.scheduling.request_order import TypeBacklog

SLOW, QUICK = "_GET_SLOW_", "_GET_QUICK_"
KNOWN = Latencies({SLOW: [1800], QUICK: [30, 20, 90]})


def day(number: int) -> datetime:
    return datetime(2026, 1, number, tzinfo=UTC)


def test_remaining_jobs_are_counted_by_type_slowest_first(make_work, now) -> None:
    waiting = [make_work(QUICK), make_work(SLOW), make_work(QUICK)]
    assert request_order.backlogs(waiting, request_order.LatencyEstimate(KNOWN, [], now)) == [
        TypeBacklog(SLOW, median=1800, longest=2700, left=1),
        TypeBacklog(QUICK, median=30, longest=90, left=2),
    ]


def test_the_oldest_window_of_a_type_goes_first(make_work) -> None:
    waiting = [make_work(start=day(3)), make_work(start=day(1)), make_work(start=day(2))]
    assert request_order.oldest_job([*waiting, make_work(QUICK)], "_GET_ORDERS_") is waiting[1]


def test_a_long_wait_raises_the_latency_estimate(make_work, now) -> None:
    open_jobs = [make_work("_GET_A_", submitted=10), make_work("_GET_B_", submitted=1000)]
    guess = request_order.LatencyEstimate(Latencies(), open_jobs, now)
    assert guess.median("_GET_A_") == request_order.DEFAULT_LATENCY
    assert guess.median("_GET_B_") == timedelta(seconds=1000)


def test_newest_first(make_work) -> None:
    waiting = [make_work(start=day(3)), make_work(start=day(9)), make_work(start=day(2))]
    assert request_order.newest_job(waiting) is waiting[1]
    assert request_order.newest_job([*waiting, snapshot := make_work(start=None)]) is snapshot


@pytest.mark.parametrize(
    ("report_type", "age", "seconds"),
    [(QUICK, 0, 30), (QUICK, 25, 5), (QUICK, 40, 0), (SLOW, 60, 1740)],
)
def test_when_an_open_request_is_likely_to_be_ready(
    make_work, now, report_type, age, seconds
) -> None:
    job = make_work(report_type, submitted=age)
    assert request_order.LatencyEstimate(KNOWN, [job], now).seconds_until_ready(job) == seconds


def test_the_last_report_is_ready_earlier_with_slow_types_first(make_work, now) -> None:
    waiting = [make_work(QUICK), make_work(SLOW), make_work(QUICK)]
    guess = request_order.LatencyEstimate(KNOWN, [], now)

    def median(job) -> timedelta:
        return guess.median(job.spec.report_type)

    assert request_order.last_ready_after(waiting, [], median, [0, 60, 2000], now) == 2030
    open_jobs = [make_work(SLOW, submitted=0)]
    assert request_order.last_ready_after([], open_jobs, median, [], now) == 1800
