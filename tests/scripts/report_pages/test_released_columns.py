"""A column that a user has loaded keeps its kind, and is not removed."""

from __future__ import annotations

import pytest
from report_pages.released_columns import (
    ALL_ROWS,
    FILE,
    broken_promises,
    current_columns,
    read_columns,
    with_new_columns,
)

from tap_mws_reports.report_types import Kind

RELEASED = {("orders", "sku"): "text", ("orders", "quantity"): "integer"}


def test_released_columns_exist_and_keep_their_kinds() -> None:
    broken = broken_promises(read_columns(FILE.read_text("utf-8")), current_columns())

    assert not broken, (
        "Warehouses have these columns. Keep their names and kinds; let a column with another kind "
        "have a name of its own:\n" + "\n".join(broken)
    )


def test_new_columns_are_listed() -> None:
    new = current_columns().keys() - read_columns(FILE.read_text("utf-8")).keys()

    assert not new, f"Run `make docs`, which lists the new columns: {sorted(new)}"


def test_the_list_is_current() -> None:
    text = FILE.read_text("utf-8")
    released = read_columns(text)

    assert with_new_columns(released, released) == text
    assert len(released) > 2_600
    assert set(released.values()) == {kind.value for kind in Kind}
    assert released[ALL_ROWS, "_row_number"] == "integer"
    assert released["reports", "available_date"] == "timestamp"


@pytest.mark.parametrize(
    ("current", "broken"),
    [
        (RELEASED, []),
        ({**RELEASED, ("orders", "price"): "decimal"}, []),
        (
            {**RELEASED, ("orders", "quantity"): "decimal"},
            ["orders.quantity was released as integer and is decimal"],
        ),
        (
            {("orders", "sku"): "text", ("returns", "quantity"): "integer"},
            ["orders.quantity was released as integer and is gone"],
        ),
    ],
)
def test_breaking_changes_are_detected(current, broken) -> None:
    assert broken_promises(RELEASED, current) == broken


def test_the_list_only_grows() -> None:
    current = {("orders", "quantity"): "decimal", ("orders", "price"): "decimal"}

    assert with_new_columns(RELEASED, current) == (
        "stream,column,kind\norders,price,decimal\norders,quantity,integer\norders,sku,text\n"
    )
