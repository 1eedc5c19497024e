"""The files of docs/recipes: `run.sh`, the crontab and the workflow run.

tests/recipes runs those for Airflow and Dagster.
"""

from __future__ import annotations

import ast
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema

from tap_mws_reports.page.run_log import read_log
from tap_mws_reports.sandbox.sandbox_config import account_settings

ROOT = Path(__file__).parents[1]
RECIPES = ROOT / "docs" / "recipes"
PAGE = (ROOT / "docs" / "recipes.md").read_text("utf-8")
BIN = Path(sys.executable).parent
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
def run(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    (tmp_path / "target.json").write_text("{}")
    (tmp_path / "target.py").write_text(TARGET)

    def run(
        tap: str = f"{BIN}/tap-mws-reports", target: str = "", **more: str
    ) -> subprocess.CompletedProcess[str]:
        target = target or f"{sys.executable} {tmp_path}/target.py"
        env = {**os.environ, "TAP": tap, "TARGET": target, **more}
        script = ["bash", str(RECIPES / "run.sh")]
        return subprocess.run(
            script, cwd=tmp_path, env=env, capture_output=True, text=True, check=False, timeout=120
        )

    return run


def test_a_run_keeps_its_state_and_the_next_continues_from_it(run, tmp_path) -> None:
    log = {"SINGER_SDK_LOG_CONFIG": str(RECIPES / "logging.yml")}
    assert run(**log).returncode == 0
    first = json.loads((tmp_path / "state.json").read_text())
    assert first["bookmarks"]["merchant_listings_all_data"]["partitions"]
    events = read_log((tmp_path / "tap.jsonl").read_text().splitlines()).events
    assert {"requested", "downloaded"} <= {name for each in events.values() for name in each}
    assert run().returncode == 0
    assert json.loads((tmp_path / "state.json").read_text())["bookmarks"]


def test_a_target_that_fails_keeps_the_old_state(run, tmp_path) -> None:
    (tmp_path / "state.json").write_text('{"bookmarks": {}}')
    done = run(tap="echo", target="false")
    assert done.returncode == 1
    assert (tmp_path / "state.json").read_text() == '{"bookmarks": {}}'


def test_the_exit_code_is_the_taps(run) -> None:
    assert run(tap="bash -c 'exit 3'", target="true").returncode != 0


def test_a_second_run_at_the_same_time_does_not_start(run, tmp_path) -> None:
    with (tmp_path / "run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert run().returncode == 75


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.py")), ids=lambda path: path.name)
def test_a_program_is_valid_python(path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree)
    assert "./run.sh" in path.read_text("utf-8")


def test_the_workflow_runs_and_keeps_the_state() -> None:
    workflow = yaml.safe_load((RECIPES / "github-actions.yml").read_text("utf-8"))
    # YAML 1.1 reads `on` as true.
    as_github = {"on" if key is True else key: value for key, value in workflow.items()}
    jsonschema.validate(as_github, get_builtin_schema("vendor.github-workflows"))
    steps = workflow["jobs"]["load"]["steps"]
    assert any("./run.sh" in step.get("run", "") for step in steps)
    assert any(step.get("with", {}).get("path") == "state.json" for step in steps)
    assert workflow["concurrency"]


def test_the_workflow_loads_with_its_own_commands(tmp_path) -> None:
    """The step runs as it stands, with secrets in the environment and a target of that name."""
    workflow = yaml.safe_load((RECIPES / "github-actions.yml").read_text("utf-8"))
    job = workflow["jobs"]["load"]
    [step] = [step["run"] for step in job["steps"] if step.get("name") == "Run"]
    programs = tmp_path / "bin"
    programs.mkdir()
    target = programs / "target-postgres"
    target.write_text(f"#!{sys.executable}\n{TARGET}")
    target.chmod(0o700)
    folder = tmp_path / "checkout"
    folder.mkdir()
    shutil.copy(RECIPES / "run.sh", folder)
    account = account_settings(api="sp_api")
    in_the_environment = {
        name: account.pop(name.removeprefix("TAP_MWS_REPORTS_").lower())
        for name in job["env"]
        if name.startswith("TAP_MWS_REPORTS_")
    }
    (folder / "config.json").write_text(json.dumps({**CONFIG, **account}))
    (folder / "target.json").write_text("{}")
    env = {**os.environ, **in_the_environment, "PATH": f"{programs}:{BIN}:{os.environ['PATH']}"}
    shell = ["bash", "-e", "-c", step]
    done = subprocess.run(
        shell, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    [kept] = [step["with"]["path"] for step in job["steps"] if "state" in str(step.get("with"))]
    assert "merchant_listings_all_data" in json.loads((folder / kept).read_text())["bookmarks"]


def test_the_crontab_line_runs_in_crons_environment(tmp_path) -> None:
    """cron takes five fields, and runs what follows by sh, after `\\%` has become `%`."""
    jobs = []
    variables = {}
    for line in (RECIPES / "crontab").read_text("utf-8").splitlines():
        if match := re.fullmatch(r"([A-Z]+)=(\S+)", line):
            variables[match[1]] = match[2]
        elif not line.startswith("#"):
            jobs.append(line)
    [job] = jobs
    minute, hour, day, month, weekday, command = job.split(" ", 5)
    assert minute.isdecimal()
    assert (hour, day, month, weekday) == ("*/6", "*", "*", "*")
    assert not re.search(r"(?<!\\)%", command)  # cron would end the command there
    folder = tmp_path / "amazon"
    folder.mkdir()
    (folder / "run.sh").write_text('echo "$PATH" >&2; exit 3')
    (folder / "run.sh").chmod(0o700)
    command = command.replace("\\%", "%").replace("/opt/amazon", str(folder))
    done = subprocess.run(
        ["/bin/sh", "-c", command], env=variables, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "")
    [log] = folder.glob("run-[1-7].log")
    assert log.read_text() == variables["PATH"] + "\n"


def test_the_page_names_every_file() -> None:
    assert set(re.findall(r"\(recipes/([\w.-]+)\)", PAGE)) == {p.name for p in RECIPES.iterdir()}
