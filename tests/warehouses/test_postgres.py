"""meltanolabs-target-postgres: INSERT and COPY, sessions of two time zones, RECORD and BATCH.

An INSERT of a timestamp is converted to the session's time zone, because the target's columns have
none; `PGTZ` makes the session's UTC. COPY, and rows from BATCH files, take the text as it is.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from expected_rows import LAYOUTS, expected_rows
from staged_amazon import ORDERS
from warehouse import Postgres

LOS_ANGELES = "America/Los_Angeles"
IN_UTC = {"PGTZ": "UTC"}


def test_every_value_arrives_over_mws(scenario, postgres) -> None:
    warehouse = Postgres(postgres, use_copy=True, time_zone=LOS_ANGELES)
    scenario(warehouse, "mws").run(interrupted=False)


def _batches(directory, encoding) -> dict[str, object]:
    storage = {"root": (directory / "batches").as_uri(), "prefix": ""}
    return {"batch_config": {"encoding": encoding, "storage": storage}}


@pytest.mark.parametrize("use_copy", [False, True], ids=["insert", "copy"])
def test_every_value_arrives_whatever_is_interrupted(scenario, postgres, use_copy) -> None:
    warehouse = Postgres(postgres, use_copy=use_copy, time_zone="UTC")
    scenario(warehouse).run(interrupted=True)


@pytest.mark.parametrize(
    ("use_copy", "environment"), [(False, IN_UTC), (True, {})], ids=["insert", "copy"]
)
def test_every_value_arrives_in_a_session_of_los_angeles(
    scenario, postgres, use_copy, environment
) -> None:
    warehouse = Postgres(
        postgres, use_copy=use_copy, time_zone=LOS_ANGELES, environment=environment
    )
    scenario(warehouse).run(interrupted=False)


@pytest.mark.parametrize("use_copy", [False, True], ids=["insert", "copy"])
def test_exact_decimals_are_declared_and_arrive_as_numbers_do(scenario, postgres, use_copy) -> None:
    warehouse = Postgres(postgres, use_copy=use_copy, time_zone="UTC")
    exact = scenario(warehouse, decimals="exact")
    exact.finish()
    exact.check()
    assert warehouse.types(LAYOUTS[ORDERS].stream)["item_price"] == "numeric"


class LocalTimes(Postgres):
    """What INSERT makes of a timestamp in a session of Los Angeles: the local time."""

    def arrives(self, kind, value):
        if isinstance(value, datetime):
            return value.astimezone(ZoneInfo(LOS_ANGELES)).replace(tzinfo=UTC)
        return super().arrives(kind, value)


def test_without_pgtz_an_insert_stores_the_local_time_of_the_session(scenario, postgres) -> None:
    first = scenario(LocalTimes(postgres, use_copy=False, time_zone=LOS_ANGELES))
    first.finish()
    first.check_rows()


@pytest.mark.parametrize("use_copy", [False, True], ids=["insert", "copy"])
def test_with_offsets_copy_stores_the_local_time_of_the_report(
    scenario, postgres, use_copy
) -> None:
    warehouse = Postgres(postgres, use_copy=use_copy, time_zone="UTC")
    first = scenario(warehouse, timestamps="offset")
    first.finish()
    stream = LAYOUTS[ORDERS].stream
    stored = {(row["_report_id"], row["_row_number"]): row for row in warehouse.rows(stream)}
    expected = expected_rows(first.amazon.delivered())[stream].values()
    assert any(row.offsets.get("purchase_date") for row in expected)
    for row in expected:
        arrives = row.local_time("purchase_date") if use_copy else row.values["purchase_date"]
        assert stored[row.report_id, row.row_number]["purchase_date"] == arrives


@pytest.mark.parametrize("use_copy", [False, True], ids=["insert", "copy"])
@pytest.mark.parametrize(
    "encoding",
    [{"format": "jsonl", "compression": "gzip"}, {"format": "parquet"}],
    ids=["jsonl.gz", "parquet"],
)
def test_every_value_arrives_by_batches(scenario, postgres, tmp_path, encoding, use_copy) -> None:
    # The lists of requests, reports and schedules come as records, which INSERT writes one by one.
    environment = {} if use_copy else IN_UTC
    warehouse = Postgres(
        postgres, use_copy=use_copy, time_zone=LOS_ANGELES, environment=environment
    )
    scenario(warehouse, **_batches(tmp_path, encoding)).run(interrupted=False)
