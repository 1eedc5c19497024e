"""Listing reports: what the seller offers, always in the first of the requested marketplaces.

Source: https://docs.developer.amazonservices.com/en_US/reports/Reports_UsingMultipleMarketplaces.html
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from tap_mws_reports.api.marketplaces import Marketplace
from tap_mws_reports.sandbox.reports.cells import ReportQuery, Row, amount
from tap_mws_reports.sandbox.sample_data import SellerData
from tap_mws_reports.sandbox.sample_data.products import Product

_NEW = "11"
_ASIN = "1"
_DATE_FORMS = {"MDY": "%Y-%m-%d", "DMY": "%d/%m/%Y", "YMD": "%Y/%m/%d"}
_INACTIVE_EVERY = 8


def all_listings(query: ReportQuery) -> Iterator[Row]:
    """Yield every offer, active or not."""
    data = query.seller_data[0]
    for number, product in enumerate(data.products):
        status = "Active" if number % _INACTIVE_EVERY else "Inactive"
        yield {**_listing(data, product, query.now), "status": status}


def active_listings(query: ReportQuery) -> Iterator[Row]:
    """Yield every active offer; this report does not have the column for it."""
    for row in all_listings(query):
        if row.pop("status") == "Active":
            yield row


def open_listings(query: ReportQuery) -> Iterator[Row]:
    """Yield the four columns of the inventory report."""
    data = query.seller_data[0]
    for product in data.products:
        yield {
            "sku": product.sku,
            "asin": product.asin,
            "price": amount(product.price),
            "quantity": "" if product.fba else str(data.stock(product, query.now)),
        }


def _listing(data: SellerData, product: Product, now: datetime) -> Row:
    return {
        "item-name": product.title,
        "item-description": f'<p>{product.title}</p><p class="note">"As shown"</p>',
        "listing-id": product.listing_id,
        "seller-sku": product.sku,
        "price": amount(product.price),
        "quantity": "" if product.fba else str(data.stock(product, now)),
        "open-date": _opened(product, data.marketplace),
        "item-is-marketplace": "y",
        "product-id-type": _ASIN,
        "item-condition": _NEW,
        "asin1": product.asin,
        "product-id": product.asin,
        "pending-quantity": "0",
        "fulfillment-channel": _channel(product, data.marketplace),
        "merchant-shipping-group": "" if product.fba else "Default Template",
    }


def _channel(product: Product, marketplace: Marketplace) -> str:
    region = "JP" if marketplace.country == "JP" else marketplace.region
    return f"AMAZON_{region}" if product.fba else "DEFAULT"


def _opened(product: Product, marketplace: Marketplace) -> str:
    """Write when an offer was opened, with the marketplace's order of date and zone's name."""
    moment = product.opened.astimezone(ZoneInfo(marketplace.time_zone))
    return moment.strftime(f"{_DATE_FORMS[marketplace.date_order]} %H:%M:%S %Z")
