"""The first rows of a table are appended, others merged; no key is listed twice."""

from __future__ import annotations

from typing import Any

import pytest

from tap_mws_reports.dlt import Limits
from tap_mws_reports.errors import LoadFailed
from tests.dlt.test_loading import STREAM, THREE_WEEKS, WEEKLY, by_key, loaded

pytestmark = pytest.mark.api("mws", reason="what dlt does is the same over both services")
COPY = "dlt.destinations.impl.duckdb.duck.DuckDbCopyJob.run"


def disposition(warehouse: Any) -> str:
    table = warehouse.pipeline().default_schema.get_table(STREAM)
    return str(table["write_disposition"])


@pytest.fixture
def expected(whole_run) -> Any:
    return whole_run(WEEKLY, **THREE_WEEKS)


def test_first_rows_are_appended_and_later_ones_merged(make_harness, warehouse, expected) -> None:
    warehouse.load(make_harness(), WEEKLY, **THREE_WEEKS)
    assert disposition(warehouse) == "append"
    assert loaded(warehouse, expected, STREAM) == by_key(expected, STREAM)

    # What is read again has keys that are there.
    (warehouse.folder / "pipelines").rename(warehouse.folder / "gone")
    warehouse.ask("delete from _dlt_pipeline_state; delete from _dlt_version")
    warehouse.load(make_harness(), WEEKLY, **THREE_WEEKS)

    assert disposition(warehouse) == "merge"
    assert loaded(warehouse, expected, STREAM) == by_key(expected, STREAM)


def test_only_the_first_package_is_appended(make_harness, warehouse, expected) -> None:
    warehouse.load(make_harness(), WEEKLY, limits=Limits(1), **THREE_WEEKS)

    assert disposition(warehouse) == "merge"
    assert loaded(warehouse, expected, STREAM) == by_key(expected, STREAM)


def test_a_package_left_behind_is_not_appended_to_the_rows_of_another_run(
    make_harness, warehouse, expected, monkeypatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(COPY, fail)
        with pytest.raises(LoadFailed):
            warehouse.load(make_harness(), WEEKLY, **THREE_WEEKS)
    folder = warehouse.folder / "pipelines"
    folder.rename(warehouse.folder / "old")
    warehouse.load(make_harness(), WEEKLY, **THREE_WEEKS)
    folder.rename(warehouse.folder / "new")
    (warehouse.folder / "old").rename(folder)

    warehouse.load(make_harness(), WEEKLY, **THREE_WEEKS)

    assert loaded(warehouse, expected, STREAM) == by_key(expected, STREAM)


def test_a_package_that_was_appended_in_part_is_read_again(
    make_harness, warehouse, expected, monkeypatch
) -> None:
    from dlt.destinations.impl.duckdb.duck import DuckDbCopyJob  # noqa: PLC0415 - is patched

    copy, harness = DuckDbCopyJob.run, make_harness()

    def copy_and_fail(job: Any) -> None:
        copy(job)
        raise OSError("the connection is lost")

    with monkeypatch.context() as patch:
        patch.setattr(COPY, copy_and_fail)
        with pytest.raises(LoadFailed):
            warehouse.load(harness, WEEKLY, **THREE_WEEKS)
    assert warehouse.ask(f"select count(*) from {STREAM}")[0][0] > 0

    warehouse.load(harness, WEEKLY, **THREE_WEEKS)

    assert loaded(warehouse, expected, STREAM) == by_key(expected, STREAM)
