"""Airflow and Dagster load the sandbox by the recipes of docs/recipes; `make recipes-test`.

Each scheduler runs in an environment of its own. The recipe stands in a copy, in which the folder
of the reader is that of the test; nothing else is changed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RECIPES = ROOT / "docs" / "recipes"
BIN = Path(sys.executable).parent
TIMEOUT = 300
"""Seconds for one command of a scheduler, which takes about 20 on a quiet machine."""
CONFIG = {
    "api": "sp_api",
    "sandbox": True,
    "start_date": "2026-01-01T00:00:00Z",
    "reports": ["GET_MERCHANT_LISTINGS_ALL_DATA"],
}
TARGET = """
import json, sys
lines = [line for line in sys.stdin if json.loads(line)["type"] == "STATE"]
print(json.dumps(json.loads(lines[-1])["value"]))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as the recipes describe it."""
    folder = tmp_path / "amazon"
    folder.mkdir()
    shutil.copy(RECIPES / "run.sh", folder)
    (folder / "config.json").write_text(json.dumps(CONFIG))
    (folder / "target.json").write_text("{}")
    (folder / "target.py").write_text(TARGET)
    return folder


def copied(name: str, folder: Path) -> Path:
    """Copy a recipe to a folder of its own, with the reader's folder filled in."""
    text = (RECIPES / name).read_text("utf-8")
    assert text.count('"/opt/amazon"') == 1
    path = folder.parent / "recipes" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text.replace('"/opt/amazon"', f'"{folder}"'))
    return path


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Name the tap and a target for run.sh, and leave out what schedulers may read themselves."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "DAGSTER", "TAP_"))}
    target = f"{sys.executable} {folder}/target.py"
    return {**kept, "TAP": str(BIN / "tap-mws-reports"), "TARGET": target, **more}


def command(env: dict[str, str], *parts: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        parts,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
        stdin=subprocess.DEVNULL,
    )


def bookmarks(folder: Path) -> set[str]:
    state = folder / "state.json"
    return set(json.loads(state.read_text())["bookmarks"]) if state.exists() else set()


@pytest.fixture
def airflow(folder):
    """Call Airflow with the recipe as its only DAG, over an SQLite database."""
    home = folder.parent / "airflow"
    env = environment(
        folder,
        AIRFLOW_HOME=str(home),
        AIRFLOW__CORE__DAGS_FOLDER=str(copied("airflow_dag.py", folder).parent),
        AIRFLOW__CORE__LOAD_EXAMPLES="false",
        AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{folder.parent}/airflow.db",
        AIRFLOW__API_AUTH__JWT_SECRET="of-a-test" * 8,
    )

    def airflow(*arguments: str) -> str:
        done = command(env, str(ROOT / ".venv-airflow" / "bin" / "airflow"), *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    airflow("db", "migrate")
    return airflow


@pytest.fixture
def dagster(folder):
    """Call Dagster with the recipe as its only file; runs are kept in a folder of the test."""
    path = copied("dagster_job.py", folder)
    home = folder.parent / "dagster"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    env = environment(folder, DAGSTER_HOME=str(home))

    def dagster(*arguments: str) -> subprocess.CompletedProcess[str]:
        program = str(ROOT / ".venv-dagster" / "bin" / "dagster")
        return command(env, program, *arguments, "-f", str(path))

    return dagster


def test_airflow_loads_and_skips_a_run_with_failed_windows(airflow, folder) -> None:
    assert "success" in airflow("dags", "test", "amazon_reports")
    assert "merchant_listings_all_data" in bookmarks(folder)
    (folder / "run.sh").write_text("exit 1\n")
    assert "skipped" in airflow("dags", "test", "amazon_reports")


def test_dagster_loads_and_fails_with_the_exit_code(dagster, folder) -> None:
    done = dagster("asset", "materialize", "--select", "amazon_reports")
    assert done.returncode == 0, done.stderr
    assert "merchant_listings_all_data" in bookmarks(folder)
    (folder / "run.sh").write_text("#!/bin/sh\nexit 1\n")
    done = dagster("asset", "materialize", "--select", "amazon_reports")
    assert done.returncode == 0, done.stderr
    (folder / "run.sh").write_text("#!/bin/sh\nexit 3\n")
    done = dagster("asset", "materialize", "--select", "amazon_reports")
    assert done.returncode != 0
    assert "run.sh ended with 3" in done.stdout + done.stderr


def test_dagster_has_a_schedule_for_the_job(dagster) -> None:
    done = dagster("schedule", "list")
    assert done.returncode == 0, done.stderr
    assert "17 */6 * * *" in done.stdout
    assert "amazon_reports_job_schedule" in done.stdout
