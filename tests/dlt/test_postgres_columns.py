"""Which columns of a file are copied to PostgreSQL, and by which destination."""

from __future__ import annotations

import dlt
import pyarrow as pa
import pytest
from pyarrow import parquet

from tap_mws_reports.dlt import make_pipeline
from tap_mws_reports.dlt.postgres import Postgres, filled_columns

TEXTS, NULLS = pa.array(["a", None, ""]), pa.nulls(3, pa.string())
LATE = pa.array([None, None, "a"])
NESTED = pa.array([[None], [], None], pa.list_(pa.string()))


@pytest.mark.parametrize(
    ("columns", "written", "filled"),
    [
        ({"id": TEXTS, "url": NULLS}, {}, ["id"]),
        ({"url": NULLS, "id": TEXTS, "name": TEXTS}, {}, ["id", "name"]),
        ({"url": NULLS, "late": LATE}, {"row_group_size": 1}, ["late"]),
        ({"url": NULLS, "name": NULLS}, {}, ["url", "name"]),
        ({"id": TEXTS, "tags": NESTED}, {}, ["id", "tags"]),
        ({"id": TEXTS, "url": NULLS}, {"write_statistics": False}, ["id", "url"]),
    ],
    ids=["null", "in order", "last row group", "all null", "nested", "no statistics"],
)
def test_columns_that_are_null_in_all_rows_are_left_out(tmp_path, columns, written, filled) -> None:
    path = tmp_path / "rows.parquet"
    parquet.write_table(pa.table(columns), path, **written)

    with parquet.ParquetFile(path) as file:
        assert filled_columns(file) == filled


def test_a_pipeline_is_that_of_dlt(tmp_path) -> None:
    to = "postgresql://loader:secret@localhost/shop"
    made = make_pipeline("postgres", to, directory=tmp_path).destination
    plain = dlt.destinations.postgres(to)

    assert type(made) is Postgres
    assert made.destination_type == plain.destination_type
    assert made.destination_name == plain.destination_name
    assert made.config_params == plain.config_params


def test_the_type_of_a_named_destination_counts(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("DESTINATION__SHOP__DESTINATION_TYPE", "postgres")

    made = make_pipeline("shop", directory=tmp_path).destination

    assert type(made) is Postgres
    assert made.destination_name == "shop"
