"""`load` beside the Singer path: the same rows under the same keys, typed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import dlt
import pytest

from tap_mws_reports.dlt import Limits, amazon_reports
from tap_mws_reports.errors import LoadFailed, SettingsError, StateError
from tap_mws_reports.sandbox.faults import Fault, FaultKind
from tests.dlt.conftest import add_column

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
STREAM = "flat_file_all_orders_data_by_last_update"
WEEKLY = {"type": ORDERS, "window_days": 7}
LISTINGS = "_GET_MERCHANT_LISTINGS_ALL_DATA_"
SETTLEMENTS = "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_"
TRAFFIC = "GET_SALES_AND_TRAFFIC_REPORT"
END = {"end_date": "2020-06-08T00:00:00Z"}
THREE_WEEKS = {"start_date": "2020-05-18T00:00:00Z", **END}
NA = {"seller_id": "A1SANDBOXNA"}
EU = {"seller_id": "A2SANDBOXEU", "marketplace_ids": ["UK"]}
READERS = {
    "date": date.fromisoformat,
    "date-time": lambda text: datetime.fromisoformat(text).astimezone(UTC),
}


def by_key(output: Any, stream: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return the rows of a Singer run as a typed warehouse holds them: the last of each key."""
    schema = output.schemas(stream)[-1]
    properties = schema["schema"]["properties"]
    return {
        tuple(typed(record[name], properties[name]) for name in schema["key_properties"]): {
            name: typed(value, properties[name])
            for name, value in record.items()
            if value is not None
        }
        for record in output.records(stream)
    }


def typed(value: Any, schema: Mapping[str, Any]) -> Any:
    if "number" in schema["type"]:
        return Decimal(str(value))
    return READERS.get(schema.get("format", ""), lambda same: same)(value)


def loaded(warehouse: Any, output: Any, stream: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    keys = output.schemas(stream)[-1]["key_properties"]
    rows = [
        {name: value for name, value in row.items() if value is not None}
        for row in warehouse.rows(stream)
    ]
    held = {tuple(row[name] for name in keys): row for row in rows}
    assert len(held) == len(rows), "a key is listed twice"
    return held


def assert_same(warehouse: Any, output: Any) -> set[str]:
    """Compare table by table; return the streams that have rows."""
    streams = {each["stream"] for each in output.messages if each["type"] == "RECORD"}
    assert warehouse.tables() == streams
    for stream in streams:
        assert loaded(warehouse, output, stream) == by_key(output, stream), stream
    return streams


def selling(*reports: object, api: str) -> list[object]:
    """Add a report of lists within lists where the service has one."""
    options = {"dateGranularity": "DAY", "asinGranularity": "SKU"}
    lists = {"type": TRAFFIC, "options": options, "window_days": 20}
    return [*reports, *([lists] if api == "sp_api" else [])]


@pytest.mark.api(slow="mws", reason="what dlt does is the same over both services")
def test_tables_equal_the_rows_of_the_singer_path(make_harness, warehouse, api) -> None:
    reports = selling(WEEKLY, LISTINGS, SETTLEMENTS, api=api)
    output = make_harness().run(*reports, **END)
    summary = warehouse.load(make_harness(), *reports, **END)

    streams = assert_same(warehouse, output)

    assert {STREAM, "merchant_listings_all_data", "reports"} < streams
    assert len(streams) >= (7 if api == "sp_api" else 5)
    assert summary.failures == []
    types = warehouse.types(STREAM)
    assert types["purchase_date"] == "TIMESTAMP WITH TIME ZONE"
    assert types["item_price"] == "DECIMAL(38,18)"
    assert types["quantity"] == "BIGINT"
    assert types["is_business_order"] == "BOOLEAN"


@pytest.mark.api(slow="mws", reason="what dlt does is the same over both services")
def test_several_sellers(make_harness, warehouse) -> None:
    output = make_harness().run(WEEKLY, sellers=[NA, EU], **END)
    warehouse.load(make_harness(), WEEKLY, sellers=[NA, EU], **END)

    assert_same(warehouse, output)
    assert len({row["_seller_id"] for row in warehouse.rows(STREAM)}) == 2


@pytest.mark.api("mws", reason="what dlt does is the same over both services")
@pytest.mark.parametrize("rows", [pytest.param(1, marks=pytest.mark.slow), 100])
def test_small_packages_add_up_to_the_same(make_harness, warehouse, rows) -> None:
    output = make_harness().run(WEEKLY, **THREE_WEEKS)
    summary = warehouse.load(make_harness(), WEEKLY, limits=Limits(rows), **THREE_WEEKS)

    assert summary.packages > 2
    assert_same(warehouse, output)


@pytest.mark.api("mws", reason="what dlt does is the same over both services")
@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(1, marks=pytest.mark.slow, id="small packages"),
        pytest.param(1_000_000, id="one package"),
    ],
)
def test_a_new_column_between_two_runs(make_harness, warehouse, monkeypatch, rows) -> None:
    middle = {"end_date": "2020-05-11T00:00:00Z"}
    singer, harness = make_harness(), make_harness()
    first = singer.run(WEEKLY, **middle)
    warehouse.load(harness, WEEKLY, limits=Limits(rows), **middle)
    assert "gift_note" not in warehouse.types(STREAM)
    add_column(monkeypatch, "gift-note")

    second = singer.run(WEEKLY, state=first.state, **END)
    summary = warehouse.load(harness, WEEKLY, limits=Limits(rows), **END)

    assert summary.new_columns == {STREAM: ["gift_note"]}
    assert warehouse.types(STREAM)["gift_note"] == "VARCHAR"
    expected = {**by_key(first, STREAM), **by_key(second, STREAM)}
    assert loaded(warehouse, second, STREAM) == expected
    notes = [row["gift_note"] for row in warehouse.rows(STREAM)]
    assert None in notes
    assert "note 1" in notes


