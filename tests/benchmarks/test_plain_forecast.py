from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest

from benchmarks.plain_forecast import plain_forecasts
from tap_mws_reports.api.interface import ReportSpec, ThrottledCall
from tap_mws_reports.api.quota import Budget, Quota
from tap_mws_reports.retrieval.planning.windows import WindowRule
from tap_mws_reports.retrieval.report_job import ReportJob
from tap_mws_reports.retrieval.scheduling.latency import Latencies
from tap_mws_reports.retrieval.state.bookmarks import Bookmark

NOW = datetime(2020, 6, 12, 9, 30, tzinfo=UTC)
SLOW, QUICK, NEW = "_GET_SLOW_DATA_", "_GET_QUICK_DATA_", "_GET_NEW_DATA_"
KNOWN = Latencies({SLOW: [1700, 1800, 9000], QUICK: [30]})


class Quotas:
    quotas: ClassVar = dict.fromkeys(ThrottledCall, Quota(burst=15, restore_seconds=60, hourly=60))

    def moments(self, call: ThrottledCall, count: int) -> list[float]:
        return Budget(self.quotas[call], NOW).moments(NOW, count)


def to_request(report_type: str, count: int) -> list[ReportJob]:
    rule = WindowRule(timedelta(days=1))
    return [
        ReportJob("stream", ReportSpec(report_type, NOW - timedelta(days=day)), Bookmark({}), rule)
        for day in range(count)
    ]


def opened(report_type: str, count: int, minutes_ago: int) -> list[ReportJob]:
    jobs = to_request(report_type, count)
    for number, job in enumerate(jobs):
        job.opened(str(number), NOW - timedelta(minutes=minutes_ago), NOW, adopted=True)
    return jobs


@pytest.mark.parametrize(
    ("jobs", "maximum", "total"),
    [
        pytest.param([], 0, 0, id="nothing"),
        pytest.param(to_request(QUICK, 1), 30, 30, id="one report"),
        pytest.param(to_request(NEW, 1), 300, 300, id="a type without a known latency"),
        pytest.param(to_request(SLOW, 15), 1800, 1800, id="one burst"),
        pytest.param(to_request(SLOW, 17), 1800, 1920, id="two more than a burst"),
        pytest.param(to_request(QUICK, 16) + to_request(SLOW, 1), 1800, 1920, id="a slow type"),
        pytest.param(opened(SLOW, 3, 20), 600, 600, id="open requests"),
        pytest.param(opened(QUICK, 20, 45), 300, 300, id="only downloads"),
    ],
)
def test_the_plain_estimates(jobs: list[ReportJob], maximum: float, total: float) -> None:
    found = plain_forecasts(jobs, KNOWN, Quotas(), NOW)
    assert found == {"maximum": maximum, "sum": total}


def test_streams_that_read_the_same_report_need_it_once() -> None:
    jobs = to_request(QUICK, 15) + to_request(QUICK, 15)
    assert plain_forecasts(jobs, KNOWN, Quotas(), NOW) == {"maximum": 30, "sum": 30}
