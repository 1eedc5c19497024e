"""target-snowflake and target-bigquery up to their connections: there are no such warehouses."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from expected_rows import LAYOUTS
from staged_amazon import ORDERS
from warehouse import Offline

ORDER_TYPES = {
    "snowflake": {
        "amazon_order_id": "VARCHAR",
        "_row_number": "DECIMAL",
        "purchase_date": "TIMESTAMP_NTZ",
        "item_price": "FLOAT",
        "is_business_order": "BOOLEAN",
        "gift_note": "VARCHAR",
    },
    "bigquery": {
        "amazon_order_id": "STRING",
        "_row_number": "INTEGER",
        "purchase_date": "TIMESTAMP",
        "item_price": "FLOAT",
        "is_business_order": "BOOLEAN",
        # The target takes no SCHEMA that comes later in a run: docs/warehouses.md says what to do.
        "gift_note": None,
    },
}


@pytest.mark.parametrize("name", ["snowflake", "bigquery"])
def test_every_value_reaches_the_connection(scenario, tmp_path, name) -> None:
    warehouse = Offline(name, tmp_path)
    scenario(warehouse).run(interrupted=False)
    types = warehouse.types(LAYOUTS[ORDERS].stream)
    assert {column: types.get(column) for column in ORDER_TYPES[name]} == ORDER_TYPES[name]


class ExactSnowflake(Offline):
    """Snowflake with `decimals: exact`: the stage has text, which Snowflake casts to the type."""

    def __init__(self, directory: Any) -> None:
        super().__init__("snowflake", directory)

    def value(self, kind: str, stored: Any) -> Any:
        """Return a value from its text."""
        return Decimal(stored) if kind == "number" and stored else super().value(kind, stored)


def test_exact_decimals_reach_snowflake_with_all_digits(scenario, tmp_path) -> None:
    warehouse = ExactSnowflake(tmp_path)
    first = scenario(warehouse, decimals="exact")
    first.finish()
    first.check_rows()
    assert warehouse.types(LAYOUTS[ORDERS].stream)["item_price"] == "DECIMAL(38, 9)"
