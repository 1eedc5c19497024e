"""deploy/run_shard.py with small programs for tap and target."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
TAP = """
    import json, os, sys, time
    arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
    configs = [sys.argv[i + 1] for i, each in enumerate(sys.argv) if each == "--config"]
    config = {}
    for path in configs:
        config.update(json.load(open(path)))
    before = json.load(open(arguments["--state"])) if "--state" in arguments else {"bookmarks": {}}
    def say(**message):
        print(json.dumps(message, separators=(",", ":")), flush=True)
    columns = {name: {"type": "string"} for name in ("_seller_id", "_report_id", "sku")}
    keys = ["_seller_id", "sku"]
    say(type="SCHEMA", stream="orders", schema={"properties": columns}, key_properties=keys)
    say(type="SCHEMA", stream="reports", schema={"properties": {"id": {}}}, key_properties=["id"])
    say(type="RECORD", stream="reports", record={"id": 1})
    for sku in "aab":
        record = {"_seller_id": "A1", "_report_id": "7", "sku": sku}
        say(type="RECORD", stream="orders", record=record)
    say(type="STATE", value={"bookmarks": {}, "config": config, "before": before})
    if config.get("hangs"):
        time.sleep(60)
    sys.exit(config.get("exit", 0))
"""
TARGET = """
    import json, sys
    for line in sys.stdin:
        message = json.loads(line)
        if message["type"] == "STATE":
            print(json.dumps(message["value"]), flush=True)
    sys.exit(int(sys.argv[1]))
"""


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """Start run_shard.py with the programs above."""
    for name, text in {"tap": TAP, "target": TARGET}.items():
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(text))

    def start(
        *arguments: str,
        states: str | Path = tmp_path / "states",
        config: dict[str, Any] | None = None,
        target: int = 0,
        env: dict[str, str] | None = None,
    ) -> subprocess.Popen[str]:
        (tmp_path / "config.json").write_text(json.dumps({"seller": "A1", **(config or {})}))
        return subprocess.Popen(
            [
                *(sys.executable, DEPLOY / "run_shard.py", "--config", tmp_path / "config.json"),
                *("--states", str(states)),
                *("--tap", f"{sys.executable} {tmp_path / 'tap.py'}"),
                *("--target", f"{sys.executable} {tmp_path / 'target.py'} {target}", *arguments),
            ],
            env={**os.environ, **(env or {})},
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, err = process.communicate(timeout=60)
    return process.returncode, err


def test_a_shard_goes_on_from_its_state(run, tmp_path: Path) -> None:
    assert ended(run("--shard", "3/16", "--settings", '{"only": ["x"]}')) == (0, "")
    (path,) = (tmp_path / "states").iterdir()
    assert path.name == "shard-3-of-16.json"
    state = json.loads(path.read_text())
    assert state["config"] == {"seller": "A1", "only": ["x"], "shard": "3/16"}
    assert state["before"] == {"bookmarks": {}}
    assert ended(run("--shard", "3/16")) == (0, "")
    assert json.loads(path.read_text())["before"]["config"] == state["config"]


@pytest.mark.parametrize("name", ["JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX"])
def test_the_index_of_a_job_is_that_of_the_shard(run, tmp_path: Path, name: str) -> None:
    assert ended(run("--shards", "16", env={name: "0"})) == (0, "")
    state = json.loads((tmp_path / "states" / "shard-0-of-16.json").read_text())
    assert state["config"]["shard"] == "0/16"


def test_without_an_index_the_error_names_the_variables(run) -> None:
    code, err = ended(run("--shards", "16"))
    assert code == 1
    assert "JOB_COMPLETION_INDEX" in err


@pytest.mark.parametrize(
    ("tap", "target", "code"), [(0, 0, 0), (1, 0, 1), (3, 0, 3), (0, 1, 70), (1, 1, 70)]
)
def test_the_exit_code_tells_which_program_failed(run, tap: int, target: int, code: int) -> None:
    assert ended(run("--shard", "0/1", config={"exit": tap}, target=target))[0] == code


def test_states_of_another_number_of_shards_are_refused(run, tmp_path: Path) -> None:
    assert ended(run("--shard", "0/4"))[0] == 0
    code, err = ended(run("--shard", "0/16"))
    assert code == 1
    assert "the states of 4 shards, not of 16" in err
    assert ended(run("--shard", "1/4"))[0] == 0
    assert ended(run("--name", "application-limits"))[0] == 0
    assert len(list((tmp_path / "states").iterdir())) == 3


def test_the_rows_of_a_run_are_recorded_by_key(run, tmp_path: Path) -> None:
    assert ended(run("--shard", "0/1", "--run", "today"))[0] == 0
    (path,) = (tmp_path / "states" / "runs" / "today").iterdir()
    (stream, sent), *others = json.loads(path.read_text()).items()
    assert (stream, others) == ("orders", [])
    assert len(sent["rows"]) == 2, "a key that was sent twice counts once"
    assert sent["reports"] == [["A1", "7"]]


def test_the_state_of_a_killed_shard_is_kept_and_its_programs_are_killed(
    run, tmp_path: Path
) -> None:
    process = run("--shard", "0/1", config={"hangs": True})
    path = tmp_path / "states" / "shard-0-of-1.json"
    deadline = time.monotonic() + 60
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    assert len(children) == 2
    process.send_signal(signal.SIGKILL)
    assert ended(process)[0] == -signal.SIGKILL
    while any(Path(f"/proc/{each}").exists() for each in children):
        assert time.monotonic() < deadline, "tap and target live on"
        time.sleep(0.05)
    assert json.loads(path.read_text())["config"]["shard"] == "0/1"
    assert ended(run("--shard", "0/1"))[0] == 0


def test_states_are_kept_in_a_bucket(
    run, sqs_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import boto3  # noqa: PLC0415

    env = {
        "AWS_ACCESS_KEY_ID": "for-tests",
        "AWS_SECRET_ACCESS_KEY": "for-tests",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_S3": sqs_address,
        "AWS_ENDPOINT_URL": sqs_address,
    }
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    s3, bucket = boto3.client("s3"), f"states-{uuid.uuid4()}"
    s3.create_bucket(Bucket=bucket)
    for _ in range(2):
        code, err = ended(
            run("--shard", "1/4", "--run", "today", states=f"s3://{bucket}/daily", env=env)
        )
        assert code == 0, err
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert keys.count("daily/shard-1-of-4.json") == 1
    assert len([key for key in keys if key.startswith("daily/runs/today/")]) == 2
    body = s3.get_object(Bucket=bucket, Key="daily/shard-1-of-4.json")["Body"].read()
    assert json.loads(body)["before"]["config"]["shard"] == "1/4"
