"""How long a backfill takes, beside the bound that the quotas set, in virtual time.

`python -m benchmarks.makespan --api mws|sp_api` runs the real tap against the sandbox in the
process for several numbers of reports and latencies, prints a table and, as its last line, one JSON
object. Quotas are each seller's own, so several sellers together are to take as long as one: each
number of `--sellers` is a row of its own, with the same bound. Calls and documents take the seconds
of `--call-time` and `--download-time`: on a clock on which they take none, some faults do not show.
"""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any

from benchmarks.quota_bound import bound, peak
from benchmarks.virtual_run import REPORT_TYPES, Constant, Lognormal, VirtualRun
from tap_mws_reports.api.interface import ThrottledCall
from tap_mws_reports.connection import quotas
from tap_mws_reports.sandbox.sandbox_config import APIS

NUMBERS = (10, 50, 125, 600)
LATENCIES = (30, 300, 1800)  # seconds
MEDIANS = dict(zip(REPORT_TYPES, (30, 120, 300, 900, 1800), strict=True))
SPREAD = 0.3
LESSON = 25
"""Reports of an earlier run, from which the tap has learned how long each type takes."""

SELLERS = (2,)
EACH = 50
"""Reports of each seller, where there are several."""

POLLS = {"mws": ("GetReportRequestList",), "sp_api": ("getReport", "getReports")}
"""The operations that show whether reports are ready."""

REQUESTS = {"mws": "RequestReport", "sp_api": "createReport"}

_COLUMNS = ("sellers", "reports", "latency_s", "bound_s", "makespan_s", "ratio", "peak_in_flight")
_COUNTS = ("throttled", "polls", "second_run")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.makespan", description=__doc__)
    parser.add_argument("--api", choices=APIS, default=APIS[0], help="the service that answers")
    parser.add_argument("--reports", type=int, nargs="+", default=NUMBERS)
    parser.add_argument("--seed", type=int, default=1, help="of the latencies that are mixed")
    parser.add_argument("--sellers", type=int, nargs="+", default=SELLERS, help="how many together")
    parser.add_argument("--call-time", type=float, default=0.0, help="seconds of each call")
    parser.add_argument("--download-time", type=float, default=0.0, help="seconds of each document")
    given = parser.parse_args()
    logging.disable()
    print("".join(f"{name:>15}" for name in (*_COLUMNS, *_COUNTS)))
    results = []
    times = {"call_time": given.call_time, "download_time": given.download_time}
    for row in _rows(given, times):
        results.append(row)
        print("".join(f"{row[name]:>15}" for name in (*_COLUMNS, *_COUNTS)), flush=True)
    print(json.dumps({"api": given.api, **times, "runs": results}))


def _rows(given: argparse.Namespace, times: Mapping[str, float]) -> Iterator[dict[str, Any]]:
    api, mix = given.api, Lognormal(MEDIANS, SPREAD)
    for reports in given.reports:
        for seconds in LATENCIES:
            run = VirtualRun(Constant(seconds), api=api, **times)
            yield {"latency_s": seconds, **measured(run, reports)}
        mixed = VirtualRun(mix, api=api, seed=given.seed, **times)
        yield {"latency_s": "mix", **measured(mixed, reports)}
        learned = VirtualRun(mix, api=api, seed=given.seed, **times)
        learned.want(LESSON)
        state = learned.run()
        learned.clock.sleep(24 * 3600)
        yield {"latency_s": "mix, learned", **measured(learned, LESSON + reports, state)}
    for sellers in given.sellers:
        for seconds in LATENCIES:
            run = VirtualRun(Constant(seconds), sellers, api, **times)
            yield {"latency_s": seconds, **measured(run, EACH, sellers=sellers)}


def measured(
    run: VirtualRun, reports: int, state: dict[str, Any] | None = None, sellers: int = 1
) -> dict[str, Any]:
    """Run a backfill, and half an hour later once more, and return the figures."""
    before, started = run.amazon.calls.copy(), run.clock.now()
    run.want(reports)
    state = run.run(state)
    makespan = (run.clock.now() - started).total_seconds()
    calls = run.amazon.calls - before
    intervals = run.amazon.intervals(since=started)
    latencies = [(end - start).total_seconds() for start, end in intervals]
    # No seller's bound is another's: all may end when one may.
    of_one = sorted(latencies, reverse=True)[: ceil(len(latencies) / sellers)]
    lowest = bound(quotas({"api": run.api})[ThrottledCall.REQUEST], of_one)
    run.clock.sleep(1800)
    run.run(state)
    return {
        "sellers": sellers,
        "reports": len(intervals),
        "bound_s": round(lowest),
        "makespan_s": round(makespan),
        "ratio": round(makespan / lowest, 3),
        "peak_in_flight": peak(intervals),
        "throttled": run.amazon.throttled,
        "polls": sum(calls[name] for name in POLLS[run.api]),
        "second_run": (run.amazon.calls - before - calls)[REQUESTS[run.api]],
    }


if __name__ == "__main__":
    main()
