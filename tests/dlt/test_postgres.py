"""`load` into a real PostgreSQL: the rows of the Singer path, whatever the session's time zone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg2
import psycopg2.extras
import pytest

from tap_mws_reports.dlt import load, make_pipeline
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


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles"])
def test_tables_equal_the_rows_of_the_singer_path(
    postgres, make_harness, tmp_path, monkeypatch, zone
) -> None:
    monkeypatch.setenv("PGTZ", zone)
    socket = str(postgres.socket_directory)
    output = make_harness().run(WEEKLY, LISTINGS, **END)
    pipeline = make_pipeline(
        "postgres",
        f"postgresql://postgres:none@{socket.replace('/', '%2F')}/postgres",
        dataset=f"amazon_{zone[:2].lower()}",
        directory=tmp_path,
    )
    for _ in range(2):
        harness = make_harness()
        harness.connect()
        config = {"api": harness.api, "sandbox": True, "start_date": "2020-04-13T00:00:00Z"}
        load(pipeline, {**config, **END, "reports": [WEEKLY, LISTINGS]})

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
    connection.close()
