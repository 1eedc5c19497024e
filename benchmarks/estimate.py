"""How near the plan of a run comes to the run, in virtual time.

`python -m benchmarks.estimate` lets the tap learn how long reports take, asks for the plan of the
next run, and makes that run against the sandbox in the process: a backfill, one that goes on after
a kill, one with few requests open at a time, with the newest windows first, with snapshots. It
prints a table and, as its last line, one JSON object.
"""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.makespan import MEDIANS
from benchmarks.virtual_run import Lognormal, VirtualRun

NUMBERS = (10, 50, 125)
SPREAD = 0.05
LESSON = 125
WINDOW_DAYS = 7
"""Long enough for every report to have rows."""

SNAPSHOTS = (
    "_GET_AFN_INVENTORY_DATA_",
    "_GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA_",
    "_GET_MERCHANT_LISTINGS_ALL_DATA_",
)
_MEDIANS = {**MEDIANS, **dict.fromkeys(SNAPSHOTS, 240)}
_COLUMNS = ("scenario", "reports", "requests", "adopted", "planned_s", "took_s", "off")
_DAY, _IN_A_COOLDOWN = 24 * 3600, 15 * 60

State = dict[str, Any]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.estimate", description=__doc__)
    parser.add_argument("--reports", type=int, nargs="+", default=NUMBERS)
    parser.add_argument("--spread", type=float, default=SPREAD, help="of latencies, lognormal")
    given = parser.parse_args()
    logging.disable()
    print("".join(f"{name:>14}" for name in _COLUMNS))
    results = []
    for row in _rows(given.reports, given.spread):
        results.append(row)
        print("".join(f"{row[name]:>14}" for name in _COLUMNS), flush=True)
    print(json.dumps({"runs": results}))


def _rows(numbers: list[int], spread: float) -> Iterator[dict[str, Any]]:
    for reports in numbers:
        for name, scenario in SCENARIOS.items():
            yield {"scenario": name, **scenario(reports, Lognormal(_MEDIANS, spread))}


def _learned(pace: Lognormal, **settings: object) -> tuple[VirtualRun, State]:
    """Return an Amazon of which the tap knows how long its reports take, a day later."""
    run = VirtualRun(pace, window_days=WINDOW_DAYS, **settings)
    run.want(LESSON)
    state = run.run()
    run.clock.sleep(_DAY)
    return run, state


def compared(run: VirtualRun, state: State | None) -> dict[str, Any]:
    """Plan the next run, make it, and return the figures."""
    planned, started = run.plan(state), run.clock.now()
    run.run(state)
    expected, took = planned.expected.total_seconds(), (run.clock.now() - started).total_seconds()
    return {
        "reports": planned.reports,
        "requests": planned.requests,
        "adopted": planned.adopted,
        "planned_s": round(expected),
        "took_s": round(took),
        "off": round((expected - took) / took, 3),
    }


def _backfill(reports: int, pace: Lognormal) -> dict[str, Any]:
    run, state = _learned(pace)
    run.want(LESSON + reports)
    return compared(run, state)


def _killed(reports: int, pace: Lognormal) -> dict[str, Any]:
    """Half of the requests are made when the run is killed; it goes on two minutes later."""
    run, state = _learned(pace)
    run.want(LESSON + reports)
    state = run.run(state, dies_after=reports // 2 + 1)
    run.clock.sleep(120)
    return compared(run, state)


def _few_open(reports: int, pace: Lognormal) -> dict[str, Any]:
    run, state = _learned(pace, max_open=10)
    run.want(LESSON + reports)
    return compared(run, state)


def _newest_first(reports: int, pace: Lognormal) -> dict[str, Any]:
    run, state = _learned(pace, order="newest")
    run.want(LESSON + reports)
    return compared(run, state)


def _with_snapshots(reports: int, pace: Lognormal) -> dict[str, Any]:
    """One snapshot was taken just now, and is not due; two others are."""
    run, state = _learned(pace)
    run.also(SNAPSHOTS[0])
    state = run.run(state)
    run.clock.sleep(_IN_A_COOLDOWN)
    run.also(*SNAPSHOTS[1:])
    run.want(LESSON + reports)
    return compared(run, state)


SCENARIOS: dict[str, Callable[[int, Lognormal], dict[str, Any]]] = {
    "backfill": _backfill,
    "killed": _killed,
    "max_open 10": _few_open,
    "newest first": _newest_first,
    "snapshots": _with_snapshots,
}


if __name__ == "__main__":
    main()
