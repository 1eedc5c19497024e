"""Rows that depend on other rows, or do not fit the header."""

from __future__ import annotations

import dataclasses
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.documents import MarketplaceFormat, Row, Table, open_table
from tap_mws_reports.documents.block_parser import BlockParser
from tap_mws_reports.documents.columns import columns_of
from tap_mws_reports.documents.dialect import BLOCK_SIZE
from tap_mws_reports.documents.record_batch import ColumnChunk
from tap_mws_reports.report_types import Identity, Kind, ReportType

ORDERS = report_types.load("_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_")
RETURNS = report_types.load("_GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA_")
LEDGER = report_types.load("_GET_LEDGER_DETAIL_VIEW_DATA_")
SETTLEMENT = dataclasses.replace(
    report_types.load("_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_"),
    filled_down=("deposit_date", "total_amount", "currency"),
)
SUMMARIES = (
    "settlement-id\tdeposit-date\ttotal-amount\tcurrency\tsku\tamount",
    "1\t2025-06-09 05:23:19 UTC\t-62.31\tEUR\t\t",
    "2\t2025-06-23 05:23:19 UTC\t10.00\tUSD\t\t",
)


@pytest.fixture
def open_rows(tmp_path: Path):
    def open_lines(report_type: ReportType, *lines: str, **given: Any) -> Table:
        path = tmp_path / "document.txt"
        path.write_text("\n".join(lines), encoding="utf-8")
        return open_table(
            path,
            report_type=report_type,
            charset=None,
            marketplace_format=MarketplaceFormat(),
            **given,
        )

    return open_lines


def column(rows: list[Row], name: str) -> list[str]:
    return [str(row[name]) for row in rows]


def test_summary_values_are_in_every_row_of_their_settlement(open_rows) -> None:
    header, first, second = SUMMARIES
    table = open_rows(
        SETTLEMENT, header, "1\t\t\t\tA\t1.00", first, "1\t\t\t\tB\t2.00", second, "2"
    )

    rows = list(table.rows())

    assert column(rows, "sku") == ["A", "None", "B", "None", "None"]
    assert column(rows, "total_amount") == [*["-62.31"] * 3, *["10.00"] * 2]
    assert column(rows, "currency") == [*["EUR"] * 3, *["USD"] * 2]
    assert rows[0]["deposit_date"] == "2025-06-09T05:23:19+00:00"


def test_summary_far_below_is_found_and_counted_once(open_rows) -> None:
    header, first, _ = SUMMARIES
    many = BLOCK_SIZE // 5
    table = open_rows(SETTLEMENT, header, *["1\t\t\t\tA\t1.00"] * many, first)

    rows = list(table.rows())

    assert set(column(rows, "total_amount")) == {"-62.31"}
    assert len(rows) == table.counts.lines == many + 1


def test_summary_is_found_by_deselected_columns(open_rows) -> None:
    header, first, _ = SUMMARIES
    table = open_rows(SETTLEMENT, header, first, "1\t\t\t\tA\t1.00")

    rows = [row for block in table.blocks(wanted={"currency"}) for row in block.rows()]

    assert column(rows, "currency") == ["EUR", "EUR"]


def test_continuation_rows_have_the_id_of_their_order(open_rows) -> None:
    header = "amazon-order-id\tsku\tpromotion-ids"
    table = open_rows(ORDERS, header, "111-1\tA\tP1", "\t\tP2", "111-2\tB\tP1", " \t\tP3")

    rows = list(table.rows())

    assert column(rows, "amazon_order_id") == ["111-1", "111-1", "111-2", "111-2"]
    assert column(rows, "_line") == ["1", "2", "1", "2"]
    assert column(rows, "sku") == ["A", "None", "B", "None"]


def test_document_without_any_column_of_its_key_is_one_group(open_rows) -> None:
    table = open_rows(ORDERS, "sku\tquantity", "A\t1", "B\t2")

    assert column(list(table.rows()), "_line") == ["1", "2"]
    assert table.missing_identity == ("amazon_order_id",)


def test_nothing_of_a_shifted_row_is_lost(open_rows) -> None:
    """An extra tab moves the cells behind it one column to the right."""
    header = "return-date\torder-id\tsku\tasin\tquantity\treason"
    table = open_rows(RETURNS, header, "2025-05-05T10:19:22+00:00\t1\tA\tUPS\tB01\t2\tDEFECTIVE")

    (row,) = table.rows()

    assert row["asin"] == "UPS"
    assert row["quantity"] is None
    assert json.loads(str(row["_unparsed"])) == {"quantity": "B01"}
    assert json.loads(str(row["_extra"])) == ["DEFECTIVE"]
    assert row["reason"] == "2"


