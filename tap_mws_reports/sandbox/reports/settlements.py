"""The settlement report: every amount of two weeks, and their sum on the first line."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache

from tap_mws_reports.api.marketplaces import Marketplace
from tap_mws_reports.sandbox.reports.cells import ReportQuery, Row, sales_channel
from tap_mws_reports.sandbox.sample_data import SellerData
from tap_mws_reports.sandbox.sample_data.orders import Order, OrderItem
from tap_mws_reports.sandbox.sample_data.products import money

SETTLEMENT = "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_"
PERIOD = timedelta(days=14)
_FIRST = datetime(2019, 1, 1, tzinfo=UTC)
_COMMISSION = Decimal("-0.15")
_DEPOSIT_AFTER = timedelta(days=2)


def periods(
    data: SellerData, after: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the settlement periods that end after one moment and no later than another.

    Each marketplace is settled every two weeks, on its own day.
    """
    first = _first_period(data.seed, data.marketplace.marketplace_id)
    start = first + PERIOD * ((after - first) // PERIOD)
    while start + PERIOD <= until:
        yield start, start + PERIOD
        start += PERIOD


@cache
def _first_period(seed: int, marketplace_id: str) -> datetime:
    shift = random.Random(f"{seed}/{marketplace_id}/settled").randrange(14)
    return _FIRST + timedelta(days=shift)


def settlement(query: ReportQuery) -> Iterator[Row]:
    """Yield the sum, then every amount behind it; one document is of one marketplace."""
    for data in query.seller_data:
        amounts = list(_amounts(data, query))
        market = data.marketplace
        common = {
            "settlement-id": _settlement_id(data, query.start),
            "currency": market.currency,
        }
        yield {
            **common,
            "settlement-start-date": _moment(query.start, market),
            "settlement-end-date": _moment(query.end - timedelta(seconds=1), market),
            "deposit-date": _moment(query.end + _DEPOSIT_AFTER, market),
            "total-amount": _number(sum((value for value, _ in amounts), Decimal(0)), market),
        }
        for value, row in amounts:
            yield {**common, **row, "amount": _number(value, market)}


def _amounts(data: SellerData, query: ReportQuery) -> Iterator[tuple[Decimal, Row]]:
    for order in data.shipped(query.start, query.end, query.now):
        for item in order.items:
            for kind, description, value in _parts(item, data.marketplace):
                row = _posting("Order", order, item, data.marketplace, order.shipped)
                yield value, {**row, "amount-type": kind, "amount-description": description}
    for returned in data.returns(query.start, query.end, query.now):
        price = -money(returned.item.product.price, data.marketplace.currency)
        row = _posting("Refund", returned.order, returned.item, data.marketplace, returned.moment)
        yield price, {**row, "amount-type": "ItemPrice", "amount-description": "Principal"}


def _parts(item: OrderItem, market: Marketplace) -> Iterator[tuple[str, str, Decimal]]:
    yield "ItemPrice", "Principal", item.price
    yield "ItemPrice", "Tax", item.tax
    if item.shipping:
        yield "ItemPrice", "Shipping", item.shipping
    if item.discount:
        yield "Promotion", "Principal", -item.discount
    yield "ItemFees", "Commission", money(item.price * _COMMISSION, market.currency)


def _posting(
    kind: str, order: Order, item: OrderItem, market: Marketplace, posted: datetime | None
) -> Row:
    assert posted is not None  # noqa: S101 - only what was shipped is settled
    return {
        "transaction-type": kind,
        "order-id": order.order_id,
        "marketplace-name": sales_channel(market),
        "fulfillment-id": "AFN" if order.fba else "MFN",
        "posted-date": _day(posted, market),
        "posted-date-time": _moment(posted, market),
        "order-item-code": item.item_id,
        "sku": item.product.sku,
        "quantity-purchased": str(item.quantity),
    }


def _settlement_id(data: SellerData, start: datetime) -> str:
    number = random.Random(f"{data.seed}/{data.marketplace.marketplace_id}/{start.date()}")
    return f"{number.randrange(10**10, 10**11)}"


def _writes_dots(market: Marketplace) -> bool:
    """Whether the marketplace writes dates with dots; the euro countries do."""
    return market.currency == "EUR"


def _day(moment: datetime, market: Marketplace) -> str:
    return f"{moment.astimezone(UTC):{'%d.%m.%Y' if _writes_dots(market) else '%Y-%m-%d'}}"


def _moment(moment: datetime, market: Marketplace) -> str:
    return f"{_day(moment, market)} {moment.astimezone(UTC):%H:%M:%S} UTC"


def _number(value: Decimal, market: Marketplace) -> str:
    return str(money(value, market.currency)).replace(".", market.decimal_mark)
