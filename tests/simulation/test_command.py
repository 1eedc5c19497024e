from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_seeds_run_in_several_processes() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "simulation", "--seeds", "16-17", "--jobs", "2"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    figures = json.loads(ended.stdout.splitlines()[-1])
    assert (figures["seeds"], figures["failed"]) == (2, 0)
