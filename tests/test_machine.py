"""Missing resources of a machine: the real process reads all rows, or reports one error."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

CONFIG = {
    "sandbox": True,
    "marketplace_ids": ["JP"],
    "reports": ["GET_MERCHANT_LISTINGS_ALL_DATA"],
    "start_date": "2026-01-01",
}


@dataclass(frozen=True)
class Lack:
    """How the tap is called (`TAP` is its command), its exit code, and a part of its error."""

    shell: str
    code: int = 0
    said: str = ""
    environment: dict[str, str] = field(default_factory=dict)


ASCII = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
LACKS = {
    "disk of the output is full": Lack("TAP > /dev/full", 1, "The output cannot be written: No"),
    "output is a small disk": Lack("ulimit -f 1; TAP > output", 1, "The output cannot be written"),
    "output is closed": Lack("TAP >&-", 1, "stdout is closed"),
    "reader ends": Lack("set -o pipefail; TAP | head -1", 1, "The target stopped reading"),
    "no home": Lack("unset HOME; TAP"),
    "encoding is ASCII": Lack("TAP", environment=ASCII),
    "few files": Lack("ulimit -n 32; TAP"),
    "temporary folder is a file": Lack("export TMPDIR=$PWD/config.json; TAP"),
}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("lack", LACKS)
def test_it_ends_as_documented(lack: str, tmp_path: Path) -> None:
    case = LACKS[lack]
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    tap = shlex.join([sys.executable, "-m", "tap_mws_reports", "--config", "config.json"])
    done = subprocess.run(
        ["/bin/bash", "-c", case.shell.replace("TAP", tap, 1)],
        cwd=tmp_path,
        env={**os.environ, **case.environment},
        capture_output=True,
        check=False,
        timeout=120,
    )
    err = done.stderr.decode()
    assert done.returncode == case.code, err
    assert "Traceback" not in err
    assert case.said in err
    if case.code == 0:
        messages = [json.loads(line) for line in done.stdout.splitlines()]
        assert messages[-1]["type"] == "STATE"
        assert any(each["type"] == "RECORD" for each in messages)
