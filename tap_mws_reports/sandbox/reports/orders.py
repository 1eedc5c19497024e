"""Order reports: all orders by either date, and those still to be shipped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from tap_mws_reports.sandbox.reports.cells import ReportQuery, Row, amount, flag, iso, sales_channel
from tap_mws_reports.sandbox.sample_data.orders import Order, OrderItem

_PROMISED = timedelta(days=3)
_ITEM_STATUSES = {"Pending": "Unshipped"}


def by_last_update(query: ReportQuery) -> Iterator[Row]:
    """Yield every item of the orders that changed within the dates, as they are now."""
    for data in query.seller_data:
        for order in data.changed(query.start, query.end, query.now):
            yield from _all_items(order, query.now)


def by_order_date(query: ReportQuery) -> Iterator[Row]:
    """Yield every item of the orders placed within the dates, as they are now."""
    for data in query.seller_data:
        for order in data.placed(query.start, query.end, query.now):
            yield from _all_items(order, query.now)


def unshipped(query: ReportQuery) -> Iterator[Row]:
    """Yield every item that is still to be shipped; the dates do not count."""
    for data in query.seller_data:
        for order in data.unshipped(query.now):
            for item in order.items:
                yield _to_ship(order, item, query.now)


def _all_items(order: Order, now: datetime) -> Iterator[Row]:
    changed, status = order.last_change(now)
    for item in order.items:
        yield {
            "amazon-order-id": order.order_id,
            "merchant-order-id": order.order_id if order.fba else "",
            "purchase-date": iso(order.purchased),
            "last-updated-date": iso(changed),
            "order-status": status,
            "fulfillment-channel": "Amazon" if order.fba else "Merchant",
            "sales-channel": sales_channel(order.marketplace),
            "order-channel": "WebsiteOrderChannel",
            "ship-service-level": "Expedited" if order.fba else "Standard",
            "product-name": item.product.title,
            "sku": item.product.sku,
            "asin": item.product.asin,
            "item-status": _ITEM_STATUSES.get(status, status),
            "quantity": str(0 if status == "Cancelled" else item.quantity),
            **_prices(order, item, status),
            "ship-city": order.city,
            "ship-state": order.state,
            "ship-postal-code": order.postal_code,
            "ship-country": order.marketplace.country,
            "is-business-order": flag(order.business),
            "price-designation": "Business Price" if order.business else "",
        }


def _prices(order: Order, item: OrderItem, status: str) -> Row:
    """Return the amounts; an order that is pending or cancelled shows none."""
    if status in {"Pending", "Cancelled"}:
        return {}
    return {
        "currency": order.marketplace.currency,
        "item-price": amount(item.price),
        "item-tax": amount(item.tax),
        "shipping-price": amount(item.shipping) if item.shipping else "",
        "item-promotion-discount": amount(item.discount) if item.discount else "",
    }


def _to_ship(order: Order, item: OrderItem, now: datetime) -> Row:
    promised = order.purchased + _PROMISED
    return {
        "order-id": order.order_id,
        "order-item-id": item.item_id,
        "purchase-date": iso(order.purchased),
        "payments-date": iso(order.last_change(now)[0]),
        "reporting-date": iso(order.last_change(now)[0]),
        "promise-date": iso(promised),
        "days-past-promise": str((now - promised).days),
        "buyer-email": f"{item.item_id}@marketplace.example",
        "sku": item.product.sku,
        "number-of-items": str(len(order.items)),
        "product-name": item.product.title,
        "quantity-purchased": str(item.quantity),
        "quantity-shipped": "0",
        "quantity-to-ship": str(item.quantity),
        "ship-service-level": "Standard",
        "address-type": "Commercial" if order.business else "Residential",
        "ship-city": order.city,
        "ship-state": order.state,
        "ship-postal-code": order.postal_code,
        "ship-country": order.marketplace.country,
        "is-business-order": flag(order.business),
        "is-prime": "false",
        "is-replacement-order": "false",
        "is-exchange-order": "false",
    }