def test_trailing_blanks_belong_to_texts_but_not_to_numbers(open_rows) -> None:
    numbers = open_rows(ORDERS, "amazon-order-id\titem-price", "1\t12.50   ").rows()
    assert column(list(numbers), "item_price") == ["12.50"]

    texts = open_rows(ORDERS, "amazon-order-id\tsku", "1\tA   ").rows()
    assert column(list(texts), "sku") == ["A   "]


DATED = (
    "amazon-order-id\tpurchase-date\tlast-updated-date",
    "1\t2020-01-05T10:00:00-07:00\t2020-01-06T00:30:00+05:30",
    "2\t2020-01-05T10:00:00-07:00\t2020-01-05T10:00:00Z",
    "3\t2020-01-05T10:00:00+00:00\t",
    "4\tyesterday\t9999-12-31T23:00:00-07:00",
)
DAY_IN_UTC = "2020-01-05T17:00:00+00:00"


def test_timestamps_are_in_utc_with_their_offsets_beside_them(open_rows) -> None:
    rows = list(open_rows(ORDERS, *DATED).rows())

    assert column(rows, "purchase_date") == [DAY_IN_UTC, DAY_IN_UTC, DATED[3][2:27], "None"]
    assert column(rows, "last_updated_date") == [
        *("2020-01-05T19:00:00+00:00", "2020-01-05T10:00:00+00:00", "None", "None")
    ]
    assert column(rows, "_offsets") == [
        '{"purchase_date": "-07:00", "last_updated_date": "+05:30"}',
        '{"purchase_date": "-07:00"}',
        "None",
        "None",
    ]
    assert json.loads(str(rows[3]["_unparsed"])) == {
        "purchase_date": "yesterday",
        "last_updated_date": "9999-12-31T23:00:00-07:00",
    }


def test_offsets_are_those_of_selected_columns(open_rows) -> None:
    blocks = open_rows(ORDERS, *DATED).blocks(wanted={"amazon_order_id", "last_updated_date"})

    rows = [row for block in blocks for row in block.rows()]

    assert column(rows, "_offsets") == ['{"last_updated_date": "+05:30"}', *["None"] * 3]


def test_timestamps_keep_their_offsets_on_demand(open_rows) -> None:
    rows = list(open_rows(ORDERS, *DATED, timestamps="offset").rows())

    assert column(rows, "purchase_date") == [line.split("\t")[1] for line in DATED[1:4]] + ["None"]
    assert rows[3]["last_updated_date"] == "9999-12-31T23:00:00-07:00"
    assert all("_offsets" not in row for row in rows)


def test_columns_are_read_as_other_kinds_on_demand(open_rows) -> None:
    table = open_rows(ORDERS, "amazon-order-id\tquantity\tshelf", "1\t07\t12")

    table.read_as({"quantity": Kind.TEXT, "shelf": Kind.INTEGER, "item_price": Kind.TEXT})

    (row,) = table.rows()
    assert (row["quantity"], row["shelf"]) == ("07", 12)


def parsed(
    report_type: ReportType,
    header: str,
    *chunks: list[str],
    marketplace_format: MarketplaceFormat | None = None,
    wanted: set[str] | None = None,
    **given: Any,
) -> list[Row]:
    """Return the rows of chunks of lines, from a parser alone."""
    parser = BlockParser(
        columns_of(header.split("\t"), report_type),
        report_type,
        marketplace_format or MarketplaceFormat(),
        wanted,
        given.pop("exact", Decimal),
        **given,
    )
    return [
        row
        for lines in chunks
        for row in parser(
            ColumnChunk(list(zip(*(line.split("\t") for line in lines), strict=True)), None)
        ).rows()
    ]


def test_rows_are_numbered_over_all_chunks() -> None:
    rows = parsed(RETURNS, "sku", ["A", "B"], ["C"], ["D", "E"])

    assert [row["_row_number"] for row in rows] == [1, 2, 3, 4, 5]


