from __future__ import annotations

import pytest

from benchmarks.fleet import Measured, Workload, application_limits, measure, needs

REPORT = Measured(calls=3.6, cpu_s=0.03)
WAITING = 3.08
"""Seconds of calls and of the document of a report."""


@pytest.fixture(scope="module")
def daily():
    return needs(Workload("daily", 1_000, 1, within_h=1), REPORT, WAITING, connections=8)


def test_a_day_of_ten_types_is_ten_reports_of_each_seller(daily) -> None:
    assert daily.reports == 10_000
    assert daily.calls == 36_000
    # All are in one burst of the quota, so a seller takes as long as a report.
    assert daily.one_seller_h == daily.bound_h == round(300 / 3600, 2)
    assert daily.hours == 1


@pytest.mark.parametrize(
    ("change", "workers", "limited_by"),
    [
        ({"connections": 8}, 2, "calls"),
        ({"connections": 1}, 13, "calls"),
        ({"io_s": 0.0}, 1, "CPU"),
        ({"measured": Measured(3.6, 1.0), "io_s": 0.0}, 4, "CPU"),
    ],
)
def test_workers_follow_what_limits_them(change, workers, limited_by) -> None:
    given = {"measured": REPORT, "io_s": WAITING, "connections": 8, **change}
    found = needs(Workload("daily", 1_000, 1, within_h=1), **given)
    assert (found.workers, found.limited_by) == (workers, limited_by)


def test_more_sellers_take_no_longer(daily) -> None:
    more = needs(Workload("daily", 10_000, 1, within_h=1), REPORT, WAITING, connections=8)
    assert more.one_seller_h == daily.one_seller_h
    assert more.calls == 10 * daily.calls
    assert more.workers > daily.workers


def test_a_report_costs_a_request_polls_and_a_download() -> None:
    found = measure(sellers=1, reports=20)
    assert 3 <= found.calls <= 5
    assert found.cpu_s > 0


def test_an_application_serves_96_sellers_a_day() -> None:
    assert [each["days_per_round"] for each in application_limits()] == [1.0, 10.4, 104.2]
