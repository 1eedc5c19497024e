"""The dbt package over DuckDB and PostgreSQL: its totals are what the sandbox's seller sold."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import psycopg2
import psycopg2.extras
import pytest

from benchmarks.postgres_server import running_postgres
from tap_mws_reports.sandbox.sample_data import seller_data
from tests.conftest import NOW, Output
from tests.page.conftest import REPORTS, load, tables

__all__ = ["load"]

ROOT = Path(__file__).parents[2]
DBT = ROOT / ".venv-dbt" / "bin" / "dbt"
START = datetime.fromisoformat("2020-04-20T00:00:00Z")
END = datetime.fromisoformat("2020-06-01T00:00:00Z")
SPAN = {"start_date": START.isoformat(), "end_date": END.isoformat()}

pytestmark = pytest.mark.api("sp_api", reason="the tables are the same over both services")
Ask = Callable[[str], list[tuple[Any, ...]]]


def build(target: str, folder: Path, schema: str, **environment: str) -> str:
    """Build and test all models, and return what dbt printed."""
    command = [DBT, "--no-use-colors", "build", "--project-dir", "dbt", "--profiles-dir", "dbt"]
    command += ["--target", target, "--vars", f"{{amazon_schema: {schema}}}"]
    command += ["--target-path", folder / "target", "--log-path", folder / "logs"]
    quiet = {"DO_NOT_TRACK": "1", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    done = subprocess.run(
        list(map(str, command)),
        cwd=ROOT,
        env={**os.environ, **quiet, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def duckdb_answers(load, tmp_path) -> Callable[[Output], Ask]:
    def built(output: Output) -> Ask:
        path = load(output)
        build("duckdb", tmp_path, "main", AMAZON_DUCKDB=path)

        def ask(sql: str) -> list[tuple[Any, ...]]:
            with duckdb.connect(path, read_only=True) as database:
                return database.execute(sql).fetchall()

        return ask

    return built


@pytest.fixture
def postgres_answers(tmp_path) -> Iterator[Callable[[Output], Ask]]:
    with running_postgres() as server:
        host = str(server.socket_directory)
        connection = psycopg2.connect(host=host, user="postgres", dbname="postgres")
        cursor = connection.cursor()

        def ask(sql: str) -> list[tuple[Any, ...]]:
            cursor.execute(sql)
            return cursor.fetchall()

        def built(output: Output) -> Ask:
            cursor.execute("create schema amazon; set search_path = amazon")
            for table in tables(output):
                cursor.execute(table.create)
                if table.rows:
                    rows = [tuple(row.values()) for row in table.rows]
                    sql = f"insert into {table.name} values %s"
                    psycopg2.extras.execute_values(cursor, sql, rows, page_size=1000)
            connection.commit()
            build("postgres", tmp_path, "amazon", PGHOST=host, PGUSER="postgres")
            return ask

        yield built
        connection.close()


@pytest.mark.parametrize("warehouse", ["duckdb_answers", "postgres_answers"])
def test_totals_equal_those_of_the_sandbox(make_harness, request, warehouse) -> None:
    ask = request.getfixturevalue(warehouse)(make_harness().run(*REPORTS, **SPAN))
    trade = seller_data(1, "ATVPDKIKX0DER")
    orders = list(trade.changed(START, END, NOW))
    assert ask("select count(*) from analytics.orders") == [(len(orders),)]
    items = [item for order in orders for item in order.items]
    assert ask("select count(*) from analytics.order_items") == [(len(items),)]

    shipped = [o for o in orders if o.last_change(NOW)[1] == "Shipped"]
    sold = sum((item.price for order in shipped for item in order.items), Decimal(0))
    query = "select sum(item_price) from analytics.orders where order_status = 'Shipped'"
    assert ask(query) == [(sold,)]

    returned = list(trade.returns(START, END, NOW))
    assert ask("select sum(quantity) from analytics.returns") == [(len(returned),)]
    at_amazon = {product.sku for product in trade.products if product.fba}
    assert set(ask("select sku from analytics.inventory")) == {(sku,) for sku in at_amazon}

    _check_settlements(ask, trade)


def _check_settlements(ask: Ask, trade: Any) -> None:
    rows = ask(
        "select settlement_start, sales, tax, shipping, promotions, refunds, other, net,"
        " fees from analytics.profit_and_loss"
    )
    assert rows
    for row in rows:
        start = row[0].replace(tzinfo=NOW.tzinfo)
        end = start + (datetime(2020, 1, 15) - datetime(2020, 1, 1))  # noqa: DTZ001 - two weeks
        items = [item for order in trade.shipped(start, end, NOW) for item in order.items]
        sums = [sum((getattr(i, name) for i in items), Decimal(0)) for name in AMOUNTS]
        refunds = -sum((r.item.product.price for r in trade.returns(start, end, NOW)), Decimal(0))
        assert list(row[1:7]) == [*sums[:3], -sums[3], refunds, 0]
        assert row[7] == sum(row[1:7]) + row[8]
    reconciled = "select count(*), count(item_price) from analytics.settled_orders"
    ((settled, with_order),) = ask(reconciled)
    assert settled >= with_order > 0


AMOUNTS = ("price", "tax", "shipping", "discount")
