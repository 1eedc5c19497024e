"""`mws-reports load` ended by SIGKILL at many moments: nothing is lost or requested twice.

Real processes, a real server; time runs faster for them.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.fast_clock_tap import FastClock
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.mws.quota_enforcer import QuotaEnforcer
from tap_mws_reports.sandbox.sandbox_config import LATENCY_PROFILES, tap_config
from tap_mws_reports.sandbox.server import served
from tap_mws_reports.sandbox.sp_api.service import SellingPartnerApi
from tests.dlt.conftest import Warehouse
from tests.dlt.killed_loads import POINTS

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_"
STREAM = "flat_file_all_orders_data_by_order_date"
WINDOWS = 6
ORIGIN = "exclude (_report_id, _row_number, _data_start, _data_end)"
# A line of the log, at which the run is killed: while it asks, downloads, reads, and just before
# and while dlt takes over.
MOMENTS = ("Requested", "Downloaded", "Read ", "Read ", "Read ")


class Unmetered(QuotaEnforcer):
    """Some runs in a minute would spend the quotas of an hour, and are not about quotas."""

    def count(self, now: object) -> None:
        pass


@pytest.fixture
def clock() -> FastClock:
    return FastClock(60.0, time.monotonic())


@pytest.fixture
def pace() -> str:
    return "real"


@pytest.fixture
def amazon(clock: FastClock, pace: str) -> Amazon:
    return Amazon(clock.now(), seed=3, pace=LATENCY_PROFILES[pace])


@pytest.fixture
def config(
    api: str,
    amazon: Amazon,
    clock: FastClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Path]:
    monkeypatch.setattr("tap_mws_reports.sandbox.mws.service.QuotaEnforcer", Unmetered)
    monkeypatch.setattr(SellingPartnerApi, "_count", lambda *_: None)
    start = clock.now() - timedelta(days=75)
    end = start + timedelta(days=WINDOWS)
    interval = {"start_date": f"{start:%Y-%m-%d}", "end_date": f"{end:%Y-%m-%d}"}
    reports = [{"type": ORDERS, "window_days": 1}]
    path = tmp_path / "config.json"
    with served(amazon, clock) as address:
        settings = tap_config(address, clock.now(), api=api)
        path.write_text(json.dumps({**settings, **interval, "reports": reports}))
        yield path


def load(warehouse: object, config: Path, clock: FastClock, moment: str, lines: int) -> int:
    """Load, and kill it so many lines after the first one with the words; return the exit code."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.fast_clock_load",
        str(clock.speed),
        str(clock.began),
    ]
    command += ["duckdb", "--to", str(warehouse.database), "--config", str(config)]
    command += ["--pipelines-dir", str(warehouse.folder / "pipelines"), "--package-rows", "30"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        left = None
        for line in process.stderr:
            if moment and left is None and moment in line:
                left = lines
            if left is not None:
                left -= 1
                if left < 0:
                    process.kill()
                    break
        process.stderr.read()
    return process.returncode


def requested(amazon: Amazon, since: int) -> Counter[tuple[str, str, str]]:
    entries = list(amazon.accounts["NA"].requests.values())[since:]
    return Counter(
        (entry.spec.report_type, str(entry.spec.start), str(entry.spec.end))
        for entry in entries
        if entry.spec.report_type == ORDERS  # Amazon makes settlements by itself
    )


def contents(warehouse: object) -> list[tuple[object, ...]]:
    return sorted(warehouse.ask(f"select * {ORIGIN} from {STREAM}"), key=repr)


@pytest.mark.every_kill
def test_kills(make_warehouse, amazon, config, clock) -> None:
    killed, undisturbed = make_warehouse("killed"), make_warehouse("undisturbed")
    before = len(amazon.accounts["NA"].requests)
    codes = [load(killed, config, clock, moment, n) for n, moment in enumerate(MOMENTS)]
    assert codes.count(-signal.SIGKILL) >= 3
    assert load(killed, config, clock, "", 0) == 0

    requests_made = requested(amazon, before)
    assert len(requests_made) == WINDOWS
    assert set(requests_made.values()) == {1}
    assert load(undisturbed, config, clock, "", 0) == 0
    assert contents(killed) == contents(undisturbed)
    keys = killed.ask(f"select count(*), count(distinct (amazon_order_id, _line)) from {STREAM}")
    assert keys[0][0] == keys[0][1] > 0


@pytest.mark.api("mws", reason="what dlt does is the same over both services")
@pytest.mark.parametrize("pace", ["fast"])
@pytest.mark.parametrize(
    "points",
    [
        pytest.param(
            ["extracted", "copied", "merged", "committed"], id="some", marks=pytest.mark.slow
        ),
        pytest.param([*POINTS], id="all", marks=pytest.mark.every_kill),
    ],
)
def test_kills_within_the_steps_of_dlt(amazon, config, clock, tmp_path, points) -> None:
    """Options are in no list of Amazon, so a request that is forgotten is made again."""
    settings = json.loads(config.read_text())
    settings["reports"][0]["options"] = {"ShowSalesChannel": "true"}
    # A load that waits for its quota when it is killed would look back, and ask again by intent.
    settings["reports"][0]["lookback_days"] = 0
    config.write_text(json.dumps(settings))
    before = len(amazon.accounts["NA"].requests)
    names = [*points, "undisturbed"]
    command = [sys.executable, "-m", "tests.dlt.killed_loads", str(clock.speed), str(clock.began)]
    done = subprocess.run(
        [*command, str(config), str(tmp_path), *names], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    codes = dict(zip(names, map(json.loads, done.stdout.splitlines()), strict=True))
    expected = {**{each: [-signal.SIGKILL, 0] for each in points}, "undisturbed": [0]}
    assert codes == expected, done.stderr[-20_000:]

    requests_made = requested(amazon, before)
    assert len(requests_made) == WINDOWS
    assert set(requests_made.values()) == {len(names)}, "each load asks once for each window"
    right = contents(Warehouse(tmp_path / "undisturbed"))
    assert right
    wrong = [name for name in points if contents(Warehouse(tmp_path / name)) != right]
    assert wrong == []
