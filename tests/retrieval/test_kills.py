"""A backfill killed at every single call to Amazon, and run again from the last state it wrote.

The undisturbed run is watched. Before each call, and after each call by which Amazon does something
and whose answer could be lost, the world is copied: Amazon, the clock, and what had been written.
Each copy goes on with a new run, as if the first one had been killed there. Every 23rd moment is
tried, which meets all operations in turn; with ``--every-kill`` all of them are.
"""

from __future__ import annotations

import copy
import itertools
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from benchmarks.virtual_run import deselect_lifecycle
from tap_mws_reports.sandbox.http import Response

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_"
STREAM = "flat_file_all_orders_data_by_order_date"
BACKFILL = {"type": ORDERS, "window_days": 1}
REPORTS = 40
DATES = {"start_date": "2020-04-01T00:00:00Z", "end_date": "2020-05-11T00:00:00Z"}


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


def catalog(harness) -> dict[str, Any]:
    """The streams of what Amazon lists are not what is looked at here."""
    return deselect_lifecycle(harness.tap(BACKFILL, **DATES).catalog_dict)


def reporting_clock(harness, step: int) -> tuple[int, dict[int, World]]:
    """Run to the end; return how many moments a kill can hit, and the world at every `step`th."""
    worlds: dict[int, World] = {}
    moments = itertools.count()
    handle = harness.amazon.handle
    trades = {id(t): t for a in harness.amazon.accounts.values() for t in a.trades.values()}

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
    harness.sync(harness.tap(BACKFILL, **DATES, catalog=catalog(harness)))
    del harness.amazon.handle
    return next(moments), worlds


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


def test_no_kill_loses_a_row_or_asks_twice(make_harness, request) -> None:
    step = 1 if request.config.getoption("--every-kill") else 23
    harness = make_harness(pace="steady")
    moments, worlds = reporting_clock(harness, step)
    whole = World(harness.amazon, harness.clock, harness.lines)
    assert harness.amazon.calls.count("request") == REPORTS
    assert moments >= 3 * REPORTS
    again = make_harness(pace="steady")
    selected = catalog(again)
    for number, world in worlds.items():
        again.amazon, again.clock = world.amazon, world.clock
        output = again.run(BACKFILL, **DATES, catalog=selected, state=world.state)
        assert output.failures == [], number
        assert {**world.rows, **by_key(output.records(STREAM))} == whole.rows, number
        assert world.amazon.calls.count("request") == REPORTS, number
