"""The cost of more sellers: makespan, CPU, memory and STATE, in virtual time.

`python -m benchmarks.sellers` runs the real tap against the sandbox in the process, for several
numbers of sellers with so many reports each. Calls and documents take the virtual seconds of
`--call-time` and `--download-time`. CPU seconds are real ones, and include the sandbox's. Every row
is a process of its own, so that its peak of memory is its own. Prints a table and, as its last
line, one JSON object.

The bound is that of one seller, with one call and one document after it: quotas are each seller's
own. `busy_s` are the seconds of all calls and documents together, divided by the connections: a
second bound, which decides where there are many sellers and few connections.
"""

from __future__ import annotations

import argparse
import json
import logging
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.quota_bound import bound
from benchmarks.virtual_run import Constant, VirtualRun
from tap_mws_reports.api.interface import ThrottledCall
from tap_mws_reports.connection import quotas
from tap_mws_reports.sandbox.sandbox_config import APIS

SIZES = ("1x50", "30x50", "300x50", "1000x10")
LATENCY = 300.0
_COLUMNS = (
    *("sellers", "reports", "bound_s", "busy_s", "makespan_s", "ratio", "cpu_ms_per_report"),
    *("states", "state_ms", "state_bytes", "rss_mb", "throttled"),
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.sellers", description=__doc__)
    parser.add_argument("sizes", nargs="*", default=SIZES, help="sellers x reports each: 30x50")
    parser.add_argument("--api", choices=APIS, default="sp_api", help="the service that answers")
    parser.add_argument("--call-time", type=float, default=0.3, help="seconds of each call")
    parser.add_argument("--download-time", type=float, default=2.0, help="seconds of each document")
    parser.add_argument("--connections", type=int, default=8, help="setting `max_connections`")
    parser.add_argument("--latency", type=float, default=LATENCY, help="seconds of each report")
    given = parser.parse_args()
    if len(given.sizes) == 1:
        print(json.dumps(_measured(given, *_size(given.sizes[0]))))
        return
    print("".join(f"{name:>18}" for name in _COLUMNS))
    results = []
    for row in _rows(given):
        results.append(row)
        print("".join(f"{row[name]:>18}" for name in _COLUMNS), flush=True)
    names = ("api", "call_time", "download_time", "latency", "connections")
    print(json.dumps({**{name: getattr(given, name) for name in names}, "runs": results}))


def _size(text: str) -> tuple[int, int]:
    sellers, reports = text.split("x")
    return int(sellers), int(reports)


def _rows(given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    options = [argument for argument in sys.argv[1:] if argument not in given.sizes]
    for size in given.sizes:
        command = [sys.executable, "-m", "benchmarks.sellers", size, *options]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
        yield json.loads(done.stdout.splitlines()[-1])


def _measured(given: argparse.Namespace, sellers: int, reports: int) -> dict[str, Any]:
    """Run a backfill and return the figures."""
    # The log costs what it costs everywhere: forecasts are made for its lines alone.
    logging.basicConfig(level=logging.INFO, handlers=[logging.NullHandler()], force=True)
    run = VirtualRun(
        Constant(given.latency),
        sellers,
        given.api,
        call_time=given.call_time,
        download_time=given.download_time,
        max_connections=given.connections,
    )
    run.want(reports)
    started, cpu = run.clock.now(), time.process_time()
    run.run()
    cpu, cost = time.process_time() - cpu, run.state_cost
    makespan = (run.clock.now() - started).total_seconds()
    made = len(run.amazon.intervals(since=started))
    latencies = [given.latency] * reports
    lowest = bound(quotas({"api": given.api})[ThrottledCall.REQUEST], latencies)
    lowest += given.call_time + given.download_time
    return {
        "sellers": sellers,
        "reports": made,
        "bound_s": round(lowest),
        "makespan_s": round(makespan),
        "ratio": round(makespan / lowest, 3),
        "busy_s": round(run.call_seconds / given.connections),
        "cpu_ms_per_report": round(1000 * cpu / made, 2),
        "states": cost.states,
        "state_ms": round(1000 * cost.seconds / max(1, cost.states), 2),
        "state_bytes": cost.largest,
        "rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "throttled": run.amazon.throttled,
    }


if __name__ == "__main__":
    main()
