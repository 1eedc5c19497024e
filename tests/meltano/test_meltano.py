"""The tap as Meltano runs it: installed, added, tested, run, stopped.

Meltano works in a copy of the project as people install it, with the sandbox for Amazon.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parents[1] / "warehouses"))

from expected_rows import differences, expected_rows
from staged_amazon import WINDOWED, DeliveredReport
from warehouse import Postgres

from benchmarks.postgres_server import PostgresServer, running_postgres
from tap_mws_reports.api.clock import SystemClock
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.http import Request, Response
from tap_mws_reports.sandbox.sandbox_config import LATENCY_PROFILES, tap_config
from tap_mws_reports.sandbox.server import served
from tap_mws_reports.sandbox.sp_api.service import SellingPartnerApi

ROOT = Path(__file__).parents[2]
TIMEOUT = 900
"""Seconds for one command of Meltano, which takes about ten on a quiet machine."""
MELTANO = ROOT / ".venv-meltano" / "bin" / "meltano"
LIFECYCLE = ["report_requests", "report_schedules", "reports"]
REPORTS = [
    {"type": "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL", "window_days": 15},
    "GET_MERCHANT_LISTINGS_ALL_DATA",
    "GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA",
    {"type": "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA", "window_days": 15},
]


class Counting(Amazon):
    """An Amazon that can wait for a call, and knows what was requested."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left = 0
        self.reached = threading.Event()
        self.released = threading.Event()

    def handle(self, request: Request, now: datetime) -> Response:
        response = super().handle(request, now)
        self.left -= 1
        if self.left == 0:
            # Until the signal is sent there is no answer: however busy the machine is, the run has
            # not ended by then.
            self.reached.set()
            self.released.wait(TIMEOUT)
        return response

    def delivered(self) -> list[DeliveredReport]:
        """Return the reports whose rows the tap reads, in the order in which they count."""
        entries = sorted(self.accounts["NA"].requests.values(), key=lambda each: each.order)
        found = [
            DeliveredReport(
                entry.request_id,
                entry.report.report_type,
                0,
                entry.report.start,
                entry.report.write(),
                (entry.spec.start, entry.spec.end)
                if entry.report.report_type in WINDOWED
                else None,
            )
            for entry in entries
            if entry.requested and entry.report is not None and not entry.failed
        ]
        return sorted(found, key=lambda each: each.start)

    def await_calls(self, calls: int) -> None:
        """Let `reached` be set at so many calls from now on, and the last wait for `released`."""
        self.reached.clear()
        self.released.clear()
        self.left = calls

    @property
    def requested(self) -> Counter[object]:
        """How often each report was requested: type, start of the window, marketplaces."""
        entries = (e for a in self.accounts.values() for e in a.requests.values() if e.requested)
        return Counter(_report(entry.spec) for entry in entries)


def _report(wanted: Any) -> object:
    is_snapshot = "INVENTORY" in wanted.report_type or "LISTINGS" in wanted.report_type
    start = None if is_snapshot else wanted.start
    return wanted.report_type, start, frozenset(wanted.marketplace_ids)


