"""A block at a time or one by one as the SDK does: the tap writes the same."""

from __future__ import annotations

import logging
import re

import pytest

from tap_mws_reports.streams.messages import BlockStream

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
LISTINGS = "_GET_MERCHANT_LISTINGS_ALL_DATA_"
SETTLEMENTS = "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_"
STREAM = "flat_file_all_orders_data_by_last_update"
EXTRACTED = re.compile(rb',"time_extracted":"[^"]+"')

OBSTACLES = {
    "stream maps are set": {"stream_maps": {STREAM: {"sku": "sku.lower()"}}},
    "flattening is enabled": {"flattening_enabled": True, "flattening_max_depth": 1},
}


def timeless(lines: list[bytes]) -> list[bytes]:
    return [EXTRACTED.sub(b"", line) for line in lines]


@pytest.mark.parametrize("settings", [{}, {"new_columns": "ignore"}, {"keep_snapshots": True}])
def test_both_paths_write_the_same_bytes(make_bench, monkeypatch, settings) -> None:
    fast, slow = make_bench(), make_bench()
    fast.run(ORDERS, LISTINGS, SETTLEMENTS, **settings)
    monkeypatch.setattr(BlockStream, "_obstacle", lambda _self, **_: "a test wants it")
    slow.run(ORDERS, LISTINGS, SETTLEMENTS, **settings)

    assert len(fast.lines) > 100
    assert timeless(fast.lines) == timeless(slow.lines)


def said_by(bench, caplog, **settings: object) -> str:
    """Run the tap and return what its stream logged, whoever else listens."""
    tap = bench.tap(ORDERS, **settings)
    logger = tap.streams[STREAM].logger
    logger.addHandler(caplog.handler)
    logger.setLevel(logging.INFO)
    assert bench.sync(tap).records(STREAM)
    logger.removeHandler(caplog.handler)
    return caplog.text


@pytest.mark.parametrize(("reason", "settings"), OBSTACLES.items())
def test_what_needs_records_one_by_one_gets_them_and_says_so(
    bench, caplog, reason, settings
) -> None:
    said = said_by(bench, caplog, **settings)

    assert f"Records of {STREAM} are written one by one: {reason}" in said


def test_blocks_are_the_usual_way(bench, caplog) -> None:
    said = said_by(bench, caplog)

    assert "Read _GET_FLAT_FILE" in said
    assert "one by one" not in said


def test_columns_that_are_not_selected_are_neither_written_nor_kept_among_the_unparsed(
    make_bench, monkeypatch
) -> None:
    bench = make_bench()
    catalog = bench.tap(ORDERS).catalog_dict
    for entry in catalog["streams"]:
        for each in entry["metadata"]:
            if each["breadcrumb"][-1:] in (["ship_city"], ["quantity"], ["_extra"]):
                each["metadata"]["selected"] = False

    fast = bench.sync(bench.tap(ORDERS, catalog=catalog))
    monkeypatch.setattr(BlockStream, "_obstacle", lambda _self, **_: "a test wants it")
    other = make_bench()
    other.sync(other.tap(ORDERS, catalog=catalog))

    assert timeless(bench.lines) == timeless(other.lines)
    for record in fast.records(STREAM):
        assert not {"ship_city", "quantity", "_extra"} & record.keys()
        assert {"amazon_order_id", "_unparsed"} <= record.keys()
