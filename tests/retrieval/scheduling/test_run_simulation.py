"""A simulated run, for quotas and reports that can be counted by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from tap_mws_reports.api.quota import Budget, Quota
from tap_mws_reports.retrieval.scheduling.forecast import RunSimulation, SimulatedBacklog
from tap_mws_reports.retrieval.scheduling.quota_timeline import QuotaTimeline
from tap_mws_reports.retrieval.scheduling.request_order import TypeBacklog

NOW = datetime(2020, 6, 12, tzinfo=UTC)
MINUTE = 60.0
NEEDS = {"slow": 1800.0, "quick": 30.0}


def timeline() -> QuotaTimeline:
    quota = Quota(15, MINUTE, 60)
    return QuotaTimeline(Budget(quota, NOW).moments(NOW, 300), quota)


def simulated_end(
    *counts: tuple[str, float, int],
    found: Sequence[float] = (),
    most_open: int | None = None,
    mixed: bool = True,
) -> float:
    simulation = RunSimulation(timeline(), timeline(), NEEDS.__getitem__, most_open)
    backlogs = [TypeBacklog(name, median, median, count) for name, median, count in counts]
    return simulation.end(SimulatedBacklog(backlogs, mixed=mixed), list(found))


@pytest.mark.parametrize(
    ("counts", "end"),
    [
        pytest.param([], 0.0, id="nothing"),
        pytest.param([("slow", 1800.0, 15), ("quick", 30.0, 15)], 1800.0, id="slow ones first"),
        pytest.param([("quick", 30.0, 16)], 90.0, id="one more than a burst"),
    ],
)
def test_the_end_of_a_run(counts: list[tuple[str, float, int]], end: float) -> None:
    assert simulated_end(*counts) == end


def test_quick_types_go_first_so_that_downloads_end_early() -> None:
    counts = [("slow", 1800.0, 40), ("quick", 30.0, 80)]
    assert simulated_end(*counts) < simulated_end(*counts, mixed=False) - 5 * MINUTE


def test_finished_reports_are_downloaded_as_the_quota_allows() -> None:
    assert simulated_end(found=[0.0] * 17) == 120.0


def test_an_open_request_keeps_its_place_until_its_report_is_found() -> None:
    assert simulated_end(("slow", 1800.0, 3), most_open=1) == 3 * 1800.0
    assert simulated_end(("slow", 1800.0, 3), most_open=2) == 2 * 1800.0
    assert simulated_end(("quick", 30.0, 1), most_open=1, found=[500.0]) == 530.0
