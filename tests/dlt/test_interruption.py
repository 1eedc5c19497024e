"""Ctrl-C and SIGTERM while `load` runs: what has been read is loaded, and nothing is lost."""

from __future__ import annotations

import importlib
import os
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tap_mws_reports.dlt import Limits
from tap_mws_reports.sandbox.http import Request, Response
from tests.dlt.killed_loads import POINTS
from tests.dlt.test_loading import END, ORDERS, STREAM, WEEKLY, assert_same

pytestmark = pytest.mark.api("mws", reason="what dlt does is the same over both services")

READING = "reading"


def strike(*signals: signal.Signals) -> None:
    for each in signals:
        os.kill(os.getpid(), each)


def strike_at(
    point: str, harness: Any, patch: pytest.MonkeyPatch, *signals: signal.Signals
) -> None:
    """Send signals to this process once a run gets to a point; to a second package at most."""
    if point == READING:
        strike_while_reading(harness, patch, *signals)
        return
    (module, name, method), after, count = POINTS[point]
    owner = getattr(importlib.import_module(module), name)
    original: Callable[..., Any] = getattr(owner, method)
    left = iter(range(count - 1, -1, -1))

    def run_and_strike(*args: Any, **kwargs: Any) -> Any:
        strikes = next(left, -1) == 0
        if strikes and not after:
            strike(*signals)
        result = original(*args, **kwargs)
        if strikes and after:
            strike(*signals)
        return result

    patch.setattr(owner, method, run_and_strike)


def strike_while_reading(harness: Any, patch: pytest.MonkeyPatch, *signals: signal.Signals) -> None:
    handle = harness.amazon.handle

    def handle_and_strike(request: Request, now: datetime) -> Response:
        response: Response = handle(request, now)
        if harness.amazon.calls[-1] == "download":
            strike(*signals)
        return response

    patch.setattr(harness.amazon, "handle", handle_and_strike)


def windows(harness: Any) -> list[datetime]:
    entries = harness.amazon.accounts["NA"].requests.values()
    return sorted(each.spec.start for each in entries if each.spec.report_type == ORDERS)


@pytest.mark.parametrize(
    ("point", "number"),
    [
        (READING, signal.SIGTERM),
        pytest.param(READING, signal.SIGINT, marks=pytest.mark.slow),
        pytest.param("extracted", signal.SIGINT, marks=pytest.mark.slow),
        pytest.param("copied", signal.SIGINT, marks=pytest.mark.slow),
        ("merged", signal.SIGTERM),
        pytest.param("loaded", signal.SIGINT, marks=pytest.mark.slow),
    ],
)
def test_read_rows_are_loaded_and_the_next_run_continues(
    harness, warehouse, whole_run, monkeypatch, point, number
) -> None:
    handlers = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with monkeypatch.context() as patch:
        strike_at(point, harness, patch, number)
        stopped = warehouse.load(harness, WEEKLY, limits=Limits(rows=1), **END)
    assert isinstance(stopped.stopped_by, KeyboardInterrupt)
    # The first package of a table is appended, so that the second is the first to be merged.
    assert stopped.packages == (2 if point == "merged" else 1)
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == handlers
    if point != READING:
        assert len(warehouse.rows(STREAM)) == stopped.rows[STREAM] > 0
    requested = windows(harness)

    done = warehouse.load(harness, WEEKLY, **END)

    assert done.stopped_by is None
    assert_same(warehouse, whole_run(WEEKLY, **END))
    assert len(windows(harness)) == len(set(windows(harness)))
    assert set(requested) <= set(windows(harness))


@pytest.mark.parametrize("point", ["copying", pytest.param("copied", marks=pytest.mark.slow)])
def test_a_second_signal_ends_the_run_at_once(
    harness, warehouse, whole_run, monkeypatch, point
) -> None:
    with monkeypatch.context() as patch:
        strike_at(point, harness, patch, signal.SIGINT, signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            warehouse.load(harness, WEEKLY, **END)
    requested = windows(harness)

    warehouse.load(harness, WEEKLY, **END)

    assert windows(harness) == requested
    assert_same(warehouse, whole_run(WEEKLY, **END))


def test_a_load_in_another_thread_installs_no_handlers(harness, warehouse) -> None:
    loaded: list[Any] = []
    thread = threading.Thread(
        target=lambda: loaded.append(warehouse.load(harness, WEEKLY, **END)), daemon=True
    )
    thread.start()
    thread.join()
    assert loaded[0].rows[STREAM] > 0


def test_an_ignored_signal_stays_ignored(harness, warehouse, monkeypatch) -> None:
    """As `nohup` and background jobs of a shell have it."""
    earlier = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        strike_while_reading(harness, monkeypatch, signal.SIGINT)
        assert warehouse.load(harness, WEEKLY, **END).stopped_by is None
    finally:
        signal.signal(signal.SIGINT, earlier)
