"""The tap killed at random moments: what it wrote, merged by key, is what an undisturbed run wrote.

Real processes, a real server and SIGKILL; the moments are drawn from a seed, and time runs faster.
"""

from __future__ import annotations

import json
import random
import signal
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.fast_clock_tap import FastClock
from benchmarks.tap_process import ORIGIN_COLUMNS, running_tap, tap_command
from benchmarks.virtual_run import LIFECYCLE
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.mws.quota_enforcer import QuotaEnforcer
from tap_mws_reports.sandbox.sandbox_config import tap_config
from tap_mws_reports.sandbox.server import served
from tap_mws_reports.sandbox.sp_api.service import SellingPartnerApi

REPORTS = [
    "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_",
    "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_",
    "_GET_AMAZON_FULFILLED_SHIPMENTS_DATA_",
    "_GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA_",
    "_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_",
]


class Warehouse:
    """What a target would hold: by stream, the last row of every key; and the last state."""

    def __init__(self) -> None:
        self.keys: dict[str, list[str]] = {}
        self.rows: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {}
        self.state: dict[str, Any] | None = None

    def load(self, line: bytes) -> None:
        message = json.loads(line)
        if message["type"] == "SCHEMA":
            self.keys[message["stream"]] = message["key_properties"]
        elif message["type"] == "RECORD":
            record = message["record"]
            key = tuple(record[name] for name in self.keys[message["stream"]])
            self.rows.setdefault(message["stream"], {})[key] = record
        elif message["type"] == "STATE":
            self.state = message["value"]

    def contents(self) -> dict[str, list[str]]:
        """Return the rows of each report stream without their origin, in order."""
        return {
            stream: sorted(
                json.dumps(
                    {name: row[name] for name in row if name not in ORIGIN_COLUMNS}, sort_keys=True
                )
                for row in rows.values()
            )
            for stream, rows in self.rows.items()
            if stream not in LIFECYCLE
        }


class Unmetered(QuotaEnforcer):
    """Some runs in a minute would spend the quotas of an hour, and are not about quotas."""

    def count(self, now: datetime) -> None:
        pass


@pytest.fixture
def clock() -> FastClock:
    """A clock for server and taps, so that no test waits for reports as long as Amazon takes."""
    return FastClock(10.0, time.monotonic())


@pytest.fixture
def config(
    api: str, clock: FastClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    monkeypatch.setattr("tap_mws_reports.sandbox.mws.service.QuotaEnforcer", Unmetered)
    monkeypatch.setattr(SellingPartnerApi, "_count", lambda *_: None)
    # Long past, so that no order changes between the runs.
    start = clock.now() - timedelta(days=75)
    interval = {
        "start_date": f"{start:%Y-%m-%d}",
        "end_date": f"{start + timedelta(days=45):%Y-%m-%d}",
    }
    path = tmp_path / "config.json"
    with served(Amazon(clock.now(), seed=3), clock) as address:
        settings = tap_config(address, clock.now(), api=api)
        path.write_text(json.dumps({**settings, **interval, "reports": REPORTS}))
        yield path


def run(config: Path, clock: FastClock, warehouse: Warehouse, lines: float) -> int:
    """Run the tap and kill it once it has written so many lines; return the exit code."""
    state = None
    if warehouse.state is not None:
        state = config.with_name("state.json")
        state.write_text(json.dumps(warehouse.state))
    with running_tap(tap_command(config, state=state, clock=clock)) as tap:
        assert tap.stdout is not None
        for number, line in enumerate(tap.stdout):
            if number >= lines:
                tap.send_signal(signal.SIGKILL)
                break
            warehouse.load(line)
        tap.stdout.close()
        if tap.stderr is not None:
            tap.stderr.read()
    return tap.returncode


@pytest.mark.slow
@pytest.mark.api(
    every_kill="mws", reason="the calls of both services are met by tests/retrieval/test_kills.py"
)
def test_kills_lose_and_duplicate_nothing(
    config: Path, clock: FastClock, pytestconfig: pytest.Config
) -> None:
    number = 5 if pytestconfig.getoption("--every-kill") else 2
    undisturbed, killed = Warehouse(), Warehouse()
    assert run(config, clock, undisturbed, lines=float("inf")) == 0
    written = sum(map(len, undisturbed.rows.values()))
    rng = random.Random(11)
    kills = [run(config, clock, killed, lines=rng.randrange(written // 3)) for _ in range(number)]
    assert kills.count(-signal.SIGKILL) >= number / 2
    assert run(config, clock, killed, lines=float("inf")) == 0
    assert killed.contents() == undisturbed.contents()
    assert len(killed.contents()) == len(REPORTS)
