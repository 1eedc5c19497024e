"""The sales and traffic report: JSON with two lists, of days and of products.

Only the dates of the requested start and end count: both days are in the report.

Sources: https://developer-docs.amazon.com/sp-api/docs/report-type-values-analytics,
https://github.com/amzn/selling-partner-api-models/blob/main/schemas/reports/sellerSalesAndTrafficReport.json
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec

from tap_mws_reports.sandbox.reports.cells import ReportQuery
from tap_mws_reports.sandbox.sample_data import SellerData

SALES_AND_TRAFFIC = "_GET_SALES_AND_TRAFFIC_REPORT_"

_encode = msgspec.json.Encoder(decimal_format="number").encode
_CENT = Decimal("0.01")
_DAY = timedelta(days=1)

Figures = Counter[str]
"""``sales`` is an amount; ``units``, ``items``, ``views`` and ``sessions`` are counts."""


def has_sales(query: ReportQuery) -> bool:
    """Whether anything was ordered within the dates."""
    return any(figures["units"] for figures in _by_day_and_product(query).values())


def sales_and_traffic(query: ReportQuery) -> bytes:
    """Return the report of the first marketplace, by day and by product without its variants."""
    data, figures = query.seller_data[0], _by_day_and_product(query)
    days = sorted({day for day, _ in figures})
    asins = sorted({asin for _, asin in figures})
    report = {
        "reportSpecification": {
            "reportType": SALES_AND_TRAFFIC.strip("_"),
            "reportOptions": {"dateGranularity": "DAY", "asinGranularity": "PARENT"},
            "dataStartTime": days[0].isoformat(),
            "dataEndTime": days[-1].isoformat(),
            "marketplaceIds": [data.marketplace.marketplace_id],
        },
        "salesAndTrafficByDate": [
            {"date": day.isoformat(), **_as_json(_sum(figures, day), data, "ByDate")}
            for day in days
        ],
        "salesAndTrafficByAsin": [
            {"parentAsin": asin, **_as_json(_sum(figures, asin), data, "ByAsin")} for asin in asins
        ],
    }
    return _encode(report)


def _by_day_and_product(query: ReportQuery) -> dict[tuple[date, str], Figures]:
    """Return the orders, without cancelled ones, and the visits."""
    data, zone = query.seller_data[0], ZoneInfo(query.seller_data[0].marketplace.time_zone)
    days = list(_days(query))
    figures = {
        (day, product.asin): _visits(data, day, product.asin)
        for day in days
        for product in data.products
    }
    start, end = _midnight(days[0], zone), _midnight(days[-1] + _DAY, zone)
    for order in data.placed(start, end, query.now):
        if order.last_change(query.now)[1] == "Cancelled":
            continue
        for item in order.items:
            sold = figures[order.purchased.astimezone(zone).date(), item.product.asin]
            sold.update(items=1, units=item.quantity)
            sold["sales"] += item.price  # type: ignore[assignment]
    return figures


def _days(query: ReportQuery) -> Iterator[date]:
    day, last = query.start.date(), query.end.date()
    while day <= last:
        yield day
        day += _DAY


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _visits(data: SellerData, day: date, asin: str) -> Figures:
    rng = random.Random(f"{data.seed}/{data.marketplace.marketplace_id}/visits/{day}/{asin}")
    sessions = rng.randint(20, 60)
    return Counter(sessions=sessions, views=sessions + rng.randint(0, 40))


def _sum(figures: dict[tuple[date, str], Figures], key: date | str) -> Figures:
    chosen: Iterable[Figures] = (each for keys, each in figures.items() if key in keys)
    total = Figures()
    for each in chosen:
        total.update(each)
    return total


def _as_json(total: Figures, data: SellerData, suffix: str) -> dict[str, object]:
    currency = data.marketplace.currency
    return {
        f"sales{suffix}": {
            "orderedProductSales": {
                "amount": Decimal(total["sales"]).quantize(_CENT),
                "currencyCode": currency,
            },
            "unitsOrdered": total["units"],
            "totalOrderItems": total["items"],
        },
        f"traffic{suffix}": {
            "sessions": total["sessions"],
            "pageViews": total["views"],
            "unitSessionPercentage": _percentage(total["units"], total["sessions"]),
        },
    }


def _percentage(part: int, whole: int) -> Decimal:
    return (Decimal(100 * part) / whole).quantize(_CENT)
