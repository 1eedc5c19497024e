"""The README's commands of a first run, as a new user types them, against the sandbox."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
RUN = README.split("\n## Run\n")[1].split("\n## ")[0]
GOING_ON = (
    "tap-mws-reports --config config.json --state state.json | "
    "target-duckdb --config target.json >> state.jsonl"
)
CREDENTIALS = {"lwa_client_id", "lwa_client_secret", "refresh_token"}
TARGET = ROOT / ".venv-target" / "bin"


@pytest.mark.skipif(not TARGET.exists(), reason="target-duckdb is not there; run `make setup`")
def test_the_commands_of_the_readme_load_a_database(tmp_path) -> None:
    config, target = (json.loads(each) for each in re.findall(r"```json\n(.*?)```", RUN, re.DOTALL))
    assert config.keys() >= CREDENTIALS
    without_account = {name: each for name, each in config.items() if name not in CREDENTIALS}
    (tmp_path / "config.json").write_text(json.dumps({**without_account, "sandbox": True}))
    (tmp_path / "target.json").write_text(json.dumps(target))
    [commands] = re.findall(
        r"```\n(.*?)```", RUN.split("```json\n")[-1].split("```", 1)[1], re.DOTALL
    )
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}:{TARGET}"
    for command in commands.strip().splitlines():
        shell = ["bash", "-o", "pipefail", "-c", command]
        done = subprocess.run(
            shell,
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, f"{command}\n{done.stderr}"
    bookmarks = json.loads((tmp_path / "state.json").read_text())["bookmarks"]
    assert {
        "flat_file_all_orders_data_by_last_update",
        "merchant_listings_all_data",
    } <= bookmarks.keys()
    assert "merchant_listings_all_data" in (tmp_path / "amazon.html").read_text("utf-8")


def test_the_transcript_has_the_commands_of_the_readme() -> None:
    """Besides these it shows a file and a state, and goes on from the state."""
    transcript = (ROOT / "docs" / "first-ten-minutes.md").read_text("utf-8")
    readme = {line.split("#")[0].strip() for line in README.splitlines()}
    typed = re.findall(r"^\$ (.*)$", transcript, re.MULTILINE)
    others = [each for each in typed if each not in readme]
    assert others == ["cat config.json", "mws-reports state show state.json", GOING_ON]
