"""A backfill into a database that is killed repeatedly, and must be complete in the end.

`python -m benchmarks.kills` pipes the tap into target-duckdb, or with `--target postgres` into
target-postgres and a PostgreSQL server of its own, as a user would, and ends the tap, the target or
both by SIGKILL at random moments. Each new run starts from the last state that came out of the
target, which may be an old one. The sandbox keeps Amazon's real pace and quotas; time runs faster
for it and for the tap, so that hours pass in a minute. In the end the tables must equal those of
an undisturbed run, and each report must have been requested from Amazon once. Prints a
line for each run and, as its last line, one JSON object; fails if anything is wrong.

`make setup` makes the environment of target-duckdb, `make warehouse-setup` the others.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.killed_databases import DATABASES
from benchmarks.killed_load import Load

WINDOWS_PER_KILL = 0.8
"""The number of reports per type: enough for the last kill to interrupt something."""

VICTIMS = (("tap",), ("tap",), ("tap",), ("target",), ("tap", "target"))
KILL_WITHIN = (0.0, 4.0)  # seconds after the first call to Amazon
SPEED, REFERENCE_SPEED = 60.0, 300.0
MOST_RUNS_AFTER = 5
"""Runs after the last kill. One does; a target that was left with half a line needs another."""


def main() -> int:
    """Kill, compare, print; return the exit code."""
    parser = argparse.ArgumentParser(prog="benchmarks.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--target", choices=DATABASES, default="duckdb")
    parser.add_argument("--seed", type=int, default=1, help="of the moments and the victims")
    given = parser.parse_args()
    logging.disable()
    windows = max(3, round(given.kills * WINDOWS_PER_KILL))
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, DATABASES[given.target]() as make:
        calm, hunted = _made(folder, "undisturbed"), _made(folder, "killed")
        undisturbed = Load(calm, make(calm), windows, REFERENCE_SPEED)
        with undisturbed.served():
            undisturbed.run()
        killed = Load(hunted, make(hunted), windows, SPEED)
        with killed.served():
            kills = _disturb(killed, given.kills, random.Random(given.seed))  # noqa: S311
        figures = _figures(undisturbed, killed)
    figures = {"target": given.target, "kills": kills, **figures}
    print(json.dumps({**figures, "seconds": round(time.monotonic() - started)}))
    return 0 if _whole(figures, given.kills) else 1


def _made(folder: str, name: str) -> Path:
    directory = Path(folder) / name
    directory.mkdir()
    return directory


def _disturb(load: Load, kills: int, rng: random.Random) -> int:
    """Kill ``kills`` runs, then let one complete; return how many were killed."""
    print(f"{'run':>3}  {'kill':<12}{'after':>8}{'tap':>6}{'target':>8}  {'state':<6}{'asked':>6}")
    done = after_last = number = 0
    while after_last < MOST_RUNS_AFTER:
        number += 1
        victims, after = (), 0.0
        if done < kills:
            victims, after = rng.choice(VICTIMS), rng.uniform(*KILL_WITHIN)
        outcome = load.run(victims, after)
        was_killed = -signal.SIGKILL in {outcome.tap, outcome.target}
        done += was_killed
        after_last += not was_killed
        state = "new" if outcome.had_state else "old"
        print(
            f"{number:>3}  {'+'.join(victims) or '-':<12}{after:>7.2f}s{outcome.tap:>6}"
            f"{outcome.target:>8}  {state:<6}{load.requests().total():>6}",
            flush=True,
        )
        if outcome.tap == outcome.target == 0:
            break
    return done


def _figures(undisturbed: Load, killed: Load) -> dict[str, Any]:
    expected, there = undisturbed.contents(), killed.contents()
    missing = sum(
        (Counter(expected[each]) - Counter(there.get(each, ()))).total() for each in expected
    )
    surplus = sum(
        (Counter(there[each]) - Counter(expected.get(each, ()))).total() for each in there
    )
    asked = killed.requests()
    return {
        "tables": len(there),
        "rows": sum(map(len, there.values())),
        "missing_rows": missing,
        "surplus_rows": surplus,
        "reports": len(undisturbed.requests()),
        "requests": asked.total(),
        "asked_twice": sum(count > 1 for count in asked.values()),
        "throttled": killed.amazon.throttled,
    }


def _whole(figures: dict[str, Any], kills: int) -> bool:
    nothing_wrong = not any(
        figures[each] for each in ("missing_rows", "surplus_rows", "asked_twice")
    )
    complete = figures["kills"] == kills and figures["requests"] == figures["reports"]
    return nothing_wrong and complete and figures["rows"] > 0


if __name__ == "__main__":
    sys.exit(main())
