from __future__ import annotations

import jsonschema
import pytest
from report_pages.example_record import example_record

from tap_mws_reports.report_types import ColumnSpec, Identity, Kind, ReportType, all_known
from tap_mws_reports.streams.row_schema import row_schema

STREAMS = [(known, stream) for known in all_known() for stream in known.streams]


@pytest.mark.rows(("known", "stream"), STREAMS, ids=lambda row: row[1].stream)
def test_the_example_is_a_record_of_the_stream(known, stream) -> None:
    record = example_record(known, stream)

    jsonschema.validate(record, row_schema(stream))
    assert record.keys() == row_schema(stream)["properties"].keys()


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (Kind.INTEGER, "quantity", 1),
        (Kind.DECIMAL, "item_price", 19.99),
        (Kind.BOOLEAN, "is_business_order", True),
        (Kind.DATE, "posted_date", "2024-05-17"),
        (Kind.TEXT, "amazon_order_id", "111-0000001-0000001"),
        (Kind.TEXT, "message_order_fulfillment_data_address_city", "Seattle"),
        (Kind.TEXT, "buyer_name", "Example Buyer"),
        (Kind.TEXT, "fnsku", "X00EXAMPLE"),
        (Kind.TEXT, "seller_sku", "NOTEBOOK-BLUE"),
        (Kind.TEXT, "something", "example"),
    ],
)
def test_an_example_value_is_made_up_by_kind_and_name(kind, name, value) -> None:
    stream = ReportType(
        *("_GET_X_", "GET_X", "x", "range", "X", Identity("document")),
        columns=(ColumnSpec(name, kind, name),),
    )
    assert example_record(stream, stream)[name] == value


def test_a_report_without_a_range_has_one_time(form) -> None:
    record = example_record(form, form)
    assert record["_data_start"] == record["_data_end"]
