"""A backfill killed at every single call to Amazon, and run again from the last state it wrote.

The undisturbed run is watched. Before each call, and after each call by which Amazon does something
and whose answer could be lost, the world is copied: Amazon, the clock, and what had been written.
Each copy goes on with a new run, as if the first one had been killed there. Every 11th moment of 16
reports is tried; with ``--every-kill`` all moments of 40 are.
"""

from __future__ import annotations

import copy
import itertools
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from benchmarks.virtual_run import deselect_lifecycle
from tap_mws_reports.sandbox.http import Response

pytestmark = pytest.mark.usefixtures("without_logs")

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_"
STREAM = "flat_file_all_orders_data_by_order_date"
BACKFILL = {"type": ORDERS, "window_days": 1}
START = datetime(2020, 4, 1, tzinfo=UTC)


@dataclass
class World:
    """What is left when a run is killed: Amazon, the time, and the lines that came out."""

    amazon: Any
    clock: Any
    lines: list[bytes]

    @property
    def state(self) -> dict[str, Any] | None:
        states = [line for line in self.lines if line.startswith(b'{"type":"STATE"')]
        return json.loads(states[-1])["value"] if states else None

    @property
    def rows(self) -> dict[tuple[Any, ...], Any]:
        records = [json.loads(line) for line in self.lines if line.startswith(b'{"type":"RECORD"')]
        return by_key(record["record"] for record in records)


def by_key(records: Any) -> dict[tuple[Any, ...], Any]:
    """Merge rows by key, as a warehouse does; where a row is from may differ between two runs."""
    return {
        (row["_seller_id"], row["amazon_order_id"], row["_line"]): row["_report_id"]
        for row in records
    }


def catalog(harness, dates: dict[str, str]) -> dict[str, Any]:
    """Deselect the streams of what Amazon lists."""
    return deselect_lifecycle(harness.tap(BACKFILL, **dates).catalog_dict)


def reporting_clock(harness, step: int, dates: dict[str, str]) -> tuple[int, dict[int, World]]:
    """Run to the end; return how many moments a kill can hit, and the world at every `step`th."""
    worlds: dict[int, World] = {}
    moments = itertools.count()
    handle = harness.amazon.handle
    trades = {id(t): t for a in harness.amazon.accounts.values() for t in a.seller_data.values()}

    def keep() -> None:
        number = next(moments)
        if number % step:
            return
        del harness.amazon.handle
        amazon = copy.deepcopy(harness.amazon, dict(trades))
        harness.amazon.handle = watching
        worlds[number] = World(amazon, copy.copy(harness.clock), harness.so_far())

    def watching(request, now) -> Response:
        keep()
        response = handle(request, now)
        if harness.amazon.word(request) == "request":
            keep()
        return response

    harness.amazon.handle = watching
    harness.sync(harness.tap(BACKFILL, **dates, catalog=catalog(harness, dates)))
    del harness.amazon.handle
    return next(moments), worlds


def test_no_kill_loses_a_row_or_repeats_a_request(make_harness, request) -> None:
    step, reports = (1, 40) if request.config.getoption("--every-kill") else (11, 16)
    end = START + timedelta(days=reports)
    dates = {"start_date": START.isoformat(), "end_date": end.isoformat()}
    harness = make_harness(pace="steady")
    moments, worlds = reporting_clock(harness, step, dates)
    whole = World(harness.amazon, harness.clock, harness.lines)
    assert harness.amazon.calls.count("request") == reports
    assert moments >= 3 * reports
    again = make_harness(pace="steady")
    selected = catalog(again, dates)
    for number, world in worlds.items():
        again.amazon, again.clock = world.amazon, world.clock
        output = again.run(BACKFILL, **dates, catalog=selected, state=world.state)
        assert output.failures == [], number
        assert {**world.rows, **by_key(output.records(STREAM))} == whole.rows, number
        assert world.amazon.calls.count("request") == reports, number
