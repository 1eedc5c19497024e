"""Works and moments for tests that need no Amazon."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tap_mws_reports.api.interface import ReportSpec
from tap_mws_reports.retrieval.bookmarks import Bookmark
from tap_mws_reports.retrieval.intervals import Span
from tap_mws_reports.retrieval.windows import WindowRule
from tap_mws_reports.retrieval.work import Work

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

MakeWork = Callable[..., Work]


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
    ) -> Work:
        """Make a work; ``submitted`` is how many seconds ago it was requested."""
        span = Span(start, start + timedelta(days=days)) if start else None
        bounds = (span.start, span.end) if span else (None, None)
        rule = WindowRule(timedelta(days=30), cooldown=timedelta(minutes=cooldown))
        work = Work("stream", ReportSpec(report_type, *bounds), Bookmark({}), rule, span)
        if submitted is not None:
            moment = NOW - timedelta(seconds=submitted)
            work.opened("1", moment, moment, adopted=False)
        return work

    return make