def test_timestamps_are_in_utc_by_default() -> None:
    (row,) = parsed(ORDERS, "amazon-order-id\tpurchase-date", ["1\t2020-01-05T10:00:00-07:00"])

    assert (row["purchase_date"], row["_offsets"]) == (DAY_IN_UTC, '{"purchase_date": "-07:00"}')


OWN_NAMES = {"_line", "_unparsed", "_offsets", "_extra", "_row_number"}


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (None, {"sku", "sales", "sales_dates"}),
        ({"sku", "sales", "sales_dates"}, {"sku", "sales", "sales_dates"}),
        ({"sales"}, {"sales"}),
        ({"sku"}, {"sku"}),
    ],
)
def test_dates_of_a_header_are_a_column_if_selected(
    wanted: set[str] | None, names: set[str]
) -> None:
    rows = parsed(RETURNS, "sku\tSales (2023-05)", ["A\t1", "B\t2"], wanted=wanted)

    assert [row.keys() - OWN_NAMES for row in rows] == [names] * 2
    assert all(row.get("sales_dates", "2023-05") == "2023-05" for row in rows)


def test_a_group_may_have_several_columns() -> None:
    identity = Identity("group", ("amazon_order_id", "sku"))
    report_type = dataclasses.replace(ORDERS, identity=identity)

    rows = parsed(report_type, "amazon-order-id\tsku", ["1\tA", "1\tB", "2\tA"], ["\t", "1\tA"])

    assert column(rows, "sku") == ["A", "B", "A", "A", "A"]
    assert [row["_line"] for row in rows] == [1, 1, 1, 2, 2]


def test_only_the_rows_of_groups_are_filled_and_counted() -> None:
    identity = Identity("row", ("sku",))
    rows = parsed(dataclasses.replace(ORDERS, identity=identity), "sku\tasin", ["A\t1", "\t2"])

    assert column(rows, "sku") == ["A", "None"]
    assert all("_line" not in row for row in rows)


@pytest.mark.parametrize("timestamps", ["utc", "offset"])
def test_formats_are_those_of_the_marketplace_or_the_column(timestamps: str) -> None:
    german = MarketplaceFormat("cp1252", "Europe/Berlin", "DMY", ",")
    given = {"marketplace_format": german, "timestamps": timestamps}

    (row,) = parsed(LEDGER, "Date\tASIN", ["02/13/2026\tB01"], **given)
    assert row["date"] == "2026-02-13"

    (row,) = parsed(RETURNS, "return-date", ["13.02.2026 10:00:00 CET"], **given)
    utc = "2026-02-13T09:00:00+00:00"
    assert row["return_date"] == (utc if timestamps == "utc" else "2026-02-13T10:00:00+01:00")

    amounts = [
        parsed(each, "total-amount", ["1.234"], **given)[0]["total_amount"]
        for each in (SETTLEMENT, dataclasses.replace(SETTLEMENT, local_numbers=False))
    ]
    assert amounts == [Decimal(1234), Decimal("1.234")]


@pytest.mark.parametrize(("grouped", "units"), [(True, 1234), (False, None)])
def test_whole_numbers_have_commas_if_the_type_says_so(grouped: bool, units: int | None) -> None:
    german = MarketplaceFormat("cp1252", "Europe/Berlin", "DMY", ",")
    orders = dataclasses.replace(ORDERS, grouped_integers=grouped)

    (row,) = parsed(orders, "quantity", ["1,234"], marketplace_format=german)

    assert row["quantity"] == units


def test_decimals_are_made_by_the_caller() -> None:
    (row,) = parsed(ORDERS, "item-price", ["12.50"], exact=lambda digits: f"exactly {digits}")

    assert row["item_price"] == "exactly 12.50"


@pytest.mark.parametrize("timestamps", ["utc", "offset"])
def test_a_timestamp_is_not_a_number(timestamps: str) -> None:
    moment = "2020-01-05T10:00:00+00:00"
    (row,) = parsed(ORDERS, "quantity", [moment], timestamps=timestamps)

    assert row["quantity"] is None
    assert json.loads(str(row["_unparsed"])) == {"quantity": moment}


def test_unparsed_cells_are_kept_beside_parsed_ones() -> None:
    rows = parsed(ORDERS, "quantity", ["Größe", "2"])

    assert [(row["quantity"], row["_unparsed"]) for row in rows] == [
        (None, '{"quantity": "Größe"}'),
        (2, None),
    ]
