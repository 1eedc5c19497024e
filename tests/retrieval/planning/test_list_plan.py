from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tap_mws_reports.api.interface import ListCalls
from tap_mws_reports.api.quota import Quota
from tap_mws_reports.retrieval.planning.list_plan import plan_lists

NOW = datetime(2026, 5, 1, tzinfo=UTC)
QUOTA = Quota(burst=10, restore_seconds=45)


def listed(stream: str, calls: int, operation: str = "getReports", seller: str = "A1") -> ListCalls:
    return ListCalls(stream, seller, operation, QUOTA, calls)


@pytest.mark.parametrize(
    ("lists", "calls", "seconds", "described"),
    [
        ([], 0, 0, ""),
        ([listed("reports", 1)], 1, 0, "reports takes 1 call to list, without a wait for quotas"),
        (
            [listed("reports", 12)],
            12,
            90,
            "reports takes 12 calls to list, after the rows: at least 2 min by the quota of "
            "getReports",
        ),
        (
            [listed("report_requests", 6), listed("reports", 6)],
            12,
            90,
            "report_requests and reports take 12 calls to list, after the rows: at least 2 min "
            "by the quota of getReports",
        ),
        # Another operation has a quota of its own, and refills while the first one waits.
        ([listed("reports", 12), listed("schedules", 12, "getReportSchedules")], 24, 180, None),
        ([listed("reports", 10), listed("schedules", 10, "getReportSchedules")], 20, 0, None),
        # So does another seller, who is listed after the first.
        ([listed("reports", 12), listed("reports", 12, seller="A2")], 24, 180, None),
        ([listed(*each) for each in [("a", 12), ("b", 10, "other"), ("c", 2)]], 24, 180, None),
    ],
)
def test_lists_wait_for_their_quotas(
    lists: list[ListCalls], calls: int, seconds: int, described: str | None
) -> None:
    plan = plan_lists(lists, NOW)
    assert (plan.calls, plan.at_least) == (calls, timedelta(seconds=seconds))
    assert described in {None, plan.describe()}
    assert bool(plan.waiting) is (seconds > 0)
