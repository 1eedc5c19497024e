"""Interrupt a run at every possible point, and resume it.

`python -m simulation.moments --seeds 1-20 --kind kill` kills a run before and after every call and
within every line of its output; `--kind stop` asks it to stop at every call; `--kind state` resumes
from every STATE that it wrote. Each seed is tried over both services. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import logging
import multiprocessing
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from simulation import checks
from simulation.fault_kinds import MachineFault, MachineKind
from simulation.report import APIS, commit, seed_range
from simulation.scenario import Scenario, draw
from simulation.target import ModelTarget, OlderTarget
from simulation.truth import LIFECYCLE
from simulation.world import World, simulate

_PAUSE = 95.0
"""Seconds from the disturbance to the next run."""

_K = MachineKind
Moment = tuple[Scenario, int | None]
"""A scenario, and which STATE its target keeps, if not the last."""


def main() -> int:
    """Try every moment of every seed; return the exit code."""
    parser = argparse.ArgumentParser(prog="simulation.moments", description=__doc__)
    parser.add_argument("--seeds", type=seed_range, required=True, metavar="A-B")
    parser.add_argument("--kind", choices=list(MOMENTS), required=True)
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    given = parser.parse_args()
    work = [(seed, api, given.kind) for seed in given.seeds for api in APIS]
    counted: Counter[str] = Counter()
    context = multiprocessing.get_context("spawn")
    with context.Pool(given.jobs, maxtasksperchild=1) as pool:
        for found, failures in pool.imap_unordered(_try_seed, work):
            counted += found
            for each in failures:
                print(each, flush=True)
    figures = {"kind": given.kind, "seeds": len(given.seeds), **counted, "commit": commit()}
    print(json.dumps({"failed": 0, **figures}))
    return 1 if counted["failed"] else 0


def undisturbed(seed: int, api: str) -> Scenario:
    """Return the scenario of a seed without faults."""
    return replace(draw(seed, api).only(set()), pauses=(_PAUSE,), flushes=1.0)


def _try_seed(work: tuple[int, str, str]) -> tuple[Counter[str], list[str]]:
    seed, api, kind = work
    logging.disable()
    scenario = undisturbed(seed, api)
    counted, failures = Counter[str](), []
    for moment in MOMENTS[kind](scenario, simulate(scenario)):
        disturbed, state = moment
        world = simulate(disturbed, None if state is None else OlderTarget(state))
        counted["moments"] += 1
        counted["rows_twice"] += rows_twice(world.target)
        if wrong := checks.problems(world):
            counted["failed"] += 1
            place = disturbed.machine or f"STATE {state}"
            failures.append(f"seed={seed} api={api} {place}: {wrong[0]}")
    return counted, failures


def rows_twice(target: ModelTarget) -> int:
    """Return how many rows were written more than once to their tables."""
    rows = Counter(
        (stream, record.get("_report_id"), record.get("_row_number"), key)
        for stream, history in target.history.items()
        if stream not in LIFECYCLE
        for key, record in history
    )
    return rows.total() - len(rows)


def _kills(scenario: Scenario, world: World) -> Iterator[Moment]:
    first = world.ends[0]
    for kind in (_K.KILL_BEFORE_CALL, _K.KILL_AFTER_CALL):
        for number in range(first.calls):
            yield replace(scenario, machine=(MachineFault(kind, 0, number),)), None
    for number in range(1, first.lines + 1):
        yield replace(scenario, machine=(MachineFault(_K.KILL_IN_LINE, 0, number),)), None


def _stops(scenario: Scenario, world: World) -> Iterator[Moment]:
    for number in range(world.ends[0].calls):
        yield replace(scenario, machine=(MachineFault(_K.STOP, 0, number),)), None


def _states(scenario: Scenario, world: World) -> Iterator[Moment]:
    for number in range(world.states_of_first_run):
        yield scenario, number


MOMENTS: dict[str, Callable[[Scenario, World], Iterator[Moment]]] = {
    "kill": _kills,
    "stop": _stops,
    "state": _states,
}

if __name__ == "__main__":
    sys.exit(main())
