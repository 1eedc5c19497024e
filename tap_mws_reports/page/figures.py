"""The figures of the sales: one query each, run if its table is loaded.

The queries are of the SQL that DuckDB and PostgreSQL share. Days are days in UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tap_mws_reports.page.database import Database, Row

ORDERS = (
    "flat_file_all_orders_data_by_last_update",
    "flat_file_all_orders_data_by_order_date",
)
RETURNS = ("fba_fulfillment_customer_returns_data",)
INVENTORY = (
    "fba_myi_unsuppressed_inventory_data",
    "fba_myi_all_inventory_data",
)
SETTLEMENTS = ("v2_settlement_report_data_flat_file_v2",)

BARS = 10
"""How many bars a ranking shows."""

_NOT_CANCELLED = "order_status not in ('Cancelled', 'Canceled')"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the page.

    ``tables`` are the streams that it can use, of which the first loaded one is taken;
    ``sql`` is the query, with ``{table}`` in place of its name and
    ``{not_cancelled}`` in place of the condition for orders that count.
    """

    name: str
    title: str
    tables: Sequence[str]
    columns: frozenset[str]
    sql: str


FIGURES = (
    Figure(
        "orders_by_day",
        "Orders by day",
        ORDERS,
        frozenset({"purchase_date", "amazon_order_id", "order_status"}),
        """
        select cast(purchase_date as date) as day, count(distinct amazon_order_id) as orders
        from {table} where {not_cancelled} and purchase_date is not null
        group by 1 order by 1
        """,
    ),
    Figure(
        "revenue_by_day",
        "Revenue by day",
        ORDERS,
        frozenset({"purchase_date", "currency", "item_price", "order_status"}),
        """
        select cast(purchase_date as date) as day, currency, sum(item_price) as revenue
        from {table} where {not_cancelled} and purchase_date is not null
          and item_price is not null and currency is not null
        group by 1, 2 order by 1, 2
        """,
    ),
    Figure(
        "units_by_marketplace",
        "Units by marketplace",
        ORDERS,
        frozenset({"sales_channel", "quantity", "order_status"}),
        """
        select coalesce(sales_channel, 'unknown') as marketplace, sum(quantity) as units
        from {table} where {not_cancelled}
        group by 1 order by 2 desc, 1
        """,
    ),
    Figure(
        "best_sellers",
        "Best sellers",
        ORDERS,
        frozenset({"sku", "product_name", "quantity", "item_price", "currency", "order_status"}),
        """
        select sku, max(product_name) as product, currency, sum(quantity) as units,
               sum(item_price) as revenue
        from {table} where {not_cancelled} and item_price is not null and currency is not null
        group by sku, currency order by revenue desc, sku
        """,
    ),
    Figure(
        "returns",
        "Returned units by reason",
        RETURNS,
        frozenset({"reason", "detailed_disposition", "quantity"}),
        """
        select coalesce(reason, 'unknown') as reason, sum(quantity) as units,
               sum(case detailed_disposition when 'SELLABLE' then quantity else 0 end) as sellable,
               sum(case detailed_disposition when 'SELLABLE' then 0 else quantity end) as unsellable
        from {table} group by 1 order by 2 desc, 1
        """,
    ),
    Figure(
        "stock",
        "Stock at Amazon",
        INVENTORY,
        frozenset({"sku", "afn_fulfillable_quantity", "afn_reserved_quantity"}),
        """
        select sku, max(product_name) as product, sum(afn_fulfillable_quantity) as fulfillable,
               sum(afn_reserved_quantity) as reserved, sum(afn_unsellable_quantity) as unsellable
        from {table} as stock
        where _data_end = (
            select max(newest._data_end) from {table} as newest
            where newest._seller_id = stock._seller_id
              and newest._marketplace_ids = stock._marketplace_ids
        )
        group by sku order by fulfillable desc, sku
        """,
    ),
    Figure(
        "settlement_total",
        "Latest settlement",
        SETTLEMENTS,
        frozenset({"settlement_id", "total_amount", "amount", "amount_type"}),
        """
        select settlement_id, max(currency) as currency, max(total_amount) as total,
               max(settlement_start_date) as first, max(settlement_end_date) as last,
               sum(amount) as amounts
        from {table} where settlement_end_date is not null
        group by settlement_id order by last desc, settlement_id limit 1
        """,
    ),
    Figure(
        "settlement",
        "Latest settlement",
        SETTLEMENTS,
        frozenset({"settlement_id", "total_amount", "amount", "amount_type"}),
        """
        select coalesce(transaction_type, 'Other') as transaction, amount_type,
               amount_description, sum(amount) as amount
        from {table}
        where amount is not null and settlement_id = (
            select settlement_id from {table} where settlement_end_date is not null
            group by settlement_id order by max(settlement_end_date) desc, settlement_id limit 1
        )
        group by 1, 2, 3 order by 4 desc, 1, 2, 3
        """,
    ),
)


@dataclass(frozen=True, slots=True)
class FigureData:
    """The rows of a figure; ``missing`` says why there are none."""

    figure: Figure
    rows: Sequence[Row]
    missing: str = ""


def read_figures(database: Database) -> dict[str, FigureData]:
    """Return the data of every figure by its name."""
    return {figure.name: read_figure(figure, database) for figure in FIGURES}


def read_figure(figure: Figure, database: Database) -> FigureData:
    """Return the data of a figure, or why there is none."""
    loaded = [name for name in figure.tables if name in database.tables]
    if not loaded:
        return FigureData(figure, (), f"no table {' or '.join(figure.tables)}")
    if absent := sorted(figure.columns - database.tables[loaded[0]]):
        return FigureData(figure, (), f"{loaded[0]} has no column {', '.join(absent)}")
    rows = database.rows(
        figure.sql.format(table=database.table(loaded[0]), not_cancelled=_NOT_CANCELLED)
    )
    return FigureData(figure, rows, "" if rows else f"{loaded[0]} has no rows for it")
