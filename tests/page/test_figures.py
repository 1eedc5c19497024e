"""Each figure equals what the sandbox's seller has sold, got back and been paid."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from decimal import Decimal

import duckdb
import pytest

from tap_mws_reports.page import open_database
from tap_mws_reports.page.database import ROW_COLUMNS
from tap_mws_reports.page.figures import FIGURES, read_figure, read_figures
from tap_mws_reports.sandbox.sample_data import seller_data
from tests.conftest import NOW
from tests.page.conftest import INVENTORY, REPORTS, RETURNS

START = datetime.fromisoformat("2020-05-01T00:00:00Z")
END = datetime.fromisoformat("2020-06-01T00:00:00Z")
SPAN = {"start_date": START.isoformat(), "end_date": END.isoformat()}
US = "ATVPDKIKX0DER"

pytestmark = pytest.mark.api("sp_api", reason="the tables are the same over both services")


@pytest.fixture
def trade():
    return seller_data(1, US)


@pytest.fixture
def figures(whole_run, load):
    path = load(whole_run(*REPORTS, **SPAN))
    with open_database(path) as database:
        return {name: data.rows for name, data in read_figures(database).items()}


def test_every_figure_matches_the_sandbox(figures, trade) -> None:
    orders = [
        order
        for order in trade.changed(START, END, NOW)
        if order.last_change(NOW)[1] != "Cancelled"
    ]
    days = Counter(order.purchased.date() for order in orders)
    assert {row["day"]: row["orders"] for row in figures["orders_by_day"]} == days
    priced = [o for o in orders if o.last_change(NOW)[1] != "Pending"]
    items = [item for order in priced for item in order.items]
    revenue = sum((item.price for item in items), Decimal(0))
    assert sum(row["revenue"] for row in figures["revenue_by_day"]) == pytest.approx(float(revenue))
    sold = Counter()
    for item in items:
        sold[item.product.sku] += item.price
    best = {row["sku"]: row["revenue"] for row in figures["best_sellers"]}
    assert best == pytest.approx({sku: float(value) for sku, value in sold.items()})
    units = sum(item.quantity for order in orders for item in order.items)
    assert figures["units_by_marketplace"] == [{"marketplace": "Amazon.com", "units": units}]


def test_returns_and_stock_match_the_sandbox(figures, trade) -> None:
    returned = Counter(each.reason for each in trade.returns(START, END, NOW))
    assert {row["reason"]: row["units"] for row in figures["returns"]} == returned
    sellable = sum(each.disposition == "SELLABLE" for each in trade.returns(START, END, NOW))
    assert sum(row["sellable"] for row in figures["returns"]) == sellable
    assert {row["sku"] for row in figures["stock"]} == {p.sku for p in trade.products if p.fba}


def test_the_parts_of_the_settlement_add_up_to_its_total(figures) -> None:
    (head,) = figures["settlement_total"]
    assert head["amounts"] == pytest.approx(head["total"])
    assert sum(row["amount"] for row in figures["settlement"]) == pytest.approx(head["total"])
    assert {row["transaction"] for row in figures["settlement"]} == {"Order", "Refund"}


def test_a_figure_names_its_missing_table(make_harness, load) -> None:
    path = load(make_harness().run(RETURNS, **SPAN))
    with open_database(path) as database:
        missing = {figure.name: read_figure(figure, database).missing for figure in FIGURES}
    assert missing["returns"] == ""
    assert missing["stock"] == (
        "no table fba_myi_unsuppressed_inventory_data or fba_myi_all_inventory_data"
    )


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_a_figure_names_its_missing_column(figure, tmp_path) -> None:
    path = str(tmp_path / "old.duckdb")
    with duckdb.connect(path) as database:
        columns = ", ".join(f"{name} varchar" for name in sorted(ROW_COLUMNS))
        database.execute(f"create table {figure.tables[0]} ({columns})")
    with open_database(path) as database:
        missing = read_figure(figure, database).missing
    assert missing == f"{figure.tables[0]} has no column {', '.join(sorted(figure.columns))}"


def test_stock_is_that_of_the_newest_snapshot(make_harness, load) -> None:
    harness = make_harness()
    output = harness.run(INVENTORY, keep_snapshots=True)
    path = load(output)
    with duckdb.connect(path) as database:
        table = "fba_myi_unsuppressed_inventory_data"
        older = "_data_end - interval 1 day as _data_end, 1000 as afn_fulfillable_quantity"
        database.execute(f"insert into {table} by name select * replace ({older}) from {table}")
    with open_database(path) as database:
        stock = read_figures(database)["stock"].rows
    assert max(row["fulfillable"] for row in stock) < 1000


def test_orders_by_order_date_are_used_without_the_other_report(make_harness, load) -> None:
    path = load(make_harness().run("_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_", **SPAN))
    with open_database(path) as database:
        assert read_figures(database)["orders_by_day"].rows
