"""Which sellers have their forecast updated for a snapshot."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.api.interface import ThrottledCall
from tap_mws_reports.api.quota import CallBudgets, Quota
from tap_mws_reports.api.quota_mixin import QuotaMixin
from tap_mws_reports.retrieval.pipeline import FORECASTS, Pipeline
from tap_mws_reports.retrieval.policy import RetrievalPolicy
from tap_mws_reports.retrieval.report_job import ReportJob
from tap_mws_reports.retrieval.scheduling.latency import Latencies
from tap_mws_reports.retrieval.seller_jobs import SellerJobs
from tap_mws_reports.retrieval.seller_scheduler import SellerScheduler

MINUTE = timedelta(minutes=1)


class Service(QuotaMixin):
    """Quotas, and nothing to ask."""

    ids_per_poll = 1

    def __init__(self, clock: VirtualClock) -> None:
        names = {call: call.name for call in ThrottledCall}
        self.quotas = dict.fromkeys(ThrottledCall, Quota(15, 60.0))
        super().__init__(CallBudgets({n: self.quotas[c] for c, n in names.items()}, clock), names)


@pytest.fixture
def make_scheduler(make_work, now, tmp_path):
    clock = VirtualClock(now)

    def make(number: int, minutes: int) -> SellerScheduler:
        job: ReportJob = make_work()
        latencies = Latencies({job.spec.report_type: [60.0 * minutes]})
        seller = SellerJobs(
            Service(clock),  # type: ignore[arg-type]
            [job],
            latencies,
            RetrievalPolicy(),
            lambda _event: None,
        )
        return SellerScheduler(f"A{number}", seller, tmp_path)

    return make


@pytest.mark.parametrize("sellers", [1, FORECASTS, 5 * FORECASTS])
def test_the_forecasts_that_end_last_and_the_oldest_are_updated(
    make_scheduler, now, sellers
) -> None:
    clock = VirtualClock(now)
    schedulers = [make_scheduler(number, 10 + number) for number in range(sellers)]
    pipeline = Pipeline(
        schedulers, clock, lambda _call, _seconds: None, lambda _id, _error: [], lambda: None
    )

    def made() -> list[datetime | None]:
        return [each.forecast_at for each in schedulers]

    first = pipeline.snapshot().forecast
    assert made() == [now] * sellers
    assert first.reports == sellers
    clock.sleep(60)
    second = pipeline.snapshot().forecast
    assert made().count(now + MINUTE) == min(sellers, 2 * FORECASTS)
    assert made()[-FORECASTS:] == [now + MINUTE] * min(sellers, FORECASTS)
    assert second.reports == sellers
    # Nothing was requested in this minute, so the last ones end a minute later.
    assert second.expected == first.expected
    for _ in range(sellers // FORECASTS):
        clock.sleep(60)
        pipeline.snapshot()
    assert now not in made()


def test_an_unchanged_forecast_counts_down(make_scheduler, now) -> None:
    scheduler = make_scheduler(1, 10)
    scheduler.update_forecast(now, {})
    begun = scheduler.snapshot(now).forecast
    assert scheduler.snapshot(now + MINUTE).forecast.expected == begun.expected - MINUTE
    assert scheduler.snapshot(now + 99 * MINUTE).forecast.expected == timedelta(0)
    assert scheduler.expected_end == now + begun.expected