@dataclass
class Project:
    """A Meltano project, and the environment that its commands run in."""

    path: Path
    env: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("TAP_", "MELTANO"))}
        quiet = {"MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false", "NO_COLOR": "1"}
        return {**kept, **quiet, **self.env}

    def configure(self, settings: dict[str, Any]) -> None:
        """Set the tap's settings by the environment, as people do in production."""
        self.env = {
            f"TAP_MWS_REPORTS_{name.upper()}": value
            if isinstance(value, str)
            else json.dumps(value)
            for name, value in settings.items()
        }

    def meltano(self, *arguments: str, level: str = "info") -> subprocess.CompletedProcess[str]:
        with self.started(*arguments, level=level) as process:
            out, err = process.communicate(timeout=TIMEOUT)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    @contextmanager
    def started(self, *arguments: str, level: str = "info") -> Iterator[subprocess.Popen[str]]:
        with subprocess.Popen(
            [MELTANO, f"--log-level={level}", *arguments],
            cwd=self.path,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout in which `meltano install` was run."""
    path = tmp_path_factory.mktemp("project")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    for name in listed:
        if name.startswith(("tap_mws_reports/", "plugin.yml")) or "/" not in name:
            copy = path / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes((ROOT / name).read_bytes())
    done = Project(path).meltano("install")
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture
def amazon(monkeypatch: pytest.MonkeyPatch) -> Counting:
    """An Amazon without quotas: many runs in a minute are not about them."""
    monkeypatch.setattr(SellingPartnerApi, "_count", lambda *_: None)
    return Counting(SystemClock().now(), seed=5, pace=LATENCY_PROFILES["fast"])


@pytest.fixture
def project(installed: Path, amazon: Counting) -> Iterator[Project]:
    """The project with settings for the Amazon, and nothing loaded yet."""
    clock = SystemClock()
    with served(amazon, clock) as address:
        made = Project(installed)
        settings = tap_config(address, clock.now(), api="sp_api")
        end = f"{clock.now():%Y-%m-%d}"  # so that nothing is new in a second run
        made.configure({**settings, "end_date": end, "reports": REPORTS})
        name = address.rsplit(":", 1)[-1]
        # Each test has a state and a database of its own.
        made.env["MELTANO_STATE_ID_SUFFIX"] = name
        made.env["TARGET_DUCKDB_PATH"] = str(installed / f"{name}.duckdb")
        made.env["TARGET_JSONL_DESTINATION_PATH"] = str(installed)
        # SP-API lists requests of a few types a call, and the quota would be waited for.
        selection = ["*.*", *(f"!{name}.*" for name in LIFECYCLE)]
        made.env["TAP_MWS_REPORTS__SELECT"] = json.dumps(selection)
        yield made


ORDERS = "flat_file_all_orders_data_by_last_update"


def rows(project: Project, table: str) -> int:
    """Count the rows of a table, with the loader's own DuckDB."""
    query = (
        "import duckdb, sys; print(duckdb.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])"
    )
    done = subprocess.run(
        [
            project.path / ".meltano/loaders/target-duckdb/venv/bin/python",
            *("-c", query, project.env["TARGET_DUCKDB_PATH"], f"from main.{table} select count(*)"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


def test_the_project_is_valid() -> None:
    (schema,) = MELTANO.parents[1].glob("lib/*/site-packages/meltano/schemas/meltano.schema.json")
    content = yaml.safe_load((ROOT / "meltano.yml").read_text())
    jsonschema.validate(content, json.loads(schema.read_text()))


@pytest.mark.parametrize("name", ["plugin.yml", "docs/meltano-hub.yml"])
def test_meltano_reads_the_definition(name: str) -> None:
    content = yaml.safe_load((ROOT / name).read_text())
    content.pop("plugin_type", None)
    read = (
        "import json, sys; from meltano.core.plugin.base import PluginDefinition, PluginType;"
        "definition = PluginDefinition(PluginType.EXTRACTORS, **json.loads(sys.argv[1]));"
        "settings = definition.variants[0].settings;"
        "print(json.dumps({each.name: each.kind and each.kind.value for each in settings}))"
    )
    command = [MELTANO.with_name("python"), "-c", read, json.dumps(content)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    kinds = json.loads(done.stdout)
    assert list(kinds) == [each["name"] for each in content["settings"]]
    assert kinds["batch_config"] == "object"


def test_the_plugin_is_added_to_ones_own_project(tmp_path: Path) -> None:
    own = Project(tmp_path)
    (tmp_path / "meltano.yml").write_text("default_environment: dev\nenvironments: [{name: dev}]\n")
    plugin = yaml.safe_load((ROOT / "plugin.yml").read_text())
    plugin["pip_url"] = str(ROOT)
    (tmp_path / "plugin.yml").write_text(yaml.safe_dump(plugin))
    added = own.meltano(
        *("add", "--plugin-type", "extractor", "tap-mws-reports", "--from-ref", "plugin.yml")
    )
    assert added.returncode == 0, added.stderr
    own.configure({"api": "sp_api", "sandbox": True})
    tested = own.meltano("config", "test", "tap-mws-reports")
    assert "Plugin configuration is valid" in tested.stdout + tested.stderr, tested.stderr


def test_the_settings_are_tested_without_a_report(project: Project, amazon: Counting) -> None:
    done = project.meltano("config", "test", "tap-mws-reports")
    assert "Plugin configuration is valid" in done.stdout + done.stderr
    assert not amazon.requested
    project.env["TAP_MWS_REPORTS_LWA_CLIENT_SECRET"] = "wrong"
    done = project.meltano("config", "test", "tap-mws-reports")
    assert done.returncode == 1
    assert "Plugin configuration is invalid\nerror[TAP-203]: " in done.stderr
    assert "help: check lwa_client_id" in done.stderr
    assert not amazon.requested


def test_the_final_error_is_one_event(project: Project) -> None:
    project.env["TAP_MWS_REPORTS_LWA_CLIENT_SECRET"] = "wrong"
    project.env["MELTANO_CLI_LOG_FORMAT"] = "json"
    done = project.meltano("run", "tap-mws-reports", "target-jsonl", level="warning")
    assert done.returncode != 0
    events = [json.loads(line) for line in done.stderr.splitlines()]
    [error] = [each for each in events if "error[TAP-203]" in each["event"]]
    assert (error["level"], error["name"], error["code"]) == ("error", "tap-mws-reports", "TAP-203")
    assert error["help"].startswith("check lwa_client_id")
    assert error["help"] in error["event"]
    assert "nhandled" not in done.stderr


def test_a_second_run_is_incremental(project: Project, amazon: Counting) -> None:
    suffix = project.env.pop("MELTANO_STATE_ID_SUFFIX")
    run = ("run", f"--state-id-suffix={suffix}", "tap-mws-reports", "target-duckdb")
    done = project.meltano(*run)
    assert done.returncode == 0, done.stderr
    before, loaded = amazon.requested, rows(project, ORDERS)
    assert loaded > 100
    assert rows(project, "merchant_listings_all_data") == 24
    done = project.meltano(*run)
    assert done.returncode == 0, done.stderr
    assert amazon.requested == before
    assert rows(project, ORDERS) == loaded
    project.env["TAP_MWS_REPORTS__SELECT"] = json.dumps(["merchant_listings_all_data.*"])
    done = project.meltano("run", "--full-refresh", "tap-mws-reports", "target-jsonl")
    assert done.returncode == 0, done.stderr
    assert amazon.requested == before
    lines = (project.path / "merchant_listings_all_data.jsonl").read_text().splitlines()
    assert len(lines) == 24


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server."""
    with running_postgres() as server:
        yield server


@pytest.mark.parametrize("use_copy", [False, True], ids=["insert", "copy"])
def test_target_postgres_holds_every_value(
    project: Project, amazon: Counting, postgres: PostgresServer, use_copy: bool
) -> None:
    """Two runs, the second of which adds nothing; a session of Los Angeles, as PGTZ is set."""
    warehouse = Postgres(postgres, use_copy=use_copy, time_zone="America/Los_Angeles")
    for name, value in warehouse.settings.items():
        text = value if isinstance(value, str) else json.dumps(value)
        project.env[f"TARGET_POSTGRES_{name.upper()}"] = text
    project.env["PGTZ"] = "UTC"
    project.env["TAP_MWS_REPORTS_REPORTS"] = json.dumps(REPORTS[:2])
    suffix = project.env.pop("MELTANO_STATE_ID_SUFFIX")
    run = ("run", f"--state-id-suffix={suffix}", "tap-mws-reports", "target-postgres")
    requested: list[Counter[object]] = []
    for _ in range(2):
        done = project.meltano(*run)
        assert done.returncode == 0, done.stderr
        requested.append(amazon.requested)
        expected = {name: rows for name, rows in expected_rows(amazon.delivered()).items() if rows}
        assert set(expected) == {ORDERS, "merchant_listings_all_data"}
        assert len(expected[ORDERS]) > 100
        for stream, stream_rows in expected.items():
            there = warehouse.rows(stream)
            assert differences(stream, stream_rows, there, warehouse.arrives) == []
    assert requested[0] == requested[1]
    assert set(requested[0].values()) == {1}


COMMANDS: dict[str, list[str]] = {
    "run": ["run", "--force", "--state-id-suffix={suffix}", "tap-mws-reports", "target-duckdb"],
    "el": ["el", "--force", "--state-id={suffix}", "tap-mws-reports", "target-duckdb"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_stop_costs_no_second_request(project: Project, amazon: Counting, command: str) -> None:
    """Five stops one after the other, each a little later in a run, and a run to the end."""
    suffix = project.env.pop("MELTANO_STATE_ID_SUFFIX")
    arguments = [each.format(suffix=suffix) for each in COMMANDS[command]]
    stopped = 0
    for calls, signum in zip((4, 8, 12, 17, 22), (signal.SIGTERM, signal.SIGINT) * 3, strict=False):
        amazon.await_calls(calls)
        with project.started(*arguments) as process:
            while not amazon.reached.wait(0.2) and process.poll() is None:
                pass
            stopped += stop(process, signum, amazon.released)
    assert stopped >= 3
    done = project.meltano(*arguments)
    assert done.returncode == 0, done.stderr
    counts: Any = amazon.requested
    assert len(counts) >= 10
    assert set(counts.values()) == {1}
    assert rows(project, "merchant_listings_all_data") == 24


def stop(process: subprocess.Popen[str], signum: int, released: threading.Event) -> bool:
    """Stop Meltano, then let Amazon answer, and return whether it had still been running.

    Ctrl-C reaches all processes of a terminal, SIGTERM only itself.
    """
    running = process.poll() is None
    if running and signum == signal.SIGINT:
        os.killpg(process.pid, signum)
    elif running:
        process.send_signal(signum)
    released.set()
    process.communicate(timeout=TIMEOUT)
    return running
