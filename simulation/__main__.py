"""Run the tap under every fault, seed by seed, and check that nothing is lost.

`python -m simulation --seeds 1-500` runs each seed over the service that the seed chooses;
`--api` over one. A seed that fails is printed with the commit and the command that repeats it;
`--shrink` finds the fewest kinds of faults with which it still fails. The last line is JSON.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import sys
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from itertools import islice, takewhile

from simulation import checks
from simulation.report import (
    APIS,
    Report,
    SeedResult,
    api_of,
    as_json,
    collect_seldom,
    command,
    commit,
    run_seed,
    seed_range,
)
from simulation.scenario import Scenario, draw
from simulation.shrink import smallest
from simulation.world import simulate

_SEEDS_PER_PROCESS = 250
"""Seeds per process: a new process releases memory and files."""

_SHOWN = 5  # problems of a seed
_MISSED_SHOWN = 200  # pairs of kinds of faults


def main() -> int:
    """Run the seeds, print and judge; return the exit code."""
    parser = argparse.ArgumentParser(prog="simulation", description=__doc__)
    parser.add_argument(
        "--seeds", type=seed_range, required=True, metavar="A-B", help="1-500, or 7"
    )
    parser.add_argument("--api", choices=APIS, help="left out: the seed chooses")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument(
        "--seconds",
        type=float,
        help="start no seed after this time; the last line says how many ran",
    )
    parser.add_argument("--shrink", action="store_true", help="of each seed that fails")
    parser.add_argument("--verbose", action="store_true", help="show the tap's log and each run")
    given = parser.parse_args()
    if given.verbose:
        logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(message)s")
    report = Report()
    for result in _results(given.seeds, given.api, given.jobs, given.seconds):
        report.add(result)
        if result.problems:
            _print_failure(result, shrink=given.shrink)
    if report.seeds < len(given.seeds):
        print(f"{report.seeds} of {len(given.seeds)} seeds in {given.seconds:.0f} seconds")
    for api, kinds in report.kinds_missed().items():
        if kinds:
            print(f"{api}: these kinds of faults did not strike: {', '.join(kinds)}")
    for api, pairs in report.pairs_missed().items():
        if pairs and len(pairs) <= _MISSED_SHOWN:
            print(
                f"{api}: these pairs did not occur together: {', '.join(map(' and '.join, pairs))}"
            )
    print(as_json(report))
    return 1 if report.failed else 0


def _results(
    seeds: range, api: str | None, jobs: int, seconds: float | None
) -> Iterator[SeedResult]:
    """Yield the result of each seed; start none after the time limit."""
    began = time.monotonic()
    work = iter([(seed, api_of(seed, api)) for seed in seeds])
    in_time = takewhile(lambda _: seconds is None or time.monotonic() - began < seconds, work)
    if jobs == 1:
        collect_seldom()
        yield from (run_seed(*each) for each in in_time)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        jobs, context, initializer=collect_seldom, max_tasks_per_child=_SEEDS_PER_PROCESS
    ) as pool:
        running = {pool.submit(run_seed, *each) for each in islice(in_time, 2 * jobs)}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            running |= {pool.submit(run_seed, *each) for each in islice(in_time, len(done))}
            yield from (each.result() for each in done)


def _print_failure(result: SeedResult, *, shrink: bool) -> None:
    print(f"seed={result.seed} api={result.api} commit={commit()}")
    for each in result.problems[:_SHOWN]:
        print(f"  {each}")
    print(f"  again: {command(result.seed, result.api)} --verbose")
    if shrink:
        found = smallest(draw(result.seed, result.api), _fails)
        print(f"  fails with these alone: {', '.join(found.kinds) or 'no fault'}")
    sys.stdout.flush()


def _fails(scenario: Scenario) -> bool:
    return bool(checks.problems(simulate(scenario)))


if __name__ == "__main__":
    sys.exit(main())
