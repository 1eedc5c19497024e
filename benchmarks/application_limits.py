"""How a limit of the application is shared by its sellers, in virtual time.

`python -m benchmarks.application_limits` lets several numbers of sellers, each of which wants one
report of sales and traffic, share an application of which Amazon grants one such report in fifteen
minutes, and 96 a day. What a run leaves is read by the next one, which starts at once. It prints a
table and, as its last line, one JSON object.

`granted_ratio` is the number of reports that Amazon granted, divided by the number that the limit
allows until the last one was granted; `throttled` the most refusals in a run; `wait_ratio` the
longest wait of a seller, divided by the time in which each gets one.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from benchmarks.virtual_run import Constant, VirtualRun
from tap_mws_reports.sandbox.account_entries import RequestEntry

SELLERS = (1, 10, 30, 96, 140)
REPORT_TYPE = "_GET_SALES_AND_TRAFFIC_REPORT_"
SPAN = timedelta(minutes=15)
LATENCY = 300.0
_COLUMNS = (
    *("sellers", "runs", "granted", "allowed", "granted_ratio", "throttled", "failed_windows"),
    *("longest_wait_h", "wait_ratio", "cpu_s"),
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.application_limits", description=__doc__)
    parser.add_argument("--sellers", type=int, nargs="+", default=SELLERS)
    given = parser.parse_args()
    logging.disable()
    print("".join(f"{name:>15}" for name in _COLUMNS))
    results = []
    for sellers in given.sellers:
        row = measured(sellers)
        results.append(row)
        print("".join(f"{row[name]:>15}" for name in _COLUMNS), flush=True)
    print(json.dumps({"runs": results}))


def measured(sellers: int) -> dict[str, Any]:
    """Run until every seller has its report, and return the figures."""
    run = VirtualRun(Constant(LATENCY), sellers, "sp_api", report_types=(REPORT_TYPE,))
    run.want(1)
    started, cpu = run.clock.now(), time.process_time()
    state: dict[str, Any] | None = None
    runs, throttled = 0, 0
    while len(granted := _granted(run)) < sellers and runs < sellers:
        before = run.amazon.throttled
        state = run.run(state)
        runs += 1
        throttled = max(throttled, run.amazon.throttled - before)
    longest = max(granted) - started
    allowed = longest // SPAN + 1
    return {
        "sellers": sellers,
        "runs": runs,
        "granted": len(granted),
        "allowed": allowed,
        "granted_ratio": round(len(granted) / allowed, 3),
        "throttled": throttled,
        "failed_windows": _failed_windows(state or {}),
        "longest_wait_h": round(longest / timedelta(hours=1), 2),
        "wait_ratio": round((longest + SPAN) / (sellers * SPAN), 3),
        "cpu_s": round(time.process_time() - cpu, 1),
    }


def _granted(run: VirtualRun) -> list[datetime]:
    """Return when Amazon accepted the requests."""
    accounts = run.amazon.accounts.values()
    entries: Iterable[RequestEntry] = (
        each for account in accounts for each in account.requests.values()
    )
    return [each.submitted for each in entries if each.spec.report_type == REPORT_TYPE]


def _failed_windows(state: dict[str, Any]) -> int:
    return sum(
        len(partition.get("failed_windows", [])) + len(partition.get("given_up", []))
        for bookmark in state.get("bookmarks", {}).values()
        for partition in bookmark.get("partitions", [])
    )


if __name__ == "__main__":
    main()
