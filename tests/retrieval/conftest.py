"""Jobs and times for tests that need no Amazon."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tap_mws_reports.api.interface import ReportSpec
from tap_mws_reports.retrieval.intervals import Interval
from tap_mws_reports.retrieval.planning.windows import WindowRule
from tap_mws_reports.retrieval.report_job import ReportJob
from tap_mws_reports.retrieval.state.bookmarks import Bookmark

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

MakeWork = Callable[..., ReportJob]


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def make_work() -> MakeWork:
    def make(
        report_type: str = "_GET_ORDERS_",
        *,
        start: datetime | None = datetime(2026, 2, 1, tzinfo=UTC),
        days: float = 1,
        submitted: float | None = None,
        cooldown: float = 0,
    ) -> ReportJob:
        """Make a work; ``submitted`` is how many seconds ago it was requested."""
        interval = Interval(start, start + timedelta(days=days)) if start else None
        bounds = (interval.start, interval.end) if interval else (None, None)
        rule = WindowRule(timedelta(days=30), cooldown=timedelta(minutes=cooldown))
        job = ReportJob("stream", ReportSpec(report_type, *bounds), Bookmark({}), rule, interval)
        if submitted is not None:
            moment = NOW - timedelta(seconds=submitted)
            job.opened("1", moment, moment, adopted=False)
        return job

    return make
