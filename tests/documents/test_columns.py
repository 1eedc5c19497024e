from __future__ import annotations

import pytest

from tap_mws_reports import report_types
from tap_mws_reports.documents.columns import columns_of
from tap_mws_reports.report_types import Kind

LISTINGS = report_types.load("_GET_MERCHANT_LISTINGS_ALL_DATA_")
PLANNING = report_types.load("_GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA_")
RETURNS = report_types.load("_GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA_")
UNKNOWN = report_types.load("_GET_SOMETHING_NEW_")
FEEDBACK = report_types.load("_GET_SELLER_FEEDBACK_DATA_")

NAMES = [
    (LISTINGS, ["seller-sku", "Seller SKU", "SELLER_SKU"], "seller_sku seller_sku_2 seller_sku_3"),
    (LISTINGS, ["Fulfilment-Channel"], "fulfillment_channel"),
    (LISTINGS, ["\ufeffitem-name", " price "], "item_name price"),
    (LISTINGS, ["\u00ef\u00bb\u00bfitem-name"], "item_name"),
    (
        LISTINGS,
        ["Deprecated column"] * 3,
        "deprecated_column deprecated_column_2 deprecated_column_3",
    ),
    (LISTINGS, ["DEPRECATED price"], "price"),
    # The surest spelling has the known name, wherever it stands.
    (LISTINGS, ["DEPRECATED price", "PRICE", "price"], "price_2 price price_3"),
    (
        RETURNS,
        ["lpn", "sku", "license-plate-number"],
        "license_plate_number_2 sku license_plate_number",
    ),
    (LISTINGS, ["Price (5/15/2023)", "Price"], "price_2 price"),
    # PostgreSQL keeps 63 bytes of a name.
    (UNKNOWN, ["x" * 63, "X" * 63, f"{'x' * 62} (2023-05)"], f"{'x' * 63} {'x' * 61}_2 {'x' * 62}"),
    # Letters that the character set of the document lacks.
    (LISTINGS, ["s?ller-sku", "pri?e", "item-desc??ption"], "seller_sku price item_description"),
    (LISTINGS, ["?", "asin?", "??", "what?"], "column_1 asin column_3 what"),
    (PLANNING, ["DEPRECATED healthy-inventory-level"], "deprecated_healthy_inventory_level"),
    (UNKNOWN, ["Sku", "sku", "SKU"], "sku sku_2 sku_3"),
    (UNKNOWN, ["a", "a 2", "a"], "a a_2 a_3"),
    (UNKNOWN, ["a", "a", "a 2"], "a a_2 a_2_2"),
    (UNKNOWN, ["", "x", " ", "-"], "column_1 x column_3 column_4"),
    (UNKNOWN, ["column 2", ""], "column_2 column_2_2"),
    (UNKNOWN, ["_line", "_extra", "__report_id"], "line extra report_id"),
    (UNKNOWN, ["Strasse", "Straße"], "strasse strasse_2"),
    # An unknown header keeps away from the name of a known column, also where that one is absent.
    (LISTINGS, ["príce"], "price_2"),
]


@pytest.mark.parametrize(("report_type", "header", "names"), NAMES)
def test_names_differ_and_keep_their_order(
    report_type: report_types.ReportType, header: list[str], names: str
) -> None:
    assert [column.name for column in columns_of(header, report_type)] == names.split()


def test_known_columns_have_their_kind_and_others_are_text() -> None:
    columns = columns_of(["Price", "quantity", "new thing", "PRICE"], LISTINGS)

    assert [(column.kind, column.known) for column in columns] == [
        (Kind.DECIMAL, True),
        (Kind.INTEGER, True),
        (Kind.TEXT, False),
        # A second column of the name may hold anything.
        (Kind.TEXT, False),
    ]


FEEDBACK_NAMES = ["date", "rating", "comments", "your_response", "order_id", "rater_email"]


@pytest.mark.parametrize(
    ("header", "names"),
    [
        pytest.param(
            ["日付", "評価", "コメント", "回答", "注文番号", "評価者"],
            FEEDBACK_NAMES,
            id="by position in any language",
        ),
        pytest.param(
            ["Rater Email", "Order ID", "Your Response", "Comments", "Rating", "Date"],
            FEEDBACK_NAMES[::-1],
            id="by English headers in another order",
        ),
    ],
)
def test_feedback_is_matched(header, names) -> None:
    assert [column.name for column in columns_of(header, FEEDBACK)] == names


def test_feedback_with_an_extra_column_is_matched_by_name() -> None:
    header = ["Rating", "Date", "Comments", "New", "Your Response", "Order ID", "Rater Email"]

    columns = columns_of(header, FEEDBACK)

    assert [column.name for column in columns][:4] == ["rating", "date", "comments", "new"]


def test_dates_in_a_header_become_the_value_of_a_column_beside_it() -> None:
    header = [
        "Promo Required Qty - Goal 1 (5/15/2023 to 6/14/2023)",
        "Promo Required Qty - Goal 1 (6/15/2023 to 7/14/2023)",
        "estimated-future-fee (Current Selling on Amazon + Future Fulfillment fees)",
        "avaliable-quantity(sellable)",
        "Sales (2023-05-15)",
        f"{'x' * 60} (2023-05)",
    ]

    columns = columns_of(header, UNKNOWN)

    assert [(column.name, column.dates_name, column.dates) for column in columns] == [
        (
            "promo_required_qty_goal_1",
            "promo_required_qty_goal_1_dates",
            "5/15/2023 to 6/14/2023",
        ),
        (
            "promo_required_qty_goal_1_2",
            "promo_required_qty_goal_1_2_dates",
            "6/15/2023 to 7/14/2023",
        ),
        (columns[2].name, "", ""),
        ("avaliable_quantity_sellable", "", ""),
        ("sales", "sales_dates", "2023-05-15"),
        ("x" * 60, f"{'x' * 57}_dates", "2023-05"),
    ]
