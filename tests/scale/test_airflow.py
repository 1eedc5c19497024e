"""The DAG of deploy/airflow by a real Airflow, with a worker that is killed.

200 sellers of a sandbox behind a port are loaded into PostgreSQL by four shards. In the middle one
of them is killed by SIGKILL, with its task. `SCALE_SELLERS` and `SCALE_LONGEST` make it smaller.
"""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import sys
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

import tap_mws_reports.sandbox

sys.path.insert(0, str(Path(__file__).parent))

from airflow_instance import AirflowInstance, wait_for

from benchmarks.postgres_server import PostgresServer, running_postgres
from benchmarks.quota_bound import bound
from benchmarks.tap_process import ORIGIN_COLUMNS
from tap_mws_reports.api.clock import SystemClock, VirtualClock
from tap_mws_reports.api.interface import ThrottledCall
from tap_mws_reports.api.sp_api.service import QUOTAS
from tap_mws_reports.sandbox.account_entries import RequestEntry
from tap_mws_reports.sandbox.adapter import SandboxAdapter
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.http import Request, Response
from tap_mws_reports.sandbox.sandbox_config import LatencyProfile
from tap_mws_reports.sandbox.sandbox_sellers import APPLICATION, SELLERS, SandboxSeller
from tap_mws_reports.sandbox.server import served
from tap_mws_reports.sandbox.sp_api import documents
from tap_mws_reports.tap import TapMwsReports

ROOT = Path(__file__).parents[2]
BIN = ROOT / ".venv" / "bin"
TARGET_BIN = ROOT / ".venv-target-postgres" / "bin"
SHARDS = 4
COUNT = int(os.environ.get("SCALE_SELLERS", "200"))
LONGEST = float(os.environ.get("SCALE_LONGEST", "480"))
"""Seconds that the slowest report takes; the bound of the run is little more."""

SCHEMA = "amazon"
SALES = "GET_SALES_AND_TRAFFIC_REPORT"
CANADA, UNITED_STATES = "A2EUQ1WTGCTBG2", "ATVPDKIKX0DER"
WINDOWED = (
    "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA",
    "GET_FBA_REIMBURSEMENTS_DATA",
    "GET_SELLER_FEEDBACK_DATA",
)


class QuietAmazon(Amazon):
    """An Amazon that counts documents, and sends no notifications: with many sellers they cost."""

    delivered = 0

    def handle(self, request: Request, now: datetime) -> Response:
        self.delivered += request.path.startswith(documents.PATH)
        return super().handle(request, now)

    def outgoing(self, now: datetime) -> list[Any]:
        del now
        return []

    def requested(self) -> list[RequestEntry]:
        """Return the requests that the tap has made."""
        accounts = self.accounts.values()
        return [
            each for account in accounts for each in account.requests.values() if each.requested
        ]


def members() -> dict[str, SandboxSeller]:
    """Return the sellers; the first is in Canada, too, and the only one with sales and traffic."""
    found = {}
    for number in range(COUNT):
        name = f"A{number:06}"
        places = (UNITED_STATES, CANADA) if number == 0 else (UNITED_STATES,)
        found[name] = replace(
            SELLERS["NA"],
            seller_id=name,
            access_key_id=f"key-{name}",
            refresh_token=f"Atzr|{name}",
            marketplace_ids=places,
        )
    return found


def settings(now: datetime, sellers: Mapping[str, SandboxSeller]) -> dict[str, Any]:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "api": "sp_api",
        "lwa_client_id": APPLICATION.client_id,
        "lwa_client_secret": APPLICATION.client_secret,
        "marketplace_ids": [UNITED_STATES],
        "sellers": [
            {
                "seller_id": each.seller_id,
                "refresh_token": each.refresh_token,
                "marketplace_ids": list(each.marketplace_ids),
            }
            for each in sellers.values()
        ],
        "start_date": (midnight - timedelta(days=150)).isoformat(),
        "end_date": (midnight - timedelta(days=120)).isoformat(),
        "except": ["report_requests", "reports", "report_schedules"],
        "reports": [
            *(
                {"type": name, "window_days": 15, "marketplace_ids": ["US"], "lookback_days": 0}
                for name in WINDOWED
            ),
            {"type": SALES, "marketplace_ids": ["CA"], "window_days": 30, "lookback_days": 0},
        ],
    }


