"""A backfill that is stopped repeatedly by SIGTERM or SIGINT, and must be complete in the end.

`python -m benchmarks.stops` runs the real tap against the sandbox and stops it at random moments:
some while the process starts, the others after its first call to Amazon. Each run has to end within
`SOON`, with exit code 130 (0 if it was writing its last STATE), without a traceback, in a complete
line, and with a STATE after its last row; the next run continues from there. In the end the rows of
all runs must equal those of an undisturbed run, and each report must have been requested from
Amazon once. Prints a line for each run and, as its last line, one JSON object; fails if anything is
wrong.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.stopped_backfill import Backfill, Stopped

SIGNALS = (signal.SIGTERM, signal.SIGINT)
SOON = 5.0
"""Seconds from a signal to the end of the process."""

STARTING = 0.25
"""The share of the stops that fall into the start of a process, before its first call."""

STOP_WITHIN = 2.0  # seconds after the first call to Amazon
WINDOWS_PER_STOP = 0.2
"""The number of reports per type: enough for the last stop to interrupt something."""

SPEED, REFERENCE_SPEED = 60.0, 300.0
MOST_RUNS = 3  # for each stop: a run may be done before its moment


def main() -> int:
    """Stop, compare, print; return the exit code."""
    parser = argparse.ArgumentParser(prog="benchmarks.stops", description=__doc__)
    parser.add_argument("--stops", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1, help="of the moments and the signals")
    given = parser.parse_args()
    logging.disable()
    windows = max(3, round(given.stops * WINDOWS_PER_STOP))
    with tempfile.TemporaryDirectory() as folder:
        calm, disturbed = Path(folder, "calm"), Path(folder, "disturbed")
        undisturbed = Backfill(calm, windows, REFERENCE_SPEED)
        with undisturbed.served():
            undisturbed.run()
        backfill = Backfill(disturbed, windows, SPEED)
        with backfill.served():
            stops = _disturb(backfill, given.stops, random.Random(given.seed))  # noqa: S311
        figures = {**_figures(stops), **_compared(undisturbed, backfill)}
    print(json.dumps(figures))
    return 0 if _well(figures, given.stops) else 1


def _disturb(backfill: Backfill, stops: int, rng: random.Random) -> list[Stopped]:
    """Stop ``stops`` runs, then let one complete; return those that were stopped."""
    print(f"{'run':>3}  {'signal':<8}{'while':<10}{'after':>7}{'ended':>8}{'code':>6}{'asked':>7}")
    done: list[Stopped] = []
    for number in range(1, MOST_RUNS * stops + 1):
        signum, starting = rng.choice(SIGNALS), rng.random() < STARTING
        after = rng.uniform(0.0, backfill.start_seconds if starting else STOP_WITHIN)
        stopped = backfill.stop(signum, after, starting=starting)
        if stopped is not None:
            done.append(stopped)
            print(
                f"{number:>3}  {signum.name:<8}{'starting' if starting else 'running':<10}"
                f"{after:>6.2f}s{stopped.seconds:>7.2f}s{stopped.code:>6}"
                f"{backfill.requests().total():>7}{stopped.wrong and '  ' + stopped.wrong}",
                flush=True,
            )
        if len(done) == stops:
            break
    backfill.run()
    return done


def _figures(stops: list[Stopped]) -> dict[str, Any]:
    return {
        "stops": len(stops),
        "while_starting": sum(each.starting for each in stops),
        "codes": {str(code): count for code, count in Counter(e.code for e in stops).items()},
        "wrong": sum(bool(each.wrong) for each in stops),
        "late": sum(each.seconds > SOON for each in stops),
        "slowest_seconds": round(max((each.seconds for each in stops), default=0.0), 2),
    }


def _compared(undisturbed: Backfill, backfill: Backfill) -> dict[str, Any]:
    expected, there = undisturbed.contents(), backfill.contents()
    asked = backfill.requests()
    return {
        "rows": there.total(),
        "missing_rows": (expected - there).total(),
        "surplus_rows": (there - expected).total(),
        "reports": len(undisturbed.requests()),
        "requests": asked.total(),
        "asked_twice": sum(count > 1 for count in asked.values()),
    }


def _well(figures: dict[str, Any], stops: int) -> bool:
    nothing_wrong = not any(
        figures[each] for each in ("wrong", "late", "missing_rows", "surplus_rows", "asked_twice")
    )
    complete = figures["stops"] == stops and figures["requests"] == figures["reports"]
    return nothing_wrong and complete and figures["rows"] > 0


if __name__ == "__main__":
    sys.exit(main())
