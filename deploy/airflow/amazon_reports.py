"""Two DAGs: `amazon_reports`, every day, and `amazon_reports_backfill`, started with two dates.

Each plans its shards, loads them in parallel (a pool per region), loads the report types that
Amazon limits for a whole application in a separate task, and checks that the rows that were
sent are in the warehouse. A task that fails or is killed is retried and resumes from its state.

The environment variable AMAZON_REPORTS_SETTINGS names the file of the settings; deploy/README.md
explains them.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import DAG, Param, TaskGroup, task
from airflow.sdk.exceptions import AirflowFailException

SETTINGS = json.loads(Path(os.environ["AMAZON_REPORTS_SETTINGS"]).read_text(encoding="utf-8"))
PROGRAMS = Path(SETTINGS["programs"])
"""The folder of run_shard.py and check_load.py."""

APPLICATION_PROCESS = "application-limits"
SOME_REPORTS_FAILED = 1
FATAL = {2: "settings or state", 3: "credentials"}
"""Exit codes that a retry cannot change."""

RETRY_DELAY = timedelta(seconds=SETTINGS.get("retry_delay_s", 60))
RETRIES = {
    "retries": SETTINGS.get("retries", 5),
    "retry_delay": RETRY_DELAY,
    "retry_exponential_backoff": True,
    "max_retry_delay": timedelta(minutes=30),
}


def _settings_of(params: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of the tap that the parameters of a run set."""
    names = ("start_date", "end_date", "only", "application_share")
    return {name: params[name] for name in names if params.get(name)}


def _states(region: str, params: dict[str, Any]) -> str:
    """Return where the states are: a backfill has its own, so that it can run beside the others."""
    folder = f"{SETTINGS['states']}/{region}"
    if "start_date" not in params:
        return folder
    return f"{folder}/backfill-{params['start_date']}-{params['end_date']}"


@task(retries=2, retry_delay=RETRY_DELAY)
def plan(region: str, params: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return the processes of a run: their names, settings, expected calls and seconds."""
    params = params or {}
    settings = _settings_of(params)
    read, write = os.pipe()
    os.write(write, json.dumps(settings).encode())
    os.close(write)
    config = [SETTINGS["regions"][region]["config"], f"/dev/fd/{read}"]
    configs = [argument for each in config for argument in ("--config", each)]
    command = [*SETTINGS["plan"], *configs, "--json", "--shards", str(params["shards"])]
    done = subprocess.run(command, stdout=subprocess.PIPE, pass_fds=[read], check=True)
    os.close(read)
    found: list[dict[str, Any]] = json.loads(done.stdout)["shards"]
    for process in found:
        print(
            f"{process['name']}: {process['sellers']} sellers, {process['reports']} reports, "
            f"{process['calls']} calls, {process['expected_s'] // 60} minutes"
        )
    return [{"name": each["name"], "settings": {**settings, **each["settings"]}} for each in found]


@task(retries=2, retry_delay=RETRY_DELAY)
def create_tables(region: str, params: dict[str, Any] | None = None) -> None:
    """Create the tables that are missing: targets that do so at the same time fail."""
    command = [*_shard_command(region, params or {}), "--create-tables"]
    subprocess.run(command, check=True, stderr=subprocess.STDOUT, preexec_fn=_die_with_parent)


@task(retries=2, retry_delay=RETRY_DELAY)
def choose(processes: list[dict[str, Any]], *, limited: bool) -> list[dict[str, Any]]:
    """Return the shards, or the process of the types limited per application."""
    return [each for each in processes if (each["name"] == APPLICATION_PROCESS) is limited]


def load(
    region: str,
    process: dict[str, Any],
    params: dict[str, Any] | None = None,
    run_id: str | None = None,
) -> None:
    """Run a shard. Failed reports do not fail the task: the check lists them."""
    _die_with_parent()
    command = [
        *_shard_command(region, params or {}),
        *("--name", process["name"], "--settings", json.dumps(process["settings"])),
        *("--run", _file_name(run_id or "")),
    ]
    code = subprocess.run(
        command, check=False, stderr=subprocess.STDOUT, preexec_fn=_die_with_parent
    ).returncode
    if code in FATAL:
        raise AirflowFailException(f"{process['name']} ended with exit code {code}: {FATAL[code]}")
    if code not in {0, SOME_REPORTS_FAILED}:
        raise RuntimeError(f"{process['name']} ended with exit code {code}")


def _shard_command(region: str, params: dict[str, Any]) -> list[str]:
    return [
        *SETTINGS["python"],
        str(PROGRAMS / "run_shard.py"),
        *("--config", SETTINGS["regions"][region]["config"]),
        *("--states", _states(region, params)),
        *("--tap", SETTINGS["tap"], "--target", SETTINGS["target"]),
        *(["--catalog", SETTINGS["catalog"]] if "catalog" in SETTINGS else []),
    ]


@task(trigger_rule="none_failed", retries=0)
def check(region: str, params: dict[str, Any] | None = None, run_id: str | None = None) -> None:
    """Fail if rows that were sent are not in the warehouse, or if a window failed."""
    warehouse = SETTINGS["warehouse"]
    command = [
        *warehouse["python"],
        str(PROGRAMS / "check_load.py"),
        *("--states", _states(region, params or {}), "--run", _file_name(run_id or "")),
        *("--url", warehouse["url"], "--schema", warehouse["schema"]),
    ]
    subprocess.run(command, check=True, stderr=subprocess.STDOUT)


def _file_name(run_id: str) -> str:
    return "".join(each if each.isalnum() or each in "-_." else "-" for each in run_id)


def _die_with_parent() -> None:
    """Let the kernel kill the task with its worker, and the shard with the task.

    A retry must not run beside either.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _tasks(region: str) -> None:
    pool = SETTINGS["regions"][region].get("pool", "default_pool")
    with TaskGroup(region):
        processes, tables = plan(region), create_tables(region)
        shards = task(load, task_id="load", pool=pool, **RETRIES).partial(region=region)
        limited = task(load, task_id="load_limited_types", **RETRIES).partial(region=region)
        loaded = [
            shards.expand(process=choose.override(task_id="shards")(processes, limited=False)),
            limited.expand(
                process=choose.override(task_id="limited_types")(processes, limited=True)
            ),
        ]
        tables >> loaded >> check(region)


_SHARDS = Param(SETTINGS["shards"], type="integer", minimum=1, description="how many processes")

with DAG(
    "amazon_reports",
    schedule=SETTINGS.get("schedule", "@daily"),
    start_date=datetime(2026, 1, 1),  # noqa: DTZ001 - Airflow takes it in the zone of the DAG
    catchup=False,  # the tap's state shows what is missing
    max_active_runs=1,  # one writer for each state
    params={"shards": _SHARDS},
    doc_md=__doc__,
) as daily:
    for _region in SETTINGS["regions"]:
        _tasks(_region)

with DAG(
    "amazon_reports_backfill",
    schedule=None,
    max_active_runs=1,
    params={
        "shards": _SHARDS,
        "start_date": Param("2025-01-01", type="string", format="date"),
        "end_date": Param("2026-01-01", type="string", format="date"),
        "only": Param(
            None,
            type=["null", "array"],
            items={"type": "string"},
            description="report types; all of the configuration when left out",
        ),
        "application_share": Param(
            "1/2",
            type="string",
            description="of the application's limits; the daily run has the rest",
        ),
    },
    doc_md=__doc__,
) as backfill:
    for _region in SETTINGS["regions"]:
        _tasks(_region)
