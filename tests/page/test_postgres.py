"""The same figures from a PostgreSQL database as from DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg2
import psycopg2.extras
import pytest

from tap_mws_reports.page import open_database
from tap_mws_reports.page.figures import read_figures
from tap_mws_reports.page.run_log import RunLog
from tap_mws_reports.page.run_timeline import last_run
from tests.page.conftest import REPORTS, tables

server = pytest.importorskip(
    "benchmarks.postgres_server", reason="there is no PostgreSQL to start", exc_type=ImportError
)
SPAN = {"start_date": "2020-05-20T00:00:00Z", "end_date": "2020-06-01T00:00:00Z"}
pytestmark = pytest.mark.api("sp_api", reason="the tables are the same over both services")


@pytest.fixture
def postgres() -> Iterator[Any]:
    try:
        with server.running_postgres() as started:
            yield started
    except FileNotFoundError as error:
        pytest.skip(str(error))


def test_the_figures_are_those_of_duckdb(postgres, make_harness, load) -> None:
    output = make_harness().run(*REPORTS, **SPAN)
    host = str(postgres.socket_directory)
    with psycopg2.connect(host=host, user="postgres", dbname="postgres") as connection:
        cursor = connection.cursor()
        cursor.execute("create schema amazon; set search_path = amazon")
        for table in tables(output):
            cursor.execute(table.create)
            rows = [tuple(row.values()) for row in table.rows]
            if rows:
                sql = f"insert into {table.name} values %s"
                psycopg2.extras.execute_values(cursor, sql, rows, page_size=1000)
    connection.close()

    with open_database(load(output)) as database:
        expected = read_figures(database), last_run(database, RunLog())
    with open_database(postgres.url(driver="postgresql")) as database:
        assert database.schema == "amazon"
        figures, run = read_figures(database), last_run(database, RunLog())
    assert run == expected[1]
    for name, data in figures.items():
        assert data.rows
        assert [_rounded(row) for row in data.rows] == [_rounded(r) for r in expected[0][name].rows]


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with sums rounded: floating point adds up in any order."""
    return {
        name: round(float(value), 4) if hasattr(value, "__float__") else value
        for name, value in row.items()
    }
