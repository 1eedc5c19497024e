"""Makes documents of orders in XML, and of sales and traffic in JSON, as Amazon formats them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from tap_mws_reports import report_types
from tap_mws_reports.report_types import Kind, ReportType

XML_TYPE = "_GET_XML_ALL_ORDERS_DATA_BY_ORDER_DATE_"
JSON_TYPE = "_GET_SALES_AND_TRAFFIC_REPORT_"
JSON_LIST = "salesAndTrafficByAsin"

_TITLES = ('Frame 4" x 2", blue', "Mug & saucer, 0.3 l", "Süßer Tee", "Tasse", "Crème brûlée set")
_PENDING = 0.05  # share of the orders
_ODD = 0.02  # share of what is left out or added
_SCATTER = 63_641_362_238_467


def write_orders_xml(path: Path, orders: int, seed: int = 1) -> None:
    """Write an orders document; the same seed gives the same document."""
    chance = random.Random(seed)  # noqa: S311 - repeatable
    with path.open("w", encoding="utf-8") as document:
        document.write('<?xml version="1.0" encoding="UTF-8"?>\n<AmazonEnvelope')
        document.write(' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"')
        document.write(' xsi:noNamespaceSchemaLocation="amzn-envelope.xsd">\n<Header>\n')
        document.write("    <DocumentVersion>1.00</DocumentVersion>\n</Header>\n")
        document.write("<MessageType>AllOrdersReport</MessageType>\n")
        document.writelines(_message(number, chance) for number in range(1, orders + 1))
        document.write("</AmazonEnvelope>\n")


def _message(number: int, chance: random.Random) -> str:
    scattered = number * _SCATTER % 10**14
    order = f"{number % 999 + 1:03}-{scattered // 10**7:07}-{scattered % 10**7:07}"
    day, second = chance.randrange(1, 29), chance.randrange(86_400)
    moment = f"2020-01-{day:02}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}+00:00"
    items = "".join(_item(chance) for _ in range(chance.choice((1, 1, 1, 2, 3))))
    state = "" if chance.random() < _ODD else "                <State>WA</State>\n"
    return f"""<Message>
    <Order>
        <AmazonOrderID>{order}</AmazonOrderID>
        <MerchantOrderID>{order}</MerchantOrderID>
        <PurchaseDate>{moment}</PurchaseDate>
        <LastUpdatedDate>{moment[:11]}23:59:59+00:00</LastUpdatedDate>
        <OrderStatus>{"Pending" if chance.random() < _PENDING else "Shipped"}</OrderStatus>
        <SalesChannel>Amazon.com</SalesChannel>
        <FulfillmentData>
            <FulfillmentChannel>Amazon</FulfillmentChannel>
            <ShipServiceLevel>Expedited</ShipServiceLevel>
            <Address>
                <City>{chance.choice(("Seattle", "Köln", "Málaga", "Leeds"))}</City>
{state}                <PostalCode>{chance.randrange(100_000):05}</PostalCode>
                <Country>US</Country>
            </Address>
        </FulfillmentData>
{items}        <IsBusinessOrder>{"true" if number % 20 == 0 else "false"}</IsBusinessOrder>
    </Order>
</Message>
"""


def _item(chance: random.Random) -> str:
    article = chance.randrange(2_000)
    amounts = [("Principal", 199 + article * 7919 % 20_000), ("Tax", 16 + article)]
    amounts = [] if chance.random() < _PENDING else amounts
    amounts += [("GiftWrap", 99), ("GiftWrapTax", 9)] if chance.random() < _ODD else []
    amounts += [("Shipping", 399), ("ShippingTax", 32)] if article % 3 else []
    prices = "".join(
        f"""                <Component>
                    <Type>{name}</Type>
                    <Amount currency="USD">{cents / 100:.2f}</Amount>
                </Component>
"""
        for name, cents in amounts
    )
    promotion = f"""            <Promotion>
                <PromotionIDs>FREE-{article}</PromotionIDs>
                <ShipPromotionDiscount>3.99</ShipPromotionDiscount>
            </Promotion>
"""
    price = f"            <ItemPrice>\n{prices}            </ItemPrice>\n" if prices else ""
    return f"""        <OrderItem>
            <AmazonOrderItemCode>{chance.randrange(10**14):014}</AmazonOrderItemCode>
            <ASIN>B0{article:08}</ASIN>
            <SKU>SKU-{article:06}</SKU>
            <ItemStatus>Shipped</ItemStatus>
            <ProductName>{escape(_TITLES[article % len(_TITLES)])} - {article}</ProductName>
            <Quantity>{chance.choice((1, 1, 2))}</Quantity>
{price}{promotion if article % 5 == 0 else ""}        </OrderItem>
"""


def json_list_type() -> ReportType:
    """Return the report type of the list in the JSON document."""
    parts = report_types.load(JSON_TYPE).parts
    return next(part for part in parts if part.list_path == JSON_LIST)


def write_sales_json(path: Path, elements: int, seed: int = 1) -> None:
    """Write a sales and traffic document; the same seed gives the same document."""
    chance = random.Random(seed)  # noqa: S311 - repeatable
    columns = [(spec.header.split("."), spec.kind) for spec in json_list_type().columns]
    with path.open("w", encoding="utf-8") as document:
        document.write('{"reportSpecification": {"reportType": "GET_SALES_AND_TRAFFIC_REPORT",')
        document.write(' "dataStartTime": "2024-02-28", "dataEndTime": "2024-02-29"},')
        document.write(f' "{JSON_LIST}": [')
        document.writelines(_elements(columns, elements, chance))
        document.write("]}\n")


def _elements(
    columns: list[tuple[list[str], Kind]], elements: int, chance: random.Random
) -> Iterator[str]:
    for number in range(elements):
        element: dict[str, object] = {}
        for path, kind in columns:
            inner = element
            for step in path[:-1]:
                inner = inner.setdefault(step, {})  # type: ignore[assignment]
            inner[path[-1]] = _value(path[-1], kind, chance)
        yield (", " if number else "") + json.dumps(element, ensure_ascii=False)


def _value(name: str, kind: Kind, chance: random.Random) -> object:
    if kind is Kind.INTEGER:
        return chance.randrange(2_000)
    if kind is Kind.DECIMAL:
        return round(chance.random() * 100, 2)
    return "USD" if name == "currencyCode" else f"B0{chance.randrange(10**8):08}"
