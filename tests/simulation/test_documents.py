from __future__ import annotations

from decimal import Decimal

import pytest

from simulation.documents import difference, means, read


@pytest.mark.parametrize(
    ("cell", "value", "offset", "same"),
    [
        ("12.50", Decimal("12.5"), "", True),
        ("12.50", 12.5, "", True),
        ("12,50", Decimal("12.50"), "", True),
        ("1.234,56", Decimal("1234.56"), "", True),
        ("12.50", Decimal("125.0"), "", False),
        ("12.50", "12.50", "", True),
        ("y", True, "", True),
        ("n", True, "", False),
        ("2020-06-10T11:12:13+00:00", "2020-06-10T11:12:13+00:00", "", True),
        ("2020-06-10 11:12:13 PDT", "2020-06-10T18:12:13+00:00", "-07:00", True),
        ("2020-06-10 11:12:13 PDT", "2020-06-10T11:12:13+00:00", "-07:00", False),
        ("10.06.2020 11:12:13 UTC", "2020-06-10T11:12:13+00:00", "", True),
        ("6/3/20", "2020-06-03", "", True),
        ("6/3/20", "2020-06-04", "", False),
        ("ab\0c", "abc", "", True),
        ("text", "another", "", False),
        ("text", None, "", False),
    ],
)
def test_a_value_matches_its_cell(cell, value, offset, same) -> None:
    assert means(cell, value, offset) is same


def test_a_flat_file_is_read_in_its_charset() -> None:
    sheets = read("a-b\tC\r\nüx\t1\r\n".encode("cp1252"), "windows-1252", "cp1252")
    assert sheets is not None
    assert [row.cells for row in sheets[""].rows] == [(("a_b", "üx"), ("c", "1"))]


@pytest.mark.parametrize(
    "body", [b"", b"We could not make this report.", b"<html></html>", b'{"errorDetails": "x"}']
)
def test_other_documents_are_not_reports(body: bytes) -> None:
    assert read(body, "UTF-8", "cp1252") is None


def test_the_leaves_of_an_entry_are_its_cells() -> None:
    body = b'{"spec": {"by": "DAY"}, "days": [{"date": "2020-06-01", "sales": {"amount": 1.50}}]}'
    sheets = read(body, "UTF-8", "cp1252")
    assert sheets is not None
    row = sheets["days"].rows[0]
    right = {"date": "2020-06-01", "sales_amount": Decimal("1.5"), "by": "DAY", "_row_number": 1}
    assert difference(row, right) == ""
    assert difference(row, {**right, "sales_amount": Decimal(2)}) != ""
    assert difference(row, {"date": "2020-06-01"}) != ""


def test_the_amounts_of_an_xml_item_are_its_rows() -> None:
    body = b"""<?xml version="1.0"?><AmazonEnvelope><MessageType>Orders</MessageType>
    <Message><Order><Id>1</Id>
      <OrderItem><SKU>A</SKU><ItemPrice>
        <Component><Type>Principal</Type><Amount currency="EUR">1.50</Amount></Component>
        <Component><Type>Tax</Type><Amount currency="EUR">0.30</Amount></Component>
      </ItemPrice></OrderItem>
      <OrderItem><SKU>B</SKU></OrderItem>
    </Order></Message></AmazonEnvelope>"""
    sheets = read(body, "UTF-8", "cp1252")
    assert sheets is not None
    principal, tax, without = sheets[""].rows
    right = {"id": "1", "sku": "A", "type": "Tax", "amount": Decimal("0.3"), "currency": "EUR"}
    assert difference(tax, {**right, "message_type": "Orders"}) == ""
    assert difference(principal, right) != ""
    assert difference(without, {"id": "1", "sku": "B"}) == ""
