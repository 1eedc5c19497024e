"""Missing resources of a machine: the real process reads all rows, or reports one error."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.fast_clock_tap import FastClock
from benchmarks.tap_process import tap_command
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.sandbox_config import tap_config
from tap_mws_reports.sandbox.server import served

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
    expected: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    mounts: bool = False
    """Whether the shell mounts file systems, in a namespace of its own."""


ASCII = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
SELLERS = {"A1SANDBOXNA": ["US"], "A2SANDBOXEU": ["DE"], "A3SANDBOXFE": ["JP"]}
MANY = {
    "sellers": [{"seller_id": name, "marketplace_ids": SELLERS[name]} for name in SELLERS],
    "reports": [
        "GET_MERCHANT_LISTINGS_ALL_DATA",
        "GET_FBA_REIMBURSEMENTS_DATA",
        {"type": "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL", "window_days": 1},
    ],
    "start_date": "2026-01-01",
    "end_date": "2026-01-31",
}
SMALL = "mkdir small && mount -t tmpfs -o size=4k tmpfs small && TMPDIR=$PWD/small TAP"
READ_ONLY = "mount -o remount,bind,ro"
UNWRITTEN = "a temporary file cannot be written"
LACKS = {
    "disk of the output is full": Lack("TAP > /dev/full", 1, "The output cannot be written: No"),
    "output is a small disk": Lack("ulimit -f 1; TAP > output", 1, "The output cannot be written"),
    "output is closed": Lack("TAP >&-", 1, "stdout is closed"),
    "reader ends": Lack("set -o pipefail; TAP | head -1", 1, "The target stopped reading"),
    "no home": Lack("unset HOME; TAP"),
    "encoding is ASCII": Lack("TAP", environment=ASCII),
    "few files": Lack("ulimit -n 32; TAP"),
    "64 files for three sellers": Lack("ulimit -n 64; TAP", settings=MANY),
    "temporary folder is a file": Lack("export TMPDIR=$PWD/config.json; TAP"),
    "temporary folder is small": Lack(SMALL, 1, UNWRITTEN, mounts=True),
    "temporary folder is read-only": Lack(
        f"mkdir there && mount --bind there there && {READ_ONLY} there && TMPDIR=$PWD/there TAP",
        mounts=True,
    ),
    "every folder is read-only": Lack(
        # Mounts below the root stay writable, so none of them may hold a temporary folder.
        "for place in / /tmp /var/tmp /usr/tmp $PWD; do mount --bind $place $place; "
        f"{READ_ONLY} $place; done 2> /dev/null; TAP",
        1,
        UNWRITTEN,
        mounts=True,
    ),
    "folder for documents is read-only": Lack(
        f"mkdir there && mount --bind there there && {READ_ONLY} there && "
        "touch there/file 2> /dev/null || TAP",
        settings={"documents_directory": "there"},
        mounts=True,
    ),
}


def can_mount() -> bool:
    """Whether this machine lets a user mount file systems in a namespace."""
    if shutil.which("unshare") is None:
        return False
    command = ["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


MOUNTS = can_mount()
# The others are among the slow proofs: they meet the same code by another way.
QUICK = {
    "disk of the output is full",
    "reader ends",
    "encoding is ASCII",
    "few files",
    "temporary folder is a file",
    "every folder is read-only",
}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(
    "lack",
    [each if each in QUICK else pytest.param(each, marks=pytest.mark.slow) for each in LACKS],
)
def test_the_tap_ends_as_documented(lack: str, tmp_path: Path) -> None:
    case = LACKS[lack]
    if case.mounts and not MOUNTS:
        pytest.skip("this machine does not let us mount file systems")
    (tmp_path / "config.json").write_text(json.dumps({**CONFIG, **case.settings}))
    tap = shlex.join([sys.executable, "-m", "tap_mws_reports", "--config", "config.json"])
    apart = ["unshare", "--map-root-user", "--mount"] if case.mounts else []
    done = subprocess.run(
        [*apart, "/bin/bash", "-c", case.shell.replace("TAP", tap, 1)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **case.environment},
        capture_output=True,
        check=False,
        timeout=120,
    )
    err = done.stderr.decode()
    assert done.returncode == case.code, err
    assert "Traceback" not in err
    assert case.expected in err
    if case.code == 0:
        messages = [json.loads(line) for line in done.stdout.splitlines()]
        assert messages[-1]["type"] == "STATE"
        assert any(each["type"] == "RECORD" for each in messages)


@dataclass(frozen=True)
class Served:
    """A sandbox, its clock, and the settings of a tap for it."""

    amazon: Amazon
    clock: FastClock
    config: Path


@pytest.fixture
def sandbox(api: str, tmp_path: Path) -> Iterator[Served]:
    clock = FastClock(10.0, time.monotonic())
    amazon, path = Amazon(clock.now(), seed=3), tmp_path / "config.json"
    with served(amazon, clock) as address:
        settings = tap_config(address, clock.now(), api=api)
        start, end = clock.now() - timedelta(days=75), clock.now() - timedelta(days=60)
        settings |= {"start_date": f"{start:%Y-%m-%d}", "end_date": f"{end:%Y-%m-%d}"}
        path.write_text(json.dumps({**settings, "reports": ["_GET_FBA_REIMBURSEMENTS_DATA_"]}))
        yield Served(amazon, clock, path)


def started(sandbox: Served, clock: FastClock) -> subprocess.Popen[bytes]:
    command = tap_command(sandbox.config, clock=clock)
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def rows(output: bytes) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return the rows of the report by key."""
    keys: dict[str, list[str]] = {}
    found = {}
    for line in output.splitlines():
        message = json.loads(line)
        if message["type"] == "SCHEMA":
            keys[message["stream"]] = message["key_properties"]
        elif message["type"] == "RECORD" and message["stream"] == "fba_reimbursements_data":
            record = message["record"]
            found[tuple(record[name] for name in keys[message["stream"]])] = record
    return found


@pytest.mark.api(slow="mws", reason="files and rows are the same over both services")
def test_two_taps_at_once_write_the_same_rows(sandbox: Served) -> None:
    taps = [started(sandbox, sandbox.clock) for _ in range(2)]
    outputs = [tap.communicate(timeout=120) for tap in taps]
    assert [tap.returncode for tap in taps] == [0, 0], outputs
    first, second = (rows(output) for output, _ in outputs)
    assert first
    assert first.keys() == second.keys()
    # Neither knows of the other's request until Amazon lists it.
    accounts = sandbox.amazon.accounts.values()
    requested = sum(each.requested for account in accounts for each in account.requests.values())
    assert 1 <= requested <= 2


@pytest.mark.parametrize("hours", [pytest.param(-1, marks=pytest.mark.slow), 1])
def test_wrong_clock_is_named(sandbox: Served, hours: int, api: str) -> None:
    clock = FastClock(sandbox.clock.speed, sandbox.clock.began - hours * 3600 / 10.0)
    tap = started(sandbox, clock)
    output, errors = tap.communicate(timeout=120)
    assert b"Traceback" not in errors
    if api == "mws":
        assert tap.returncode == 3
        assert b"set this machine's clock" in errors
    else:
        assert tap.returncode == 0, errors.decode()
        assert rows(output)
