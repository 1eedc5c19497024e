from __future__ import annotations

from datetime import date

import pytest

from tap_mws_reports.report_types import Identity, ReportType
from tap_mws_reports.report_types.lifecycle import configured_notices, lifecycle_notice

TODAY = date(2026, 11, 27)
SETTLEMENT = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE"


@pytest.mark.parametrize(
    ("told", "notice"),
    [
        ({}, ""),
        ({"withdrawn": "2026-11-11"}, "Amazon withdrew it on 2026-11-11; no successor is known"),
        (
            {"withdrawn": "2026-11-28", "successor": "GET_B"},
            "Amazon will withdraw it on 2026-11-28; use GET_B",
        ),
        (
            {"unlisted": "2026-07-13"},
            "Amazon no longer lists it (seen on 2026-07-13); no successor is known",
        ),
        (
            {"unlisted": "2026-07-13", "successor": "GET_B"},
            "Amazon no longer lists it (seen on 2026-07-13); use GET_B",
        ),
    ],
)
def test_a_notice_has_date_and_successor(told, notice: str) -> None:
    known = ReportType("_GET_A_", "GET_A", "a", "range", "A", Identity("document"), **told)
    assert lifecycle_notice(known, TODAY) == notice


def test_each_configured_type_is_reported_once() -> None:
    names = [SETTLEMENT, "GET_ORDERS_DATA", "no type", SETTLEMENT, "RFQD_BULK_DOWNLOAD"]
    assert configured_notices(names, TODAY) == [
        f"{SETTLEMENT}: Amazon withdrew it on 2026-11-11; use {SETTLEMENT}_V2",
        "RFQD_BULK_DOWNLOAD: Amazon no longer lists it (seen on 2026-07-13); no successor is known",
    ]
