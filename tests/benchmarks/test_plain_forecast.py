from __future__ import annotations

import pytest

from benchmarks.plain_forecast import plain_forecasts
from tap_mws_reports.retrieval.report_job import ReportJob
from tap_mws_reports.retrieval.scheduling.latency import Latencies
from tests.retrieval.scheduling.test_forecast import NEW, NOW, QUICK, SLOW, Quotas, opened
from tests.retrieval.scheduling.test_forecast import jobs as to_request

KNOWN = Latencies({SLOW: [1700, 1800, 9000], QUICK: [30]})


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
