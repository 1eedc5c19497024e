"""A backfill into a database by real processes, any of which can be killed, and what it leaves."""

from __future__ import annotations

import json
import subprocess
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.fast_clock_tap import FastClock
from benchmarks.killed_databases import PIPELINE_COLUMNS, Database
from benchmarks.tap_process import ORIGIN_COLUMNS, running_tap, tap_command
from benchmarks.virtual_run import REPORT_TYPES, START, WatchedAmazon
from benchmarks.wanted_reports import SETTLEMENTS, write_settings
from tap_mws_reports import report_types
from tap_mws_reports.sandbox.sandbox_config import LATENCY_PROFILES
from tap_mws_reports.sandbox.server import served

TABLES = tuple(report_types.load(each).stream for each in (*REPORT_TYPES, SETTLEMENTS))
PATIENCE = 300.0  # seconds


@dataclass(frozen=True)
class Outcome:
    """How a run ended: both exit codes (negative: by that signal), and what had come out."""

    tap: int
    target: int
    had_state: bool


class Load:
    """A backfill of one Amazon into one database, run as often as it takes.

    Args:
        directory: an empty one, for all files.
        database: an empty one.
        windows: how many windows of a day are wanted of each report type.
        speed: the factor by which time runs faster.
    """

    def __init__(self, directory: Path, database: Database, windows: int, speed: float) -> None:
        self.clock = FastClock(speed, time.monotonic())
        self.amazon = WatchedAmazon(LATENCY_PROFILES["real"])
        self._directory = directory
        self._database = database
        self._windows = windows
        self._state: str | None = None

    @contextmanager
    def served(self) -> Iterator[None]:
        """Serve Amazon on a port, and write the settings for tap and target."""
        with served(self.amazon, self.clock) as address:
            self._write_settings(address)
            yield

    def run(self, victims: Collection[str] = (), after: float = 0.0) -> Outcome:
        """Run tap and target from the last state; kill the victims.

        Args:
            victims: "tap", "target", both or none.
            after: seconds of the machine from the tap's first call to Amazon to the kill.
        """
        calls = self.amazon.calls.total()
        with (
            self._file("tap.log").open("a") as tap_log,
            self._file("target.log").open("a") as target_log,
            self._file("states.jsonl").open("w") as states,
            running_tap(self._tap(), stderr=tap_log) as tap,
            subprocess.Popen(
                self._target(), stdin=tap.stdout, stdout=states, stderr=target_log
            ) as target,
        ):
            if tap.stdout is not None:
                tap.stdout.close()  # the target's alone, so that the tap notices when it is gone
            if victims:
                self._await_call(calls, tap)
                time.sleep(after)
            for victim in victims:
                {"tap": tap, "target": target}[victim].kill()
            codes = tap.wait(PATIENCE), target.wait(PATIENCE)
        return Outcome(*codes, had_state=self._take_state())

    def _await_call(self, calls: int, tap: subprocess.Popen[bytes]) -> None:
        """Wait for a call to Amazon beyond so many: starting Python takes seconds, or longer."""
        while self.amazon.calls.total() == calls and tap.poll() is None:
            time.sleep(0.01)

    def contents(self) -> dict[str, list[str]]:
        """Return the rows of each table without their origin, in order."""
        found = {table: self._database.rows(table) for table in TABLES}
        return {
            table: sorted(json.dumps(_without_origin(row), default=str) for row in rows)
            for table, rows in found.items()
            if rows
        }

    def requests(self) -> Counter[tuple[str, str, str]]:
        """Return how often each report was requested from Amazon: type, start, end."""
        return self.amazon.requested(START)

    def _write_settings(self, url: str) -> None:
        write_settings(self._directory, url, self._windows)
        self._write("target.json", self._database.settings)

    def _tap(self) -> list[str]:
        state = None
        if self._state is not None:
            state = self._file("state.json")
            state.write_text(self._state)
        config, catalog = self._file("config.json"), self._file("catalog.json")
        return tap_command(config, state=state, catalog=catalog, clock=self.clock)

    def _target(self) -> list[str]:
        return [str(self._database.program), "--config", str(self._file("target.json"))]

    def _take_state(self) -> bool:
        lines = self._file("states.jsonl").read_text().splitlines(keepends=True)
        whole = [line for line in lines if line.endswith("\n")]
        self._state = whole[-1] if whole else self._state
        return bool(whole)

    def _file(self, name: str) -> Path:
        return self._directory / name

    def _write(self, name: str, content: Mapping[str, Any]) -> None:
        self._file(name).write_text(json.dumps(content))


def _without_origin(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: row[name]
        for name in sorted(row)
        if name not in ORIGIN_COLUMNS and not name.startswith(PIPELINE_COLUMNS)
    }
