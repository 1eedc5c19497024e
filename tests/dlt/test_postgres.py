"""`load` into a real PostgreSQL: the rows of the Singer path, whatever the session's time zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.extras
import pytest

from tap_mws_reports.dlt import load, make_pipeline
from tap_mws_reports.dlt import postgres as destination
from tap_mws_reports.sandbox import reports
from tests.dlt.test_loading import END, LISTINGS, WEEKLY, by_key

server = pytest.importorskip(
    "benchmarks.postgres_server", reason="there is no PostgreSQL to start", exc_type=ImportError
)
pytestmark = pytest.mark.api("mws", reason="what dlt does is the same over both services")


@pytest.fixture(scope="module")
def postgres() -> Iterator[Any]:
    try:
        running = server.running_postgres()
        with running as started:
            yield started
    except FileNotFoundError as error:
        pytest.skip(str(error))


def pipeline_into(socket: str, dataset: str, folder: Path) -> Any:
    to = f"postgresql://postgres:none@{socket.replace('/', '%2F')}/postgres"
    return make_pipeline("postgres", to, dataset=dataset, directory=folder)


def run(pipeline: Any, harness: Any, *types: object, **settings: object) -> None:
    harness.connect()
    config = {"api": harness.api, "sandbox": True, "start_date": "2020-04-13T00:00:00Z"}
    load(pipeline, {**config, **settings, "reports": [*types]})


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles"])
def test_tables_equal_the_rows_of_the_singer_path(
    postgres, make_harness, tmp_path, monkeypatch, zone
) -> None:
    monkeypatch.setenv("PGTZ", zone)
    socket = str(postgres.socket_directory)
    output = make_harness().run(WEEKLY, LISTINGS, **END)
    pipeline = pipeline_into(socket, f"amazon_{zone[:2].lower()}", tmp_path)
    for _ in range(2):
        run(pipeline, make_harness(), WEEKLY, LISTINGS, **END)

    streams = {each["stream"] for each in output.messages if each["type"] == "RECORD"}
    with psycopg2.connect(host=socket, user="postgres", dbname="postgres") as connection:
        cursor = connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor)
        for stream in sorted(streams):
            cursor.execute(f"select * from {pipeline.dataset_name}.{stream}")
            keys = output.schemas(stream)[-1]["key_properties"]
            rows = [
                {name: value for name, value in row.items() if value is not None}
                for row in cursor.fetchall()
            ]
            held = {tuple(row[name] for name in keys): row for row in rows}
            assert len(held) == len(rows)
            assert held == by_key(output, stream), stream
            # Also those that no row has a value in.
            columns = {column.name for column in cursor.description}
            assert columns == {*output.schemas(stream)[-1]["schema"]["properties"]}
    connection.close()


def test_a_value_that_a_row_no_longer_has_becomes_null(
    postgres, make_harness, tmp_path, monkeypatch
) -> None:
    copied: list[list[str]] = []
    filled = destination.filled_columns

    def note(file: Any) -> list[str]:
        copied.append(filled(file))
        return copied[-1]

    monkeypatch.setattr(destination, "filled_columns", note)
    socket = str(postgres.socket_directory)
    pipeline = pipeline_into(socket, "amazon_nulls", tmp_path)
    harness = make_harness()
    run(pipeline, harness, LISTINGS)
    sql = "select count(*), count(price) from amazon_nulls.merchant_listings_all_data"
    (before,) = postgres.execute(sql)
    write = reports.write

    def write_without_prices(report_type: str, scope: Any) -> Any:
        document = write(report_type, scope)
        header, *lines = [line.split(b"\t") for line in document.body.splitlines()]
        for cells in lines:
            cells[header.index(b"price")] = b""
        body = b"".join(b"\t".join(cells) + b"\r\n" for cells in (header, *lines))
        return type(document)(body, document.charset)

    monkeypatch.setattr(reports, "write", write_without_prices)
    harness.clock.sleep(timedelta(days=2).total_seconds())
    run(pipeline, harness, LISTINGS)

    rows, prices = map(int, before.split("|"))
    assert rows == prices > 0
    assert postgres.execute(sql) == [f"{rows}|0"]
    assert ["price" in names for names in copied if "listing_id" in names] == [True, False]
