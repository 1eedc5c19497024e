"""Targets, each in its own environment, and what their tests share."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from expected_rows import (
    LAYOUTS,
    differences,
    expected_rows,
    request_differences,
    schedule_differences,
    snapshot_differences,
)
from staged_amazon import (
    CONTROL_C,
    FAILED_WINDOW,
    FIRST_DAY,
    LATER,
    LISTINGS,
    ORDERS,
    TAP_KILLED,
    TARGET_KILLED,
    Outcome,
    Pipeline,
    StagedAmazon,
)
from warehouse import DuckDb, Postgres, Warehouse

from benchmarks.postgres_server import PostgresServer, running_postgres

INTERRUPTED = 130
"""The tap's exit code after Ctrl-C."""


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no variable of this machine decide in which time zone a target works."""
    for name in ("PGTZ", "TZ"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for all tests; each makes a database of its own."""
    with running_postgres() as server:
        yield server


class Scenario:
    """Runs of one tap into one warehouse, after which every value there is compared."""

    def __init__(self, amazon: StagedAmazon, warehouse: Warehouse, pipeline: Pipeline) -> None:
        self.amazon = amazon
        self.warehouse = warehouse
        self.pipeline = pipeline

    def run(self, *, interrupted: bool) -> None:
        """Run with a window that fails, then two days later with nothing that fails.

        The second part starts from the state of the first, meets changed orders, a new column and
        a listing less, and asks again for the window that failed. ``interrupted`` stops it by
        Ctrl-C and by SIGKILL of either side before it may end.
        """
        self.pipeline.fail(ORDERS, FAILED_WINDOW, times=99)
        self.finish(expected_code=1)
        self.check()
        self.pipeline.heal()
        done = self.requests(FIRST_DAY)
        failed = self.requests(FAILED_WINDOW)
        self.amazon.end_schedule()
        self.pipeline.advance(LATER)
        if interrupted:
            self.interrupt()
        self.finish()
        self.check()
        assert self.requests(FAILED_WINDOW) == failed + 1
        assert self.requests(FIRST_DAY) == done

    def interrupt(self) -> None:
        """Stop a run by Ctrl-C, one by SIGKILL of the tap, one by SIGKILL of the target."""
        stopped = self.pipeline.run(CONTROL_C)
        assert stopped.tap == INTERRUPTED, stopped.log
        assert self.pipeline.run(TAP_KILLED).tap == -signal.SIGKILL
        assert self.pipeline.run(TARGET_KILLED).target == -signal.SIGKILL

    def requests(self, start: datetime) -> int:
        """Return how often Amazon was asked for the orders from a moment on."""
        wanted = [each.spec for each in self.amazon.entries()]
        return sum(each.report_type == ORDERS and each.start == start for each in wanted)

    def finish(self, expected_code: int = 0) -> Outcome:
        """Run to the end; the tap ends with the code, and the target prints the state."""
        outcome = self.pipeline.run()
        assert (outcome.tap, outcome.target) == (expected_code, 0), outcome.log
        assert outcome.state is not None, outcome.log
        return outcome

    def check(self) -> None:
        """Compare every value in the warehouse with the documents and with Amazon's lists."""
        self.check_rows()
        wrong: list[str] = []
        if isinstance(self.warehouse, DuckDb | Postgres):
            requests, reports = map(self.warehouse.listing, ("report_requests", "reports"))
            wrong += request_differences(self.amazon, requests, reports)
            if self.amazon.schedules or self.amazon.had_schedules:
                schedules = self.warehouse.listing("report_schedules")
                wrong += schedule_differences(self.amazon, schedules)
        _report(wrong)

    def check_rows(self) -> None:
        """Compare every value in the tables of reports with the documents.

        What a later document lacks has to be there still, but not among the newest rows.
        """
        wrong: list[str] = []
        for stream, rows in expected_rows(self.amazon.delivered()).items():
            there = self.warehouse.rows(stream)
            wrong += differences(stream, rows, there, self.warehouse.arrives)
            assert rows, stream
            if stream == LAYOUTS[LISTINGS].stream:
                wrong += snapshot_differences(stream, self.amazon.delivered(), there)
        _report(wrong)


def _report(wrong: Sequence[str]) -> None:
    # One of each shape: a column that is wrong is wrong in hundreds of rows.
    shapes = {re.sub(r"\d+/\d+|\(.*?\)| is .*", "", each): each for each in wrong}
    assert not wrong, f"{len(wrong)} differences:\n" + "\n".join(shapes.values())


@pytest.fixture
def scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Scenario]:
    """Return a scenario of a warehouse; settings go to the tap."""

    def make(warehouse: Warehouse, api: str = "sp_api", **settings: Any) -> Scenario:
        amazon = StagedAmazon(monkeypatch, api)
        directory = tmp_path / "pipeline"
        directory.mkdir()
        pipeline = Pipeline(
            amazon, directory, warehouse.command(directory), warehouse.environment, settings
        )
        return Scenario(amazon, warehouse, pipeline)

    return make
