"""Run `mws-reports load` again and again, each time killed by SIGKILL within a step of dlt.

`python -m tests.dlt.killed_loads SPEED BEGAN CONFIG FOLDER POINT...` loads for each point into a
DuckDB in a folder of its name: once, killed at the point, and once more, to the end. It prints the
exit codes of both as JSON, a line for each point. Imports take longer than the loads, so this is
one program that forks.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dlt.destinations.impl.duckdb.duck  # noqa: F401 - what every load needs, imported once
import duckdb  # noqa: F401

import tap_mws_reports.dlt  # noqa: F401
from benchmarks.fast_clock_load import run

_COPY = ("dlt.destinations.impl.duckdb.duck", "DuckDbCopyJob", "run")
_JOBS = "dlt.destinations.job_client_impl"
_MERGE = (_JOBS, "SqlLoadJob", "run")

POINTS: dict[str, tuple[tuple[str, str, str], bool, int]] = {
    # name: function, whether it is killed after it rather than before, at which of its calls
    "extracted": (("dlt.normalize.normalize", "Normalize", "run"), False, 1),
    "normalised": (("dlt.load.load", "Load", "run"), False, 1),
    "tables_made": (("dlt.load.load", "Load", "initialize_package"), True, 1),
    "copying": (_COPY, False, 1),
    "copied": (_COPY, True, 1),
    "copied_some": (_COPY, True, 3),
    "merging": (_MERGE, False, 1),
    "merged": (_MERGE, True, 1),
    "merged_later": (_MERGE, True, 2),
    "jobs_done": (("dlt.load.load", "Load", "complete_package"), False, 1),
    "committed": ((_JOBS, "SqlJobClientBase", "complete_load"), True, 1),
    "loaded": (("dlt.load.load", "Load", "complete_package"), True, 1),
    "settled": (("tap_mws_reports.dlt.open_requests", "OpenRequestsFile", "settle"), True, 1),
}


def kill_at(point: str) -> None:
    """Let this process end by SIGKILL once it gets to a point."""
    (module, name, method), after, count = POINTS[point]
    owner = getattr(importlib.import_module(module), name)
    original: Callable[..., Any] = getattr(owner, method)
    left = iter(range(count - 1, -1, -1))

    def run_and_die(*args: Any, **kwargs: Any) -> Any:
        dies = next(left, -1) == 0
        if dies and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **kwargs)
        if dies:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, method, run_and_die)


def load(folder: Path, config: str, speed: float, began: float, point: str | None) -> int:
    """Load in a process of its own, and return its exit code; -9 if it was killed."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            if point is not None:
                kill_at(point)
            arguments = ["duckdb", "--to", str(folder / "amazon.duckdb"), "--config", config]
            arguments += ["--pipelines-dir", str(folder / "pipelines"), "--package-rows", "30"]
            code = run(speed, began, [*arguments, "--json"])
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(speed: float, began: float, config: str, folder: Path, points: list[str]) -> None:
    """Load at all points."""
    print_codes = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # the summaries are of no interest
    for point in points:
        (folder / point).mkdir()
        codes = [
            load(folder / point, config, speed, began, each)
            for each in ((point, None) if point in POINTS else (None,))
        ]
        print(json.dumps(codes), file=print_codes, flush=True)


if __name__ == "__main__":
    main(float(sys.argv[1]), float(sys.argv[2]), sys.argv[3], Path(sys.argv[4]), sys.argv[5:])
