"""The commands of deploy/Dockerfile, run in a folder in place of the image."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from dockerfile_parse import DockerfileParser

ROOT = Path(__file__).parents[2]
TARGET = """
import json, sys
with open(sys.argv[1], "w") as loaded:
    for line in sys.stdin:
        loaded.write(line)
        if (message := json.loads(line))["type"] == "STATE":
            print(json.dumps(message["value"]), flush=True)
"""
"""Keeps what it gets, and confirms every state."""

IGNORED = shutil.ignore_patterns("__pycache__")


def copy(value: str, folder: Path) -> None:
    """Do what COPY does: files into a folder, or one folder's content into another."""
    *sources, target = value.split()
    for source in (ROOT / each for each in sources):
        if source.is_dir():
            shutil.copytree(source, folder / target, dirs_exist_ok=True, ignore=IGNORED)
        else:
            (folder / target).mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / target)


def test_the_image_runs_a_shard(tmp_path: Path) -> None:
    structure = DockerfileParser(str(ROOT / "deploy" / "Dockerfile")).structure
    folder = tmp_path / "image"
    folder.mkdir()
    (base,) = [each["value"] for each in structure if each["instruction"] == "WORKDIR"]
    python = shutil.which("python3.11")
    assert python, "the image has Python 3.11"
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "python").symlink_to(python)
    env = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
    for each in structure:
        if each["instruction"] == "COPY":
            copy(each["value"], folder)
        elif each["instruction"] == "RUN":
            subprocess.run(["/bin/sh", "-c", each["value"]], cwd=folder, env=env, check=True)
    (entry,) = [each["value"] for each in structure if each["instruction"] == "ENTRYPOINT"]
    start = [each.replace(base, str(folder)) for each in json.loads(entry)]
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"sandbox": True, "reports": ["GET_MERCHANT_LISTINGS_ALL_DATA"]}))
    states, loaded = tmp_path / "states", tmp_path / "loaded.jsonl"
    target = tmp_path / "target.py"
    target.write_text(TARGET)
    done = subprocess.run(
        [
            *start,
            *("--shards", "1", "--config", str(config), "--states", str(states)),
            *("--target", f"{sys.executable} {target} {loaded}"),
        ],
        env={**env, "JOB_COMPLETION_INDEX": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    kinds = [json.loads(line)["type"] for line in loaded.read_text().splitlines()]
    assert kinds.count("RECORD") > 20
    assert (states / "shard-0-of-1.json").exists()
    assert (folder / "target" / "bin" / "target-postgres").exists()
