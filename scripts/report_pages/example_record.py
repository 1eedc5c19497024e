"""A record as a stream may emit it. Every value is made up, and always the same."""

from __future__ import annotations

import re

from report_pages.own_columns import described, own_columns
from tap_mws_reports.report_types import ColumnSpec, Kind, ReportType

_BY_KIND: dict[Kind, object] = {
    Kind.INTEGER: 1,
    Kind.DECIMAL: 19.99,
    Kind.BOOLEAN: True,
    Kind.DATE: "2024-05-17",
    Kind.TIMESTAMP: "2024-05-17T09:30:00-07:00",
}

# What a column of text may hold, by the first pattern that its name has.
_TEXTS = {
    re.compile(pattern): text
    for pattern, text in {
        r"email": "buyer@example.com",
        r"phone": "+1 206 555 0100",
        r"url|page$": "https://www.example.com/",
        r"(buyer|recipient|billing|citizen|address|data)_name$": "Example Buyer",
        r"company|business_(legal_)?name|supplier(_name)?$|licensee": "Example Trading Ltd",
        r"product_name|item_name|title|description|^brand$": "Linen notebook, blue",
        r"order_item_(id|code|amazon_order_item_code)$|item_code$": "10000000000001",
        r"merchant_order_id|purchase_order_number": "SHOP-1001",
        r"order_id$": "111-0000001-0000001",
        r"(vat|tax|cst).*(number|id)$|ioss": "GB000000000",
        r"asin": "B00EXAMPLE",
        r"fn_?sku|channel_sku": "X00EXAMPLE",
        r"sku": "NOTEBOOK-BLUE",
        r"marketplace_id": "ATVPDKIKX0DER",
        r"marketplace|sales_channel|store": "Amazon.com",
        r"fulfil+ment_center|location|warehouse_id": "ABC1",
        r"fulfil+ment_channel|fulfilled_by": "Amazon",
        r"disposition|warehouse_condition": "SELLABLE",
        r"condition": "NewItem",
        r"currency": "USD",
        r"country": "US",
        r"((ship|bill|address|from|to|order|license)_|^)state": "WA",
        r"city$": "Seattle",
        r"postal|post_code|zip": "98101",
        r"address_(field_)?(2|3|two|three)$": "Floor 1",
        r"address": "1 Example Street",
        r"carrier": "Example Carrier",
        r"tracking": "EX000000001US",
        r"volume_unit|unit_of_volume": "cubic feet",
        r"weight_unit|unit_of_weight": "pounds",
        r"unit": "inches",
        r"month": "2024-05",
        r"status": "Shipped",
        r"service_level|service_name": "Standard",
        r"responsible_party": "Amazon Services, Inc.",
        r"collection_model": "MarketplaceFacilitator",
        r"payment_(method|type)": "CreditCard",
        r"transaction_type": "Order",
        r"amount_type|fee_type|price_type": "ItemPrice",
        r"reason": "Not as described",
        r"comment|message|response|note$": "It came on time",
        r"cpf": "00000000000",
        r"(id|ids|code|number|numbers)$": "EXAMPLE-1",
    }.items()
}
_ANY_TEXT = "example"


def example_record(known: ReportType, stream: ReportType) -> dict[str, object]:
    """Return a record of a stream of a report type, in the order of the stream's schema."""
    own = own_columns(stream)
    values = {name: _own(name, known) for name in own}
    columns = {spec.name: _value(spec) for spec in stream.columns}
    before = [name for name in own if name not in {"_unparsed", "_offsets", "_extra"}]
    return {**{name: values[name] for name in before}, **columns, **values}


def _own(name: str, known: ReportType) -> object:
    if name == "_report_type":
        return known.name
    if name == "_data_start" and known.kind != "range":
        name = "_data_end"
    return described(name).example


def _value(spec: ColumnSpec) -> object:
    if spec.kind is not Kind.TEXT:
        return _BY_KIND[spec.kind]
    return next((text for pattern, text in _TEXTS.items() if pattern.search(spec.name)), _ANY_TEXT)
