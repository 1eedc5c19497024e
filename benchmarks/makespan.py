"""How long a backfill takes, beside the bound that the quotas set, in virtual time.

`python -m benchmarks.makespan` runs the real tap against the sandbox in the process for several
numbers of reports and latencies, prints a table and, as its last line, one JSON object.
"""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Iterator
from typing import Any

from benchmarks.quota_bound import bound, peak
from benchmarks.virtual_run import REPORT_TYPES, Constant, Lognormal, VirtualRun
from tap_mws_reports.api.mws.operations import OPERATIONS

NUMBERS = (10, 50, 125, 600)
LATENCIES = (30, 300, 1800)  # seconds
MEDIANS = dict(zip(REPORT_TYPES, (30, 120, 300, 900, 1800), strict=True))
SPREAD = 0.3
LESSON = 25
"""Reports of an earlier run, from which the tap has learned how long each type takes."""

_QUOTA = OPERATIONS["RequestReport"].quota
_COLUMNS = ("reports", "latency_s", "bound_s", "makespan_s", "ratio", "peak_in_flight")
_COUNTS = ("throttled", "polls", "second_run")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.makespan", description=__doc__)
    parser.add_argument("--reports", type=int, nargs="+", default=NUMBERS)
    given = parser.parse_args()
    logging.disable()
    print("".join(f"{name:>15}" for name in (*_COLUMNS, *_COUNTS)))
    results = []
    for row in _rows(given.reports):
        results.append(row)
        print("".join(f"{row[name]:>15}" for name in (*_COLUMNS, *_COUNTS)), flush=True)
    print(json.dumps({"api": "mws", "runs": results}))


def _rows(numbers: list[int]) -> Iterator[dict[str, Any]]:
    for reports in numbers:
        for seconds in LATENCIES:
            yield {"latency_s": seconds, **measured(VirtualRun(Constant(seconds)), reports)}
        yield {"latency_s": "mix", **measured(VirtualRun(Lognormal(MEDIANS, SPREAD)), reports)}
        learned = VirtualRun(Lognormal(MEDIANS, SPREAD))
        learned.want(LESSON)
        state = learned.run()
        learned.clock.sleep(24 * 3600)
        yield {"latency_s": "mix, learned", **measured(learned, LESSON + reports, state)}


def measured(run: VirtualRun, reports: int, state: dict[str, Any] | None = None) -> dict[str, Any]:
    """Run a backfill, and half an hour later once more, and return the figures."""
    before, started = run.amazon.calls.copy(), run.clock.now()
    run.want(reports)
    state = run.run(state)
    makespan = (run.clock.now() - started).total_seconds()
    calls = run.amazon.calls - before
    spans = run.amazon.spans(since=started)
    lowest = bound(_QUOTA, [(end - start).total_seconds() for start, end in spans])
    run.clock.sleep(1800)
    run.run(state)
    return {
        "reports": len(spans),
        "bound_s": round(lowest),
        "makespan_s": round(makespan),
        "ratio": round(makespan / lowest, 3),
        "peak_in_flight": peak(spans),
        "throttled": run.amazon.throttled,
        "polls": calls["GetReportRequestList"],
        "second_run": (run.amazon.calls - before - calls)["RequestReport"],
    }


if __name__ == "__main__":
    main()
