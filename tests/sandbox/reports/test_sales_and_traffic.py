from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tap_mws_reports.sandbox import reports
from tap_mws_reports.sandbox.reports import ReportQuery
from tap_mws_reports.sandbox.reports.sales_and_traffic import SALES_AND_TRAFFIC
from tap_mws_reports.sandbox.sample_data import SellerData

NOW = datetime(2020, 6, 12, 9, tzinfo=UTC)
US, JP = "ATVPDKIKX0DER", "A1VC38T7YXB528"


def requested(marketplace_id: str = US, days: int = 10) -> ReportQuery:
    start = datetime(2020, 5, 4, tzinfo=UTC)
    end = start + timedelta(days=days) - timedelta(seconds=1)
    return ReportQuery((SellerData(7, marketplace_id),), start, end, NOW)


def made(question: ReportQuery) -> dict:
    document = reports.write(SALES_AND_TRAFFIC, question)
    assert document.charset == "UTF-8"
    return json.loads(document.body, parse_float=Decimal)


def test_the_report_has_its_specification() -> None:
    specification = made(requested())["reportSpecification"]
    assert specification["reportType"] == "GET_SALES_AND_TRAFFIC_REPORT"
    assert specification["marketplaceIds"] == [US]
    assert (specification["dataStartTime"], specification["dataEndTime"]) == (
        *("2020-05-04", "2020-05-13"),
    )


@pytest.mark.parametrize("marketplace_id", [US, JP])
def test_days_and_products_add_up_with_the_orders(marketplace_id) -> None:
    question = requested(marketplace_id)
    (trade,) = question.seller_data
    zone = ZoneInfo(trade.marketplace.time_zone)
    start, end = (datetime(2020, 5, day, tzinfo=zone) for day in (4, 14))
    items = [
        item
        for order in trade.placed(start, end, NOW)
        if order.last_change(NOW)[1] != "Cancelled"
        for item in order.items
    ]
    report = made(question)
    for name, suffix in (("salesAndTrafficByDate", "ByDate"), ("salesAndTrafficByAsin", "ByAsin")):
        sales = [entry[f"sales{suffix}"] for entry in report[name]]
        assert sum(each["unitsOrdered"] for each in sales) == sum(each.quantity for each in items)
        assert sum(each["totalOrderItems"] for each in sales) == len(items)
        amounts = [each["orderedProductSales"] for each in sales]
        assert sum(each["amount"] for each in amounts) == sum(each.price for each in items)
        assert {each["currencyCode"] for each in amounts} == {trade.marketplace.currency}


def test_visits_add_up_and_are_always_the_same() -> None:
    report = made(requested())
    for figure in ("sessions", "pageViews"):
        by_date = sum(each["trafficByDate"][figure] for each in report["salesAndTrafficByDate"])
        by_asin = sum(each["trafficByAsin"][figure] for each in report["salesAndTrafficByAsin"])
        assert by_date == by_asin > 0
    day = made(requested(days=1))["salesAndTrafficByDate"]
    assert day == report["salesAndTrafficByDate"][:1]


def test_a_report_exists_only_if_something_was_sold() -> None:
    assert reports.has_rows(SALES_AND_TRAFFIC, requested())
    too_early = requested()._replace(now=requested().start - timedelta(days=2))
    assert not reports.has_rows(SALES_AND_TRAFFIC, too_early)


@pytest.mark.parametrize("hour", [0, 12, 23])
def test_only_the_dates_of_start_and_end_count(hour) -> None:
    whole = requested(days=2)
    other = whole._replace(
        start=whole.start.replace(hour=hour), end=whole.end.replace(hour=hour, minute=0, second=0)
    )
    assert made(other) == made(whole)
    assert [each["date"] for each in made(whole)["salesAndTrafficByDate"]] == [
        *("2020-05-04", "2020-05-05"),
    ]
