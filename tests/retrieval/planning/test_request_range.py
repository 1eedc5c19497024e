from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tap_mws_reports.retrieval.planning.job_planner import PartitionRequest
from tap_mws_reports.retrieval.planning.periods import Period, Periods
from tap_mws_reports.retrieval.planning.request_range import describe_ranges, request_range
from tap_mws_reports.retrieval.planning.windows import WindowRule
from tap_mws_reports.retrieval.state.bookmarks import Bookmark

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
START = datetime(2026, 2, 1, tzinfo=UTC)
MONTH = timedelta(days=30)
REQUEST = PartitionRequest(
    *("thing", "A1", "_GET_THING_", "range", WindowRule(MONTH), START, None),
    *(("ATVPDKIKX0DER",), (), Bookmark({})),
)


def weeks(**values: timedelta) -> WindowRule:
    return WindowRule(MONTH, periods=Periods(Period.WEEK), **values)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "2026-02-01 to 2026-03-10 11:58"),
        ({"end": datetime(2026, 3, 1, tzinfo=UTC)}, "2026-02-01 to 2026-03-01"),
        ({"end": datetime(2027, 1, 1, tzinfo=UTC)}, "2026-02-01 to 2026-03-10 11:58"),
        ({"kind": "snapshot"}, ""),
        (
            {"rule": WindowRule(MONTH, oldest=timedelta(days=14))},
            "2026-02-24 12:01 to 2026-03-10 11:58; the start is moved from 2026-02-01: "
            "Amazon gives no more than the last 14 days",
        ),
        (
            {
                "rule": WindowRule(MONTH, oldest=timedelta(days=14)),
                "end": datetime(2026, 2, 20, tzinfo=UTC),
            },
            "2026-02-24 12:01 to 2026-02-24 12:01; the start is moved from 2026-02-01: Amazon gives"
            " no more than the last 14 days; nothing to request: end_date is before that",
        ),
        (
            {"rule": weeks(), "start": datetime(2026, 2, 4, tzinfo=UTC)},
            "2026-02-01 to 2026-03-08; "
            "the start is moved from 2026-02-04 to the beginning of its period",
        ),
        (
            {"rule": weeks(), "start": datetime(2026, 3, 8, tzinfo=UTC)},
            "2026-03-08 to 2026-03-08; nothing to request: no whole WEEK is complete",
        ),
        (
            {"start": NOW},
            "2026-03-10 12:00 to 2026-03-10 12:00; nothing to request: the dates are too new",
        ),
        (
            {"rule": WindowRule(MONTH, configured_window=timedelta(days=90))},
            "2026-02-01 to 2026-03-10 11:58; "
            "window_days is shortened from 90 to 30, the longest window",
        ),
        (
            {"rule": WindowRule(MONTH, configured_window=timedelta(days=7))},
            "2026-02-01 to 2026-03-10 11:58; "
            "window_days 7 is not used: the rows are the same in windows of 30 days",
        ),
        ({"rule": WindowRule(MONTH, configured_window=MONTH)}, "2026-02-01 to 2026-03-10 11:58"),
    ],
)
def test_dates_and_changes_of_them_are_described(changes, line) -> None:
    assert request_range(replace(REQUEST, **changes), NOW).describe() == line


def test_sellers_with_the_same_dates_share_a_line() -> None:
    others = [
        replace(REQUEST, seller_id="A2"),
        replace(REQUEST, kind="snapshot"),
        replace(REQUEST, spelling="GET_THING_GENERAL"),
    ]
    assert describe_ranges([REQUEST, *others], NOW) == [
        "_GET_THING_: 2026-02-01 to 2026-03-10 11:58",
        "GET_THING_GENERAL: 2026-02-01 to 2026-03-10 11:58",
    ]
