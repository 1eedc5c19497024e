from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_mws_reports.report_types.naming import column_name, header_key

NAMES = [
    ("amazon-order-id", "amazon_order_id"),
    ("Quantity Available", "quantity_available"),
    ("Warehouse-Condition-code", "warehouse_condition_code"),
    ("verge-of-lateShipment", "verge_of_late_shipment"),
    ("delivery-Instructions", "delivery_instructions"),
    ("reserved_fc-transfers", "reserved_fc_transfers"),
    ("avaliable-quantity(sellable)", "avaliable_quantity_sellable"),
    ("DEPATURE_CITY", "depature_city"),
    ("ProductTaxCode", "product_tax_code"),
    ("SKU", "sku"),
    ("invoice-business-tax-office ", "invoice_business_tax_office"),
    ("\ufeffitem-name", "item_name"),
    ("_report_id", "report_id"),
    ("Händler-SKU", "handler_sku"),
    ("Straße", "strasse"),
    ("numéro de commande", "numero_de_commande"),
    ("Łódź ı", "lodz_i"),
    ("ＡＳＩＮ １", "asin_1"),
    ("6-month-qty", "column_6_month_qty"),
    ("", ""),
    (" - ", ""),
    ("注文番号", "column_81c400f7"),
    ("出品者SKU", "sku_e8435916"),
    (
        "estimated-future-fee (Current Selling on Amazon + Future Fulfillment fees)",
        "estimated_future_fee_current_selling_on_amazon_future_a41ec30d",
    ),
]

SPELLINGS = [
    ("fulfilment-channel", "Fulfillment Channel"),
    ("cancelled-quantity", "Canceled Quantity"),
    ("inventory-utilisation", "inventory_utilization"),
    ("licence-number", "license-number"),
    ("Colour", "color"),
    ("fulfilment-centre-id", "fulfillment-center-id"),
    ("amazon_programs", "amazon-programs"),
    ("Event Type", "EventType"),
    ("\ufeffDate", "date "),
    ("ＡＳＩＮ", "asin"),
    ("ポイント", "ﾎﾟｲﾝﾄ"),
]


@pytest.mark.parametrize(("header", "name"), NAMES)
def test_column_name(header: str, name: str) -> None:
    assert column_name(header) == name


@pytest.mark.parametrize(("one", "other"), SPELLINGS)
def test_spellings_of_one_header_have_one_key(one: str, other: str) -> None:
    assert header_key(one) == header_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("asin1", "asin2"), ("注文番号", "注文日"), ("Deprecated column", "column")]
)
def test_different_headers_have_different_keys_and_names(one: str, other: str) -> None:
    assert header_key(one) != header_key(other)
    assert column_name(one) != column_name(other)


@given(st.text())
def test_any_header_gives_a_name_that_every_target_takes(header: str) -> None:
    name = column_name(header)

    assert name == "" or re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name)
    assert column_name(name) == name
