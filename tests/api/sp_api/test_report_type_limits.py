from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tap_mws_reports import errors
from tap_mws_reports.api.interface import ReportSpec
from tap_mws_reports.api.sp_api.service import SpApiType
from tap_mws_reports.api.sp_api.type_quotas import LIMITS, ReportTypeLimits

NOW = datetime(2024, 3, 10, 20, tzinfo=UTC)
SHIPMENTS = "GET_AMAZON_FULFILLED_SHIPMENTS_DATA_GENERAL"
STOCK = "GET_AFN_INVENTORY_DATA"


def asked(report_type: str, *minutes_ago: float) -> ReportTypeLimits:
    limits = ReportTypeLimits()
    for number, minutes in enumerate(minutes_ago):
        limits.note(report_type, str(number), NOW - timedelta(minutes=minutes))
    return limits


@pytest.mark.parametrize("report_type", LIMITS)
def test_up_to_the_limit_all_may_go(report_type: str) -> None:
    most, interval = LIMITS[report_type]
    longest = interval.total_seconds() / 60
    asked(report_type, *[1] * (most - 1)).check(report_type, NOW)
    asked(report_type, *[1] * (most - 1), longest).check(report_type, NOW)
    with pytest.raises((errors.Throttled, errors.RequestRefused), match=f"makes {most} reports"):
        asked(report_type, *[1] * most).check(report_type, NOW)


def test_what_may_go_soon_is_waited_for() -> None:
    with pytest.raises(errors.Throttled) as caught:
        asked(STOCK, 20, 3).check(STOCK, NOW)
    assert caught.value.retry_after == 5 * 60


def test_what_may_go_in_hours_is_left_to_the_next_run() -> None:
    with pytest.raises(errors.RequestRefused) as caught:
        asked(SHIPMENTS, *[60] * 12).check(SHIPMENTS, NOW)
    assert "run again in 420 minutes" in caught.value.hint


def test_one_report_counts_once_and_a_type_without_a_limit_never() -> None:
    limits = ReportTypeLimits()
    for _ in range(5):
        limits.note(STOCK, "1", NOW)
        limits.note("GET_OTHER", "1", NOW)
    limits.check(STOCK, NOW)
    limits.check("GET_OTHER", NOW)


def test_what_others_asked_for_counts(make_service, transport, answers) -> None:
    service = make_service(types=(SpApiType("_STOCK_", STOCK),))
    listed = [
        answers.item(number, reportType=STOCK, createdTime=f"2024-03-10T19:5{number}:00+00:00")
        for number in (1, 2)
    ]
    transport.script["getReports"] = [answers.good("getReports", reports=listed)]
    list(service.report_requests())
    with pytest.raises(errors.Throttled) as caught:
        service.request_report(ReportSpec("_STOCK_"))
    assert caught.value.retry_after == 16 * 60
    assert "createReport" not in transport.names


def test_what_this_program_asked_for_counts(make_service, transport, answers) -> None:
    service = make_service(types=(SpApiType("_STOCK_", STOCK),))
    transport.script["createReport"] = [
        answers.good("createReport", reportId=str(number)) for number in (1, 2, 3)
    ]
    for _ in range(2):
        service.request_report(ReportSpec("_STOCK_"))
    with pytest.raises(errors.Throttled):
        service.request_report(ReportSpec("_STOCK_"))