@pytest.mark.api(slow="mws", reason="what dlt does is the same over both services")
def test_a_second_run_continues_from_the_bookmarks_in_the_destination(harness, warehouse) -> None:
    warehouse.load(harness, WEEKLY, **END)
    before, requested = warehouse.rows(STREAM), harness.amazon.calls.count("request")
    harness.clock.sleep(60)

    # A new machine: only the destination remembers.
    (warehouse.folder / "pipelines").rename(warehouse.folder / "gone")
    summary = warehouse.load(harness, WEEKLY, **END)

    assert summary.rows.get(STREAM, 0) == 0
    assert harness.amazon.calls.count("request") == requested
    assert warehouse.rows(STREAM) == before


@pytest.mark.api("mws", reason="what dlt does is the same over both services")
def test_bookmarks_are_those_of_the_state(make_harness, warehouse) -> None:
    output = make_harness().run(WEEKLY, **END)
    harness = make_harness()
    warehouse.load(harness, WEEKLY, **END)

    state = warehouse.pipeline().state["sources"]["amazon_reports"]["bookmarks"]
    assert json.loads(json.dumps(state[STREAM])) == output.bookmark(STREAM)


@pytest.mark.api("mws", reason="what dlt does is the same over both services")
def test_a_failed_window_is_reported_and_read_by_the_next_run(
    make_harness, warehouse, whole_run
) -> None:
    harness = make_harness(Fault(FaultKind.CANCELLED, ORDERS, times=100), pace="steady")
    summary = warehouse.load(harness, WEEKLY, **END)
    assert summary.failures
    assert summary.rows.get(STREAM, 0) == 0

    harness.strike()
    summary = warehouse.load(harness, WEEKLY, **END)

    assert summary.failures == []
    assert (
        loaded(warehouse, whole_run(WEEKLY, **END), STREAM).keys()
        == by_key(whole_run(WEEKLY, **END), STREAM).keys()
    )


@pytest.mark.api("mws", reason="what dlt does is the same over both services")
def test_settings_that_need_single_records_are_refused(harness, warehouse) -> None:
    with pytest.raises(SettingsError, match="`stream_maps` is not applied"):
        warehouse.load(harness, WEEKLY, stream_maps={STREAM: {"sku": "1"}})


@pytest.mark.api("mws", reason="what dlt does is the same over both services")
def test_an_unusable_state_is_an_error(harness, warehouse) -> None:
    warehouse.load(harness, WEEKLY, **END)
    with pytest.raises(StateError):
        warehouse.load(harness, WEEKLY, seller_id="A9OTHER", **END)


@pytest.mark.api("mws", reason="what dlt does is the same over both services")
def test_a_failing_destination_gets_the_rows_later(
    harness, warehouse, whole_run, monkeypatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk is full")

    warehouse.load(harness, LISTINGS, **END)
    with monkeypatch.context() as patch:
        patch.setattr("dlt.destinations.impl.duckdb.duck.DuckDbCopyJob.run", fail)
        with pytest.raises(LoadFailed, match="disk is full"):
            warehouse.load(harness, LISTINGS, WEEKLY, **END)
    requested = harness.amazon.calls.count("request")

    warehouse.load(harness, LISTINGS, WEEKLY, **END)

    assert harness.amazon.calls.count("request") == requested
    expected = by_key(whole_run(WEEKLY, **END), STREAM)
    assert loaded(warehouse, whole_run(WEEKLY, **END), STREAM).keys() == expected.keys()


@pytest.mark.api(slow="mws", reason="what dlt does is the same over both services")
def test_the_source_works_in_a_users_own_pipeline(harness, warehouse, whole_run) -> None:
    harness.connect()
    config = {"api": harness.api, "sandbox": True, "start_date": "2020-04-13T00:00:00Z", **END}
    source = amazon_reports({**config, "reports": [WEEKLY, LISTINGS]})
    pipeline = dlt.pipeline(
        "own",
        destination=dlt.destinations.duckdb(str(warehouse.database)),
        dataset_name="amazon_reports",
        pipelines_dir=str(warehouse.folder / "own"),
    )

    pipeline.run(source.with_resources(STREAM))

    assert warehouse.tables() == {STREAM}
    expected = by_key(whole_run(WEEKLY, **END), STREAM)
    assert loaded(warehouse, whole_run(WEEKLY, **END), STREAM).keys() == expected.keys()
    listings = [each for each in harness.amazon.calls if each == "request"]
    assert len(listings) == 8, "nothing is requested for a resource that is not selected"