Tables = dict[str, Counter[str]]
"""How often each stream has a row; the ids of reports, also those in keys, are left out."""


def one_process(config: Mapping[str, Any], now: datetime) -> Tables:
    """Return what one process reads of all sellers, under a virtual clock."""
    clock, written = VirtualClock(now), io.BytesIO()
    adapter = SandboxAdapter(Amazon(now, members=members()), clock)
    with (
        patch.object(tap_mws_reports.sandbox, "adapter", lambda _clock: adapter),
        patch("tap_mws_reports.tap.make_clock", lambda _config: clock),
        redirect_stdout(io.TextIOWrapper(written, write_through=True)),
    ):
        tap = TapMwsReports(config={**config, "sandbox": True})
        tap.sync_to_the_end()
        sys.stdout.flush()
        lines = written.getvalue().splitlines()
    keys: dict[str, list[str]] = {}
    rows: dict[str, dict[tuple[object, ...], str]] = {}
    for line in lines:
        message = json.loads(line)
        if message["type"] == "SCHEMA":
            keys[message["stream"]] = message["key_properties"]
        elif message["type"] == "RECORD":
            row = plain(message["record"])
            key = tuple(row[name] for name in keys[message["stream"]])
            rows.setdefault(message["stream"], {})[key] = content(row)
    return {stream: Counter(of_stream.values()) for stream, of_stream in rows.items()}


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with numbers and times as they are on both sides."""
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: object) -> object:
    if isinstance(value, str):
        return value.removesuffix("+00:00")
    return float(value) if isinstance(value, Decimal | int | float) else value


def content(row: Mapping[str, Any]) -> str:
    told = {
        name: value
        for name, value in row.items()
        if name not in ORIGIN_COLUMNS and not name.startswith("_sdc_") and value is not None
    }
    return json.dumps(told, sort_keys=True)


@dataclass
class Warehouse:
    """A PostgreSQL database of its own."""

    server: PostgresServer
    database: str

    def tables(self, streams: Iterable[str]) -> Tables:
        """Return the rows of the streams."""
        return {
            stream: Counter(
                content(plain(row))
                for row in self.server.rows(f'select * from {SCHEMA}."{stream}"', self.database)
            )
            for stream in streams
        }


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    with running_postgres() as server:
        name = f"warehouse_{uuid.uuid4().hex}"
        server.execute(f"create database {name}")
        yield Warehouse(server, name)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def write(path: Path, value: object) -> str:
    path.write_text(json.dumps(value))
    return str(path)


def deployment(folder: Path, config: Mapping[str, Any], warehouse: Warehouse) -> str:
    """Write the settings of the DAG, and return the path of their file."""
    url = warehouse.server.url(warehouse.database)
    target = {
        "sqlalchemy_url": url,
        "default_target_schema": SCHEMA,
        "validate_records": False,
        "batch_size_rows": 100,  # so that some rows are stored before the kill
    }
    return write(
        folder / "deployment.json",
        {
            "regions": {"na": {"config": write(folder / "na.json", config), "pool": "amazon_na"}},
            "states": str(folder / "states"),
            "shards": SHARDS,
            "schedule": None,
            "retry_delay_s": 1,
            "programs": str(ROOT / "deploy"),
            "python": [str(BIN / "python")],
            "plan": [str(BIN / "mws-reports"), "plan"],
            "tap": str(BIN / "tap-mws-reports"),
            "target": f"{TARGET_BIN / 'target-postgres'} --config "
            + write(folder / "target.json", target),
            "warehouse": {
                "python": [str(TARGET_BIN / "python")],
                "url": url,
                "schema": SCHEMA,
            },
        },
    )


def processes_of(states: Path, *words: str) -> dict[int, int]:
    """Return the running processes of a shard, each with its parent's id."""
    found = {}
    for folder in Path("/proc").iterdir():
        try:
            command = (folder / "cmdline").read_bytes().decode(errors="replace")
            parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[1]
        except (OSError, IndexError):
            continue
        if str(states) in command and all(word in command for word in words):
            found[int(folder.name)] = int(parent)
    return found


