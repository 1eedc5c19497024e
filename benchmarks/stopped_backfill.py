"""A backfill by the real tap into a model of a target, stopped by signals any number of times."""

from __future__ import annotations

import json
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.fast_clock_tap import FastClock
from benchmarks.tap_process import ORIGIN_COLUMNS, tap_command
from benchmarks.virtual_run import START, WatchedAmazon
from benchmarks.wanted_reports import write_settings
from tap_mws_reports.sandbox.sandbox_config import LATENCY_PROFILES
from tap_mws_reports.sandbox.server import served

PATIENCE = 900.0  # seconds
INTERRUPTED = 130
_RECORD, _STATE = b'{"type":"RECORD"', b'{"type":"STATE"'


@dataclass(frozen=True)
class Stopped:
    """A run that was stopped: how, how long it took to end, and what was wrong with its end."""

    starting: bool
    seconds: float
    code: int
    wrong: str


class Backfill:
    """A backfill of one Amazon, run as often as it takes.

    ``start_seconds`` is how long the last run took to its first call.

    Args:
        directory: for all files; it is made.
        windows: how many windows of a day are wanted of each report type.
        speed: the factor by which time runs faster.
    """

    def __init__(self, directory: Path, windows: int, speed: float) -> None:
        self.clock = FastClock(speed, time.monotonic())
        self.amazon = WatchedAmazon(LATENCY_PROFILES["real"])
        self.start_seconds = 1.0
        self._directory = directory
        self._windows = windows
        self._keys: dict[str, list[str]] = {}
        self._rows: dict[tuple[str, ...], str] = {}
        self._has_state = False
        directory.mkdir()

    @contextmanager
    def served(self) -> Iterator[None]:
        """Serve Amazon on a port, and write the settings of the tap."""
        with served(self.amazon, self.clock) as address:
            write_settings(self._directory, address, self._windows)
            yield

    def run(self) -> None:
        """Run to the end.

        Raises:
            subprocess.CalledProcessError: it failed.
        """
        output = self._file("output.jsonl")
        with output.open("wb") as out, self._file("tap.log").open("a") as log:
            subprocess.run(self._tap(), stdout=out, stderr=log, check=True, timeout=PATIENCE)
        self._load(output.read_bytes())

    def stop(self, signum: int, after: float, *, starting: bool) -> Stopped | None:
        """Run, and stop the run; return how it ended, None if it had ended before the signal.

        Args:
            signum: the signal.
            after: seconds from the first call to Amazon to the signal.
            starting: count them from the start of the process instead.
        """
        output, log = self._file("output.jsonl"), self._file("stopped.log")
        calls, began = self.amazon.calls.total(), time.monotonic()
        with (
            output.open("wb") as out,
            log.open("wb") as err,
            subprocess.Popen(self._tap(), stdout=out, stderr=err) as tap,
        ):
            if starting:
                _await_handlers(tap)
            else:
                self._await_call(calls, tap)
                self.start_seconds = time.monotonic() - began
            time.sleep(after)
            ended = tap.poll() is not None
            tap.send_signal(signum)
            began = time.monotonic()
            code = tap.wait(PATIENCE)
            seconds = time.monotonic() - began
        lines = output.read_bytes()
        wrong = "" if ended else _wrong(code, lines, log.read_text("utf-8"))
        self._load(lines)
        return None if ended else Stopped(starting, seconds, code, wrong)

    def contents(self) -> Counter[str]:
        """Return the rows of all report streams without their origin, once for each key."""
        return Counter(self._rows.values())

    def requests(self) -> Counter[tuple[str, str, str]]:
        """Return how often each report was requested from Amazon: type, start, end."""
        return self.amazon.requested(START)

    def _await_call(self, calls: int, tap: subprocess.Popen[bytes]) -> None:
        while self.amazon.calls.total() == calls and tap.poll() is None:
            time.sleep(0.01)

    def _tap(self) -> list[str]:
        state = self._file("state.json") if self._has_state else None
        config, catalog = self._file("config.json"), self._file("catalog.json")
        return tap_command(config, state=state, catalog=catalog, clock=self.clock)

    def _load(self, lines: bytes) -> None:
        """Merge the rows by their keys, and keep the last state."""
        for line in lines.splitlines():
            message: dict[str, Any] = json.loads(line)
            if message["type"] == "SCHEMA":
                self._keys[message["stream"]] = message["key_properties"]
            elif message["type"] == "RECORD":
                stream, row = message["stream"], message["record"]
                key = (stream, *(str(row[name]) for name in self._keys[stream]))
                values = {name: row[name] for name in sorted(row) if name not in ORIGIN_COLUMNS}
                self._rows[key] = json.dumps([stream, values])
            elif message["type"] == "STATE":
                self._file("state.json").write_text(json.dumps(message["value"]))
                self._has_state = True

    def _file(self, name: str) -> Path:
        return self._directory / name


def _await_handlers(tap: subprocess.Popen[bytes]) -> None:
    """Wait until Python runs the program: until then there is no handler of SIGTERM.

    Where the system does not tell, as Linux does, wait a second.
    """
    status = Path(f"/proc/{tap.pid}/status")
    if not status.exists():
        time.sleep(1)
    while tap.poll() is None and status.exists() and not _catches_sigterm(status.read_text()):
        time.sleep(0.001)


def _catches_sigterm(status: str) -> bool:
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) & 1 << 14)


def _wrong(code: int, lines: bytes, log: str) -> str:
    """Return what is wrong with the end of a run, empty if nothing is."""
    values = [line for line in lines.splitlines() if line.startswith((_RECORD, _STATE))]
    checks = {
        f"exit code {code}": code not in {0, INTERRUPTED},
        "a traceback": "Traceback" in log,
        "no message": code == INTERRUPTED and "Run again to continue" not in log,
        "a line is cut": bool(lines) and not lines.endswith(b"\n"),
        "rows without a STATE": bool(values) and not values[-1].startswith(_STATE),
    }
    return ", ".join(what for what, is_wrong in checks.items() if is_wrong)
