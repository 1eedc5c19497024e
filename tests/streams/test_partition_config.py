from __future__ import annotations

from datetime import timedelta

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.config.validation import ReportSetting
from tap_mws_reports.documents import MarketplaceFormat
from tap_mws_reports.retrieval.planning.periods import Period, Periods
from tap_mws_reports.retrieval.planning.windows import END_DELAY, WindowRule
from tap_mws_reports.streams.partition_config import PartitionConfig

BERLIN = MarketplaceFormat(time_zone="Europe/Berlin")
ANALYTICS = "GET_BRAND_ANALYTICS_SEARCH_TERMS_REPORT"


def rule(name: str, **setting: object) -> WindowRule:
    known = report_types.load(name)
    entry = ReportSetting(name, **setting)
    return PartitionConfig(entry, "A1EXAMPLE", ("A1PA6795UKMFR9",), BERLIN).window_rule(known)


@pytest.mark.parametrize(
    ("name", "options", "periods"),
    [
        ("GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE", {}, None),
        ("GET_LEDGER_DETAIL_VIEW_DATA", {}, Periods(Period.DAY, "Europe/Berlin")),
        ("GET_LEDGER_SUMMARY_VIEW_DATA", {}, Periods(Period.MONTH, "Europe/Berlin")),
        (
            "GET_LEDGER_SUMMARY_VIEW_DATA",
            {"aggregatedByTimePeriod": "DAILY"},
            Periods(Period.DAY, "Europe/Berlin"),
        ),
        ("GET_SALES_AND_TRAFFIC_REPORT", {}, Periods(over_in="America/Los_Angeles")),
        (
            ANALYTICS,
            {"reportPeriod": "WEEK"},
            Periods(Period.WEEK, over_in="America/Los_Angeles", most=1),
        ),
        ("GET_VENDOR_REAL_TIME_SALES_REPORT", {}, Periods(Period.HOUR)),
    ],
)
def test_windows_consist_of_complete_periods(
    name: str, options: dict[str, str], periods: Periods | None
) -> None:
    assert rule(name, options=tuple(options.items())).periods == periods


def test_the_delay_of_figures_depends_on_the_type() -> None:
    assert rule(ANALYTICS).end_delay == timedelta(hours=72)
    assert rule("GET_SALES_AND_TRAFFIC_REPORT").end_delay == timedelta(hours=24)
    assert rule("GET_LEDGER_DETAIL_VIEW_DATA").end_delay == END_DELAY


def test_a_fee_preview_begins_three_days_ago() -> None:
    assert rule("GET_FBA_ESTIMATED_FBA_FEES_TXT_DATA").start_offset == timedelta(hours=72)


@pytest.mark.parametrize(("given", "longest"), [(None, 31), (7, 7), (90, 31)])
def test_the_user_can_shorten_windows_only(given: int | None, longest: int) -> None:
    shipments = rule("_GET_AMAZON_FULFILLED_SHIPMENTS_DATA_", window_days=given)
    assert shipments.longest == timedelta(days=longest)