def kill_a_worker(states: Path) -> None:
    """Kill the task of a shard; the kernel then kills what the task started."""
    ((program, task),) = processes_of(states, "run_shard.py", f"shard-1-of-{SHARDS}").items()
    children = children_of(program)
    assert len(children) == 2, "tap and target"
    os.kill(task, signal.SIGKILL)
    wait_for(lambda: not any(Path(f"/proc/{each}").exists() for each in (program, *children)), 20)


def children_of(parent: int) -> list[int]:
    text = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(each) for each in text.split()]


def latencies(amazon: QuietAmazon) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for name, account in amazon.accounts.items():
        entries = [each for each in account.requests.values() if each.requested and each.ends]
        found[name] = [
            (each.ends - each.submitted).total_seconds() for each in entries if each.ends
        ]
    return found


def test_a_killed_worker_is_retried_and_nothing_is_lost_or_requested_twice(
    tmp_path: Path, warehouse: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    clock, sellers = SystemClock(), members()
    pace = LatencyProfile("even", (0, 0, 0), (LONGEST / 8, LONGEST / 2, LONGEST))
    amazon = QuietAmazon(clock.now(), pace=pace, members=sellers)
    config = settings(clock.now(), sellers)
    with served(amazon, clock) as address:
        path = deployment(tmp_path, {**config, "endpoint_url": address}, warehouse)
        home = tmp_path / "airflow"
        home.mkdir()
        airflow = AirflowInstance(home, free_port(), {"AMAZON_REPORTS_SETTINGS": path})
        airflow.command("db", "migrate")
        airflow.command("pools", "set", "amazon_na", str(SHARDS), "Shards of North America")
        with airflow.running("api-server", "dag-processor", "scheduler"):
            run_id = airflow.trigger("amazon_reports", {"shards": SHARDS})
            states = tmp_path / "states" / "na"
            wanted = COUNT * len(WINDOWED) * 2
            try:
                # The target stores a state every five minutes: what the killed one had requested
                # and not stored, its successor finds at Amazon.
                wait_for(lambda: amazon.delivered > wanted / 4, 300 + LONGEST)
                kill_a_worker(states)
                wait_for(lambda: airflow.state(run_id) in {"success", "failed"}, 300 + LONGEST)
            except TimeoutError as error:
                raise AssertionError(f"{airflow.tasks(run_id)}\n{airflow.logs()}") from error
            finally:
                for task in processes_of(states, "run_shard.py").values():
                    os.kill(task, signal.SIGKILL)
        tasks = airflow.tasks(run_id)
        assert airflow.state(run_id) == "success", airflow.logs()
    _check_tasks(tasks)
    twice = Counter(
        (entry.spec, name)
        for name, account in amazon.accounts.items()
        for entry in account.requests.values()
        if entry.requested
    )
    assert len(twice) == wanted + 1
    assert set(twice.values()) == {1}, "no report was requested twice"
    expected = one_process(config, clock.now())
    assert warehouse.tables(expected) == expected
    least = max(bound(QUOTAS[ThrottledCall.REQUEST], each) for each in latencies(amazon).values())
    took = _makespan(tasks)
    with capsys.disabled():
        rows = sum(each.total() for each in expected.values())
        sys.stdout.write(
            f"\n{COUNT} sellers, {len(twice)} reports, {rows} rows; makespan {took:.0f} s, "
            f"bound {least:.0f} s, ratio {took / least:.3f}\n"
        )
    assert took <= 1.1 * least


def _check_tasks(tasks: list[dict[str, Any]]) -> None:
    by_name = {(each["task_id"], each["map_index"]): each for each in tasks}
    assert {each["state"] for each in tasks} == {"success"}
    loads = [each for (name, _), each in by_name.items() if name == "na.load"]
    assert sorted(each["try_number"] for each in loads) == [1] * (SHARDS - 1) + [2]
    assert {each["pool"] for each in loads} == {"amazon_na"}
    assert by_name["na.load_limited_types", 0]["try_number"] == 1


def _makespan(tasks: list[dict[str, Any]]) -> float:
    """Return the seconds from the first start of a shard to the last end."""
    loads = [each for each in tasks if each["task_id"] == "na.load"]
    start = min(datetime.fromisoformat(each["start_date"]) for each in loads)
    end = max(datetime.fromisoformat(each["end_date"]) for each in loads)
    return (end - start).total_seconds()
