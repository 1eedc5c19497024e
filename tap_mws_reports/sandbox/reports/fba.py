"""FBA reports: stock, shipments, returns and reimbursements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from tap_mws_reports.sandbox.reports.cells import (
    ReportQuery,
    Row,
    amount,
    iso,
    local_iso,
    sales_channel,
)
from tap_mws_reports.sandbox.sample_data import SellerData
from tap_mws_reports.sandbox.sample_data.orders import Order, OrderItem
from tap_mws_reports.sandbox.sample_data.products import Product

_UNSELLABLE_EVERY = 5
_CENTERS = {"US": "PHX7", "JP": "NRT5", "DE": "LEJ1"}
_DELIVERY = timedelta(days=2)


def stock(query: ReportQuery) -> Iterator[Row]:
    """Yield the stock of each product, with a line each for sellable and unsellable units."""
    for data, product in _products(query):
        base = {
            "seller-sku": product.sku,
            "fulfillment-channel-sku": product.fnsku,
            "asin": product.asin,
            "condition-type": "NewItem",
        }
        sellable, unsellable = _shares(data, product, query.now)
        yield _stock_line(base, "SELLABLE", sellable)
        if unsellable:
            yield _stock_line(base, "UNSELLABLE", unsellable)


def managed(query: ReportQuery) -> Iterator[Row]:
    """Yield the whole state of each product's stock."""
    for data, product in _products(query):
        sellable, unsellable = _shares(data, product, query.now)
        yield {
            "sku": product.sku,
            "fnsku": product.fnsku,
            "asin": product.asin,
            "product-name": product.title,
            "condition": "New",
            "your-price": amount(product.price),
            "mfn-listing-exists": "No",
            "afn-listing-exists": "Yes",
            "afn-warehouse-quantity": str(sellable + unsellable),
            "afn-fulfillable-quantity": str(sellable),
            "afn-unsellable-quantity": str(unsellable),
            "afn-reserved-quantity": "0",
            "afn-total-quantity": str(sellable + unsellable),
            "per-unit-volume": "0.02",
            "afn-inbound-working-quantity": "0",
            "afn-inbound-shipped-quantity": "0",
            "afn-inbound-receiving-quantity": "0",
            "afn-researching-quantity": "0",
            "afn-reserved-future-supply": "0",
            "afn-future-supply-buyable": "0",
        }


def shipments(query: ReportQuery) -> Iterator[Row]:
    """Yield every item that Amazon shipped within the dates."""
    for data in query.seller_data:
        for order in data.shipped(query.start, query.end, query.now):
            if order.fba and order.shipped is not None:
                for item in order.items:
                    yield _shipment(order, item, order.shipped)


def returns(query: ReportQuery) -> Iterator[Row]:
    """Yield every unit that came back within the dates."""
    for data in query.seller_data:
        for returned in data.returns(query.start, query.end, query.now):
            yield {
                "return-date": iso(returned.moment),
                "order-id": returned.order.order_id,
                **_product(returned.item.product),
                "quantity": "1",
                "fulfillment-center-id": _center(returned.order),
                "detailed-disposition": returned.disposition,
                "reason": returned.reason,
                "status": "Unit returned to inventory",
                "license-plate-number": returned.licence_plate,
            }


def reimbursements(query: ReportQuery) -> Iterator[Row]:
    """Yield what Amazon paid within the dates."""
    for data in query.seller_data:
        for paid in data.reimbursements(query.start, query.end, query.now):
            yield {
                "approval-date": iso(paid.moment),
                "reimbursement-id": paid.reimbursement_id,
                "amazon-order-id": paid.order.order_id,
                "reason": "CustomerReturn",
                **_product(paid.item.product),
                "condition": "NewItem",
                "currency-unit": paid.order.marketplace.currency,
                "amount-per-unit": amount(paid.amount),
                "amount-total": amount(paid.amount),
                "quantity-reimbursed-cash": "1",
                "quantity-reimbursed-inventory": "0",
                "quantity-reimbursed-total": "1",
            }


def _products(query: ReportQuery) -> Iterator[tuple[SellerData, Product]]:
    """Yield the stored products; the marketplaces of one request share one stock."""
    data = query.seller_data[0]
    for product in data.products:
        if product.fba:
            yield data, product


def _shares(data: SellerData, product: Product, now: datetime) -> tuple[int, int]:
    """Return how many of a product can be sold, and how many cannot."""
    there = data.stock(product, now)
    unsellable = there // 20 if there % _UNSELLABLE_EVERY == 0 else 0
    return there - unsellable, unsellable


def _stock_line(base: Row, condition: str, quantity: int) -> Row:
    return {
        **base,
        "Warehouse-Condition-code": condition,
        "Quantity Available": str(quantity),
    }


def _product(product: Product) -> Row:
    return {
        "sku": product.sku,
        "asin": product.asin,
        "fnsku": product.fnsku,
        "product-name": product.title,
    }


def _center(order: Order) -> str:
    return _CENTERS.get(order.marketplace.country, "XYZ1")


def _shipment(order: Order, item: OrderItem, shipped: datetime) -> Row:
    return {
        "amazon-order-id": order.order_id,
        "shipment-id": f"D{order.order_id.replace('-', '')[-8:]}",
        "shipment-item-id": f"S{item.item_id[-9:]}",
        "amazon-order-item-id": item.item_id,
        "purchase-date": local_iso(order.purchased, order.marketplace),
        "payments-date": local_iso(shipped, order.marketplace),
        "shipment-date": local_iso(shipped, order.marketplace),
        "reporting-date": local_iso(shipped + timedelta(hours=1), order.marketplace),
        "buyer-email": f"{item.item_id}@marketplace.example",
        "sku": item.product.sku,
        "product-name": item.product.title,
        "quantity-shipped": str(item.quantity),
        "currency": order.marketplace.currency,
        "item-price": amount(item.price),
        "item-tax": amount(item.tax),
        "shipping-price": amount(item.shipping),
        "shipping-tax": "0.00",
        "gift-wrap-price": "0.00",
        "gift-wrap-tax": "0.00",
        "ship-service-level": "Expedited",
        "ship-city": order.city,
        "ship-state": order.state,
        "ship-postal-code": order.postal_code,
        "ship-country": order.marketplace.country,
        "item-promotion-discount": amount(-item.discount),
        "ship-promotion-discount": "0.00",
        "carrier": "AMZN_US",
        "tracking-number": f"TBA{item.item_id[:12]}",
        "estimated-arrival-date": local_iso(shipped + _DELIVERY, order.marketplace),
        "fulfillment-center-id": _center(order),
        "fulfillment-channel": "AFN",
        "sales-channel": sales_channel(order.marketplace),
    }
