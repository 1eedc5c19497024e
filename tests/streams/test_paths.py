"""A block at a time, with Arrow, or one by one as the SDK does: the tap writes the same."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import pytest
from singer_sdk import Stream

from tap_mws_reports import report_types
from tap_mws_reports.streams.sdk import BlockStream

pytestmark = pytest.mark.api(slow="mws", reason="documents are read the same over both services")

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
LISTINGS = "_GET_MERCHANT_LISTINGS_ALL_DATA_"
SETTLEMENTS = "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_"
STREAM = "flat_file_all_orders_data_by_last_update"
# A settlement, and a few hundred orders.
RECENT = {"start_date": "2020-05-20T00:00:00Z"}
EXTRACTED = re.compile(rb',"time_extracted":"[^"]+"')

OBSTACLES = {
    "stream maps are set": {"stream_maps": {STREAM: {"sku": "sku.lower()"}}},
    "flattening is enabled": {"flattening_enabled": True, "flattening_max_depth": 1},
}


def timeless(lines: list[bytes]) -> list[bytes]:
    return [EXTRACTED.sub(b"", line) for line in lines]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"new_columns": "ignore"},
        {"keep_snapshots": True, "timestamps": "offset"},
        {"decimals": "exact"},
    ],
)
def test_all_paths_write_the_same_bytes(make_harness, monkeypatch, settings) -> None:
    fast, arrow, slow = make_harness(), make_harness(), make_harness()
    output = fast.run(ORDERS, LISTINGS, SETTLEMENTS, **RECENT, **settings)
    monkeypatch.setattr("tap_mws_reports.streams.record_engine.SMALLEST_FOR_ARROW", 0)
    arrow.run(ORDERS, LISTINGS, SETTLEMENTS, **RECENT, **settings)
    monkeypatch.setattr(BlockStream, "_obstacle", lambda _self, **_: "forced by the test")
    slow.run(ORDERS, LISTINGS, SETTLEMENTS, **RECENT, **settings)

    for known in map(report_types.load, (ORDERS, LISTINGS, SETTLEMENTS)):
        assert len(output.records(known.stream)) > 20
    assert timeless(fast.lines) == timeless(arrow.lines) == timeless(slow.lines)


@contextmanager
def record(tap, caplog) -> Iterator[None]:
    """Record what the stream logs, beside other handlers."""
    logger = tap.streams[STREAM].logger
    logger.addHandler(caplog.handler)
    logger.setLevel(logging.INFO)
    yield
    logger.removeHandler(caplog.handler)


def said_by(harness, caplog, **settings: object) -> str:
    """Run the tap and return what its stream logged."""
    tap = harness.tap(ORDERS, **settings)
    with record(tap, caplog):
        assert harness.sync(tap).records(STREAM)
    return caplog.text


@pytest.mark.parametrize(("reason", "settings"), OBSTACLES.items())
def test_single_records_are_written_where_needed_and_logged(
    harness, caplog, reason, settings
) -> None:
    message = said_by(harness, caplog, **settings)

    assert f"Writing records of {STREAM} one by one: {reason}" in message


def test_a_limit_of_records_is_respected_and_logged(harness, caplog) -> None:
    tap = harness.tap(ORDERS)
    harness.connect()
    with record(tap, caplog):
        assert tap.run_sync_dry_run(1, [tap.streams[STREAM]])

    assert "one by one: the number of records is limited" in caplog.text


class Child(Stream):
    """A stream that has one record for each of its parent's."""

    name = "child"
    schema: ClassVar[dict] = {"properties": {"order": {"type": "string"}}}
    state_partitioning_keys = ()

    def get_records(self, context) -> Iterator[dict]:
        yield {"order": context["amazon_order_id"]}


def test_children_get_every_record_and_it_is_logged(harness, caplog) -> None:
    tap = harness.tap(ORDERS, start_date="2020-06-08T00:00:00Z")
    child = Child(tap)
    tap.mapper.register_raw_stream_schema(child.name, child.schema, ())
    tap.streams[STREAM].child_streams.append(child)
    with record(tap, caplog):
        output = harness.sync(tap)

    assert "one by one: the stream has children" in caplog.text
    assert len(output.records(STREAM)) > 20
    assert [each["order"] for each in output.records("child")] == [
        each["amazon_order_id"] for each in output.records(STREAM)
    ]


def test_blocks_are_the_default(harness, caplog) -> None:
    message = said_by(harness, caplog)

    assert f"Read {harness.spelled(ORDERS)}" in message
    assert "one by one" not in message


def test_deselected_columns_are_neither_written_nor_in_unparsed(make_harness, monkeypatch) -> None:
    harness = make_harness()
    catalog = harness.tap(ORDERS).catalog_dict
    for entry in catalog["streams"]:
        for each in entry["metadata"]:
            if each["breadcrumb"][-1:] in (["ship_city"], ["quantity"], ["_extra"]):
                each["metadata"]["selected"] = False

    fast = harness.sync(harness.tap(ORDERS, catalog=catalog))
    monkeypatch.setattr(BlockStream, "_obstacle", lambda _self, **_: "forced by the test")
    other = make_harness()
    other.sync(other.tap(ORDERS, catalog=catalog))

    assert timeless(harness.lines) == timeless(other.lines)
    for record in fast.records(STREAM):
        assert not {"ship_city", "quantity", "_extra"} & record.keys()
        assert {"amazon_order_id", "_unparsed"} <= record.keys()
