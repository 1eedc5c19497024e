"""The SDK's standard tests; two of them cannot fail, so `test_tap.py` has the project's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from singer_sdk.testing import SuiteConfig, get_tap_test_class

from tap_mws_reports.tap import TapMwsReports

CONFIG: dict[str, Any] = {
    "sandbox": True,
    # The suite reads the newest window alone, which may be of today, before the first order.
    "end_date": (datetime.now(UTC) - timedelta(days=1)).date().isoformat(),
    "reports": [
        "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_",
        "_GET_MERCHANT_LISTINGS_ALL_DATA_",
        "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_",
    ],
}

TestTapMwsReports = get_tap_test_class(
    TapMwsReports,
    config=CONFIG,
    suite_config=SuiteConfig(ignore_no_records_for_streams=["report_schedules"]),
)
