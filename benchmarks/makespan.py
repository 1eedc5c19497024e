"""How long a backfill takes, beside the bound that the quotas set, in virtual time.

`python -m benchmarks.makespan --api mws|sp_api` runs the real tap against the sandbox in the
process for several numbers of reports and latencies, prints a table and, as its last line, one JSON
object. Quotas are each seller's own, so several sellers together are to take as long as one, which
``sellers`` tells by the same figures and by ``ratio_to_one``, makespan to makespan.
"""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Iterator
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

SELLERS = 2

LOOKS = {"mws": ("GetReportRequestList",), "sp_api": ("getReport", "getReports")}
"""The operations that tell whether reports are ready."""

REQUESTS = {"mws": "RequestReport", "sp_api": "createReport"}

_COLUMNS = ("reports", "latency_s", "bound_s", "makespan_s", "ratio", "peak_in_flight")
_COUNTS = ("throttled", "polls", "second_run")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.makespan", description=__doc__)
    parser.add_argument("--api", choices=APIS, default=APIS[0], help="the service that answers")
    parser.add_argument("--reports", type=int, nargs="+", default=NUMBERS)
    parser.add_argument("--seed", type=int, default=1, help="of the latencies that are mixed")
    parser.add_argument("--sellers", type=int, default=SELLERS, help="how many together")
    given = parser.parse_args()
    logging.disable()
    print("".join(f"{name:>15}" for name in (*_COLUMNS, *_COUNTS)))
    results = []
    for row in _rows(given.api, given.reports, given.seed):
        results.append(row)
        print("".join(f"{row[name]:>15}" for name in (*_COLUMNS, *_COUNTS)), flush=True)
    together = _together(given.api, given.sellers, results)
    several = f"{together['sellers']} sellers of {together['reports']} reports in all"
    print(f"{several}: {together['makespan_s']} s, {together['ratio_to_one']} times one seller")
    print(json.dumps({"api": given.api, "runs": results, "sellers": together}))


def _rows(api: str, numbers: list[int], seed: int) -> Iterator[dict[str, Any]]:
    for reports in numbers:
        for seconds in LATENCIES:
            yield {
                "latency_s": seconds,
                **measured(VirtualRun(Constant(seconds), api=api), reports),
            }
        mixed = VirtualRun(Lognormal(MEDIANS, SPREAD), api=api, seed=seed)
        yield {"latency_s": "mix", **measured(mixed, reports)}
        learned = VirtualRun(Lognormal(MEDIANS, SPREAD), api=api, seed=seed)
        learned.want(LESSON)
        state = learned.run()
        learned.clock.sleep(24 * 3600)
        yield {"latency_s": "mix, learned", **measured(learned, LESSON + reports, state)}


def _together(api: str, sellers: int, of_one: list[dict[str, Any]]) -> dict[str, Any]:
    """Measure several sellers, each of whom wants what one did alone in the longest steady run."""
    steady = [row for row in of_one if row["latency_s"] in LATENCIES]
    alone = max(steady, key=lambda row: row["makespan_s"])
    run = VirtualRun(Constant(alone["latency_s"]), sellers, api)
    together = measured(run, alone["reports"])
    return {
        "sellers": sellers,
        "latency_s": alone["latency_s"],
        **together,
        # No seller's bound is another's: all may end when one may.
        "bound_s": alone["bound_s"],
        "ratio": round(together["makespan_s"] / alone["bound_s"], 3),
        "ratio_to_one": round(together["makespan_s"] / alone["makespan_s"], 3),
    }


def measured(run: VirtualRun, reports: int, state: dict[str, Any] | None = None) -> dict[str, Any]:
    """Run a backfill, and half an hour later once more, and return the figures."""
    before, started = run.amazon.calls.copy(), run.clock.now()
    run.want(reports)
    state = run.run(state)
    makespan = (run.clock.now() - started).total_seconds()
    calls = run.amazon.calls - before
    intervals = run.amazon.intervals(since=started)
    latencies = [(end - start).total_seconds() for start, end in intervals]
    lowest = bound(quotas({"api": run.api})[ThrottledCall.REQUEST], latencies)
    run.clock.sleep(1800)
    run.run(state)
    return {
        "reports": len(intervals),
        "bound_s": round(lowest),
        "makespan_s": round(makespan),
        "ratio": round(makespan / lowest, 3),
        "peak_in_flight": peak(intervals),
        "throttled": run.amazon.throttled,
        "polls": sum(calls[name] for name in LOOKS[run.api]),
        "second_run": (run.amazon.calls - before - calls)[REQUESTS[run.api]],
    }


if __name__ == "__main__":
    main()
