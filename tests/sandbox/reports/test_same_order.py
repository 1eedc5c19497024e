"""An order is the same in every report that shows it, so their totals can be compared."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tap_mws_reports.api.marketplaces import find
from tap_mws_reports.sandbox import reports
from tap_mws_reports.sandbox.reports import ReportQuery
from tap_mws_reports.sandbox.sample_data import SellerData

NOW = datetime(2020, 6, 12, 9, 29, 10, tzinfo=UTC)
START = NOW - timedelta(days=60)
ALL_ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_"
CHANGED = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
UNSHIPPED = "_GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_"
SHIPMENTS = "_GET_AMAZON_FULFILLED_SHIPMENTS_DATA_"
RETURNS = "_GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA_"
REIMBURSEMENTS = "_GET_FBA_REIMBURSEMENTS_DATA_"

# A cell of the order report, and the one that says the same of an order's product elsewhere.
SAME_CELLS = [
    (SHIPMENTS, "amazon-order-id", "product-name", "product-name"),
    (SHIPMENTS, "amazon-order-id", "item-price", "item-price"),
    (SHIPMENTS, "amazon-order-id", "item-tax", "item-tax"),
    (SHIPMENTS, "amazon-order-id", "quantity", "quantity-shipped"),
    (SHIPMENTS, "amazon-order-id", "currency", "currency"),
    (SHIPMENTS, "amazon-order-id", "ship-city", "ship-city"),
    (SHIPMENTS, "amazon-order-id", "ship-postal-code", "ship-postal-code"),
    (SHIPMENTS, "amazon-order-id", "sales-channel", "sales-channel"),
    (UNSHIPPED, "order-id", "product-name", "product-name"),
    (UNSHIPPED, "order-id", "quantity", "quantity-to-ship"),
    (UNSHIPPED, "order-id", "purchase-date", "purchase-date"),
    (UNSHIPPED, "order-id", "ship-postal-code", "ship-postal-code"),
    (UNSHIPPED, "order-id", "is-business-order", "is-business-order"),
    (RETURNS, "order-id", "asin", "asin"),
    (RETURNS, "order-id", "product-name", "product-name"),
    (REIMBURSEMENTS, "amazon-order-id", "asin", "asin"),
    (REIMBURSEMENTS, "amazon-order-id", "currency", "currency-unit"),
]
# What a settlement calls an amount, and the cell of the order report that has it.
SETTLED = {
    ("ItemPrice", "Principal"): ("item-price", 1),
    ("ItemPrice", "Tax"): ("item-tax", 1),
    ("ItemPrice", "Shipping"): ("shipping-price", 1),
    ("Promotion", "Principal"): ("item-promotion-discount", -1),
}


class Shop:
    """The reports of one marketplace, as rows of text."""

    def __init__(self, country: str) -> None:
        self.marketplace = find(country)
        self.trade = SellerData(1, self.marketplace.marketplace_id)

    def rows(self, name: str, start: datetime = START, end: datetime = NOW):
        document = reports.write(name, ReportQuery((self.trade,), start, end, NOW))
        header, *lines = document.body.decode(self.marketplace.code_page).splitlines()
        return [dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines]

    def ordered(self, start: datetime = START):
        """Return the rows of the order report by order and product, which are one to one here."""
        rows = self.rows(ALL_ORDERS, start)
        told = {(row["amazon-order-id"], row["sku"]): row for row in rows}
        assert len(told) == len(rows)
        return told

    def amount(self, cell: str) -> Decimal:
        return Decimal(cell.replace(self.marketplace.decimal_mark, ".") or 0)


@pytest.fixture(scope="module", params=["US", "DE", "JP"])
def shop(request) -> Shop:
    return Shop(request.param)


@pytest.mark.parametrize(("report", "order_id", "ordered", "told"), SAME_CELLS)
def test_an_item_has_the_values_of_its_order(shop, report, order_id, ordered, told) -> None:
    orders = shop.ordered(START - timedelta(days=60))
    rows = shop.rows(report)
    assert rows
    for row in rows:
        assert row[told] == orders[row[order_id], row["sku"]][ordered]


def test_a_shipment_has_the_purchase_time_in_local_time(shop) -> None:
    orders = shop.ordered(START - timedelta(days=60))
    for row in shop.rows(SHIPMENTS):
        ordered = orders[row["amazon-order-id"], row["sku"]]["purchase-date"]
        local = datetime.fromisoformat(ordered).astimezone(ZoneInfo(shop.marketplace.time_zone))
        assert row["purchase-date"] == local.isoformat()


def test_both_order_reports_agree(shop) -> None:
    orders = shop.ordered(START - timedelta(days=60))
    for row in shop.rows(CHANGED):
        assert row == orders[row["amazon-order-id"], row["sku"]]


def test_every_shipped_fba_order_has_its_shipments(shop) -> None:
    end = NOW - timedelta(days=10)
    orders = shop.rows(ALL_ORDERS, START, end)
    shipped = Counter(
        row["amazon-order-id"]
        for row in orders
        if (row["order-status"], row["fulfillment-channel"]) == ("Shipped", "Amazon")
    )
    shipments = Counter(row["amazon-order-id"] for row in shop.rows(SHIPMENTS))
    assert shipped
    assert shipped == {order_id: shipments[order_id] for order_id in shipped}


def test_amazon_ships_the_orders_that_the_seller_does_not(shop) -> None:
    orders = shop.ordered(START - timedelta(days=60))
    shipped = [orders[row["amazon-order-id"], row["sku"]] for row in shop.rows(SHIPMENTS)]
    assert {row["fulfillment-channel"] for row in shipped} == {"Amazon"}
    assert {row["order-status"] for row in shipped} == {"Shipped"}


def test_a_settlement_adds_up_to_its_orders(shop) -> None:
    orders = defaultdict(Decimal)
    settled = defaultdict(Decimal)
    for row in shop.ordered(START - timedelta(days=60)).values():
        for cell, _ in SETTLED.values():
            orders[row["amazon-order-id"], cell] += Decimal(row[cell] or 0)
    _, *postings = shop.rows(reports.SETTLEMENT)
    for row in postings:
        told = SETTLED.get((row["amount-type"], row["amount-description"]))
        if told and row["transaction-type"] == "Order":
            cell, sign = told
            settled[row["order-id"], cell] += sign * shop.amount(row["amount"])
    assert {cell for _, cell in settled} == {cell for cell, _ in SETTLED.values()}
    assert settled == {key: orders[key] for key in settled}


def test_a_settlement_refunds_returned_items(shop) -> None:
    _, *postings = shop.rows(reports.SETTLEMENT)
    refunds = Counter(
        (row["order-id"], row["sku"]) for row in postings if row["transaction-type"] == "Refund"
    )
    returned = Counter((row["order-id"], row["sku"]) for row in shop.rows(RETURNS))
    assert refunds == returned
    assert refunds
