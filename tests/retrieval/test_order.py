from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from tap_mws_reports.retrieval import order
from tap_mws_reports.retrieval.latency import Latencies

SLOW, QUICK = "_GET_SLOW_", "_GET_QUICK_"
KNOWN = Latencies({SLOW: [1800], QUICK: [30]})


def day(number: int) -> datetime:
    return datetime(2026, 1, number, tzinfo=UTC)


def chosen(waiting, guess, *, starving: bool = False):
    return order.slowest_first(waiting, guess, Counter(), starving=starving)


@pytest.mark.parametrize(("starving", "report_type"), [(False, SLOW), (True, QUICK)])
def test_slow_types_go_first_unless_the_downloader_starves(
    make_work, now, starving, report_type
) -> None:
    waiting = [make_work(QUICK), make_work(SLOW), make_work(QUICK)]
    guess = order.Guess(KNOWN, [], now)
    assert chosen(waiting, guess, starving=starving).spec.report_type == report_type


def test_of_a_type_the_oldest_window_goes_first(make_work, now) -> None:
    waiting = [make_work(start=day(3)), make_work(start=day(1)), make_work(start=day(2))]
    assert chosen(waiting, order.Guess(KNOWN, [], now)) is waiting[1]


def test_types_of_which_nothing_is_known_take_turns(make_work, now) -> None:
    waiting = [make_work("_GET_A_"), make_work("_GET_B_")]
    guess = order.Guess(Latencies(), [], now)
    first = order.slowest_first(waiting, guess, Counter({"_GET_A_": 1}), starving=False)
    assert first is waiting[1]


def test_a_type_that_keeps_one_waiting_is_taken_to_be_slow(make_work, now) -> None:
    open_works = [make_work("_GET_A_", submitted=10), make_work("_GET_B_", submitted=1000)]
    guess = order.Guess(Latencies(), open_works, now)
    assert guess(make_work("_GET_A_")) == order.UNKNOWN
    assert guess(make_work("_GET_B_")) == timedelta(seconds=1000)
    assert chosen([make_work("_GET_A_"), make_work("_GET_B_")], guess).spec.report_type == "_GET_B_"


def test_newest_first(make_work) -> None:
    waiting = [make_work(start=day(3)), make_work(start=day(9)), make_work(start=day(2))]
    assert order.newest_first(waiting) is waiting[1]
    assert order.newest_first([*waiting, snapshot := make_work(start=None)]) is snapshot


def test_what_is_likely_to_be_ready(make_work, now) -> None:
    works = [make_work(QUICK, submitted=age) for age in (0, 25, 40)] + [
        make_work(SLOW, submitted=60)
    ]
    guess = order.Guess(KNOWN, works, now)
    assert order.ready_by(works, guess, now) == 1
    assert order.ready_by(works, guess, now + timedelta(seconds=5)) == 2


def test_the_last_report_is_ready_when_slow_ones_were_asked_for_first(make_work, now) -> None:
    waiting = [make_work(QUICK), make_work(SLOW), make_work(QUICK)]
    guess = order.Guess(KNOWN, [], now)
    assert order.last_ready(waiting, [], guess, [0, 60, 2000], now) == 2030
    open_works = [make_work(SLOW, submitted=0)]
    assert order.last_ready([], open_works, guess, [], now) == 1800
