"""deploy/check_load.py beside a database with the rows, and one that lacks some."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

CHECK = Path(__file__).parents[2] / "deploy" / "check_load.py"
SENT = {
    "shard-0-of-2-1": {"orders": {"rows": ["a", "b"], "reports": [["A1", "7"], ["A1", "8"]]}},
    # A second attempt sends a row again, and another shard has a report of the same id.
    "shard-0-of-2-2": {"orders": {"rows": ["b", "c"], "reports": [["A1", "8"]]}},
    "shard-1-of-2-1": {"orders": {"rows": ["d"], "reports": [["A2", "7"]]}},
}
ROWS = [("A1", "7"), ("A1", "8"), ("A1", "8"), ("A2", "7")]
OTHERS = [("A1", "6"), ("A2", "8")]
"""Rows of earlier runs."""


@pytest.fixture
def states(tmp_path: Path) -> Path:
    runs = tmp_path / "states" / "runs" / "today"
    runs.mkdir(parents=True)
    for name, content in SENT.items():
        (runs / f"{name}.json").write_text(json.dumps(content))
    return tmp_path / "states"


def checked(states: Path, rows: list[tuple[str, str]]) -> subprocess.CompletedProcess[str]:
    path = states.with_name("warehouse.db")
    with closing(sqlite3.connect(path)) as database:
        database.execute("create table orders (_seller_id text, _report_id text)")
        database.executemany("insert into orders values (?, ?)", rows)
        database.commit()
    command = [sys.executable, CHECK, "--states", states, "--run", "today"]
    return subprocess.run(
        [*command, "--url", f"sqlite:///{path}"], capture_output=True, text=True, check=False
    )


def test_all_rows_of_a_run_are_there(states: Path) -> None:
    done = checked(states, ROWS + OTHERS)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() == "orders: 4 rows sent, 4 in the warehouse"


@pytest.mark.parametrize("rows", [ROWS[1:], [*ROWS, ROWS[0]], OTHERS], ids=["lost", "twice", "all"])
def test_differing_rows_are_reported(states: Path, rows: list[tuple[str, str]]) -> None:
    done = checked(states, rows)
    assert done.returncode == 1
    assert "differ: orders" in done.stderr


def test_failed_windows_are_listed(states: Path) -> None:
    failed = {"start": "2026-02-01", "end": "2026-02-08", "reason": "cancelled"}
    partition = {"context": {"seller_id": "A1"}, "failed_windows": [failed, {"reason": "refused"}]}
    state = {"bookmarks": {"orders": {"partitions": [partition]}}}
    (states / "shard-0-of-2.json").write_text(json.dumps(state))
    done = checked(states, ROWS)
    assert done.returncode == 1
    assert "failed: A1 orders 2026-02-01 to 2026-02-08: cancelled" in done.stdout
    assert "failed: A1 orders snapshot: refused" in done.stdout
    assert "2 windows failed" in done.stderr
