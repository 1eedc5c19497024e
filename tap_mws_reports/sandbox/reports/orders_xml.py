"""The report of all orders as XML: the rows of the flat file, grouped by their order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from xml.sax.saxutils import escape, quoteattr

from tap_mws_reports.sandbox.reports import orders
from tap_mws_reports.sandbox.reports.cells import ReportQuery, Row

XML_ORDERS = "_GET_XML_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
CHARSET = "ISO-8859-1"

_BEFORE = (
    f'<?xml version="1.0" encoding="{CHARSET}"?>\n<AmazonEnvelope>\n'
    "<Header><DocumentVersion>1.00</DocumentVersion></Header>\n"
    "<MessageType>AllOrdersReport</MessageType>\n"
)
_AFTER = "</AmazonEnvelope>\n"
_ORDER = {
    "AmazonOrderID": "amazon-order-id",
    "MerchantOrderID": "merchant-order-id",
    "PurchaseDate": "purchase-date",
    "LastUpdatedDate": "last-updated-date",
    "OrderStatus": "order-status",
    "SalesChannel": "sales-channel",
}
_FULFILLMENT = {
    "FulfillmentChannel": "fulfillment-channel",
    "ShipServiceLevel": "ship-service-level",
}
_ADDRESS = {
    "City": "ship-city",
    "State": "ship-state",
    "PostalCode": "ship-postal-code",
    "Country": "ship-country",
}
_ITEM = {
    "ASIN": "asin",
    "SKU": "sku",
    "ItemStatus": "item-status",
    "ProductName": "product-name",
    "Quantity": "quantity",
}
_COMPONENTS = {"Principal": "item-price", "Tax": "item-tax", "Shipping": "shipping-price"}


def xml_orders(query: ReportQuery) -> bytes:
    """Return the report: a message for each order, with its items and their amounts."""
    rows = orders.by_last_update(query)
    by_order = groupby(rows, key=itemgetter("amazon-order-id"))
    messages = "".join(_message(list(of_order)) for _, of_order in by_order)
    return (_BEFORE + messages + _AFTER).encode(CHARSET, "xmlcharrefreplace")


def _message(rows: list[Row]) -> str:
    order = rows[0]
    address = _element("Address", _elements(_ADDRESS, order))
    fulfillment = _element("FulfillmentData", _elements(_FULFILLMENT, order) + address)
    business = _element("IsBusinessOrder", order["is-business-order"])
    items = "".join(_element("OrderItem", _item(row)) for row in rows)
    content = _elements(_ORDER, order) + fulfillment + business + items
    return f"<Message><Order>{content}</Order></Message>\n"


def _item(row: Row) -> str:
    amounts = "".join(_components(row))
    return _elements(_ITEM, row) + (_element("ItemPrice", amounts) if amounts else "")


def _components(row: Row) -> Iterator[str]:
    for kind, name in _COMPONENTS.items():
        if value := row.get(name):
            currency = quoteattr(row["currency"])
            amount = f"<Amount currency={currency}>{value}</Amount>"
            yield _element("Component", _element("Type", kind) + amount)


def _elements(names: dict[str, str], row: Row) -> str:
    return "".join(_element(tag, escape(row[name])) for tag, name in names.items() if row.get(name))


def _element(tag: str, content: str) -> str:
    return f"<{tag}>{content}</{tag}>"
