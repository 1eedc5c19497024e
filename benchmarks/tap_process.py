"""The tap as a process, to be stopped, killed and started again.

Used by the benchmark of kills and by the tests of kills and of signals.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from benchmarks.fast_clock_tap import FastClock

ROOT = Path(__file__).parents[1]
ORIGIN_COLUMNS = ("_report_id", "_row_number", "_data_start", "_data_end")
"""The columns with the source of a row, which differ between two runs; the others do not."""


def tap_command(
    config: Path,
    *,
    state: Path | None = None,
    catalog: Path | None = None,
    clock: FastClock | None = None,
) -> list[str]:
    """Return the command line of the tap; with a clock the process shares that clock's time."""
    program = ["tap_mws_reports"]
    if clock is not None:
        program = ["benchmarks.fast_clock_tap", str(clock.speed), str(clock.began)]
    files = {"config": config, "state": state, "catalog": catalog}
    options = [f"--{name}={path}" for name, path in files.items() if path is not None]
    return [sys.executable, "-m", *program, *options]


@contextmanager
def running_tap(
    command: list[str],
    *,
    env: Mapping[str, str] | None = None,
    stderr: int | IO[str] = subprocess.PIPE,
    buffer_size: int = -1,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the tap with a pipe for its output; kill it if it still runs in the end.

    Args:
        command: what `tap_command` returned.
        env: environment variables instead of this process's own.
        stderr: where the log goes.
        buffer_size: in bytes; 0 leaves what was not read in the pipe.
    """
    with subprocess.Popen(
        command, bufsize=buffer_size, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=stderr
    ) as process:
        try:
            yield process
        finally:
            process.kill()
