from __future__ import annotations

from datetime import timedelta

import pytest

from tap_mws_reports import errors, report_types
from tap_mws_reports.api.interface import ReportSpec
from tap_mws_reports.api.marketplaces import MARKETPLACES
from tap_mws_reports.api.sp_api.report_type_limits import (
    ReportTypeLimit,
    all_limits,
    request_limits,
    stated_limits,
)
from tap_mws_reports.api.sp_api.service import SpApiType

STOCK = "GET_AFN_INVENTORY_DATA"
SALES = "GET_SALES_AND_TRAFFIC_REPORT"
ROWS = all_limits()


def name_of(limit: ReportTypeLimit) -> str:
    return f"{(*limit.report_types, *limit.operations)[0]}-{limit.counts}-{limit.span_minutes}"


@pytest.mark.parametrize("limit", ROWS, ids=name_of)
def test_each_row_is_complete(limit: ReportTypeLimit) -> None:
    assert bool(limit.report_types) != bool(limit.operations)
    assert limit.source
    assert all(each.startswith("https://") for each in limit.source)
    assert limit.signs
    assert (limit.count is None) == (limit.span_minutes is None)
    assert (limit.count == 0) == bool(limit.only_in)
    countries = {each.country for each in MARKETPLACES.values()}
    assert countries.issuperset(limit.only_in)
    for name in limit.report_types:
        known = report_types.load(name)
        assert known.source, f"{name} is not a report type"
        assert name in {known.sp_api_name, *known.other_sp_api_names}


@pytest.mark.parametrize("limit", [each for each in ROWS if each.counts == "report"], ids=name_of)
def test_a_limit_of_the_same_report_is_the_cooldown_of_its_types(limit: ReportTypeLimit) -> None:
    cooldowns = {name: report_types.load(name).cooldown_minutes for name in limit.report_types}
    assert cooldowns == dict.fromkeys(limit.report_types, limit.span_minutes)


def test_sales_and_traffic_is_limited_for_the_application() -> None:
    assert [(each.count, each.span, each.scope) for each in request_limits(SALES)] == [
        (1, timedelta(minutes=15), "application"),
        (96, timedelta(days=1), "application"),
    ]


def test_a_limit_within_the_calls_quota_needs_no_ledger() -> None:
    assert [each.count for each in stated_limits("GET_FBA_ESTIMATED_FBA_FEES_TXT_DATA")] == [
        *(2000, 1)
    ]
    assert not request_limits("GET_FBA_ESTIMATED_FBA_FEES_TXT_DATA")


def test_a_limit_that_is_not_enforced_limits_no_request() -> None:
    assert stated_limits("GET_PENDING_ORDERS_DATA")
    assert not request_limits("GET_PENDING_ORDERS_DATA")
    assert not request_limits("GET_RESERVED_INVENTORY_DATA")
    assert not stated_limits("GET_OTHER")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (SALES, "1 request of the type in 15 minutes, for all sellers of the application"),
        (STOCK, "2 requests of the type in 25 minutes, for each seller"),
        ("GET_RESERVED_INVENTORY_DATA", "1 request of the same report in 30 minutes, for each se"),
        ("GET_PENDING_ORDERS_DATA", "none outside JP"),
    ],
)
def test_a_limit_is_described(name: str, message: str) -> None:
    assert message in stated_limits(name)[0].describe()


def test_requests_of_other_programs_count(make_service, transport, answers) -> None:
    service = make_service(types=(SpApiType("_STOCK_", STOCK),))
    listed = [
        answers.item(number, reportType=STOCK, createdTime=f"2024-03-10T19:5{number}:00+00:00")
        for number in (1, 2)
    ]
    transport.script["getReports"] = [answers.good("getReports", reports=listed)]
    for _ in range(2):
        list(service.report_requests())  # a list that is read again counts once
    with pytest.raises(errors.Throttled) as caught:
        service.request_report(ReportSpec("_STOCK_"))
    assert caught.value.retry_after == 16 * 60
    assert "2 in 25 min for a seller" in caught.value.what
    assert "createReport" not in transport.names


def test_requests_of_this_program_count_once(make_service, transport, answers) -> None:
    service = make_service(types=(SpApiType("_STOCK_", STOCK),))
    transport.script["createReport"] = [
        answers.good("createReport", reportId=str(number)) for number in (1, 2, 3)
    ]
    listed = answers.item(1, reportType=STOCK, createdTime="2024-03-10T20:00:01+00:00")
    transport.script["getReports"] = [answers.good("getReports", reports=[listed])]
    service.request_report(ReportSpec("_STOCK_"))
    list(service.report_requests())
    service.request_report(ReportSpec("_STOCK_"))
    with pytest.raises(errors.Throttled):
        service.request_report(ReportSpec("_STOCK_"))
