"""The result of many seeds: counted, printed, and judged."""

from __future__ import annotations

import gc
import json
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulation import checks
from simulation.fault_kinds import possible_kinds, possible_pairs
from simulation.scenario import Scenario, draw
from simulation.world import simulate

APIS = ("mws", "sp_api")
_GARBAGE = 100_000
"""The number of new objects after which Python collects garbage."""

ROOT = Path(__file__).parents[1]


@dataclass
class SeedResult:
    """The result of one seed."""

    seed: int
    api: str
    problems: list[str]
    counted: Counter[str]
    struck: Counter[str]
    pairs: set[tuple[str, str]]


@dataclass
class Report:
    """The results of many seeds."""

    seeds: int = 0
    failed: list[SeedResult] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    struck: dict[str, Counter[str]] = field(default_factory=dict)
    pairs: dict[str, set[tuple[str, str]]] = field(default_factory=dict)

    def add(self, result: SeedResult) -> None:
        """Count a seed."""
        self.seeds += 1
        self.counted += result.counted
        self.struck.setdefault(result.api, Counter()).update(result.struck)
        self.pairs.setdefault(result.api, set()).update(result.pairs)
        if result.problems:
            self.failed.append(result)

    def figures(self) -> dict[str, Any]:
        """Return what is printed as JSON."""
        kinds = {kind for struck in self.struck.values() for kind in struck}
        return {
            "seeds": self.seeds,
            "failed": len(self.failed),
            "kinds_struck": len(kinds),
            "pairs_met": {api: len(pairs) for api, pairs in sorted(self.pairs.items())},
            "pairs_possible": {api: len(possible_pairs(api)) for api in sorted(self.pairs)},
            **dict(self.counted),
            "commit": commit(),
        }

    def pairs_missed(self) -> dict[str, list[tuple[str, str]]]:
        """Return by service the pairs of kinds that did not occur together."""
        return {
            api: sorted(set(possible_pairs(api)).difference(met))
            for api, met in sorted(self.pairs.items())
        }

    def kinds_missed(self) -> dict[str, list[str]]:
        """Return by service the kinds that have not struck."""
        return {
            api: sorted(set(possible_kinds(api)).difference(struck))
            for api, struck in sorted(self.struck.items())
        }


def seed_range(text: str) -> range:
    """Parse ``1-500``, or a single seed."""
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def api_of(seed: int, chosen: str | None) -> str:
    """Return the service of a seed."""
    return chosen or APIS[seed % len(APIS)]


def run_seed(seed: int, api: str) -> SeedResult:
    """Simulate a seed over a service, and check the result."""
    return run_scenario(draw(seed, api))


def run_scenario(scenario: Scenario) -> SeedResult:
    """Simulate a scenario, and check the result."""
    world = simulate(scenario)
    return SeedResult(
        scenario.seed,
        scenario.api,
        list(dict.fromkeys(checks.problems(world))),
        checks.counted(world),
        world.struck,
        checks.met(world),
    )


def collect_seldom() -> None:
    """Collect garbage rarely, and never in modules, which saves a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GARBAGE)


def command(seed: int, api: str) -> str:
    """Return the command that runs a seed again."""
    return f"python -m simulation --seeds {seed} --api {api}"


def commit() -> str:
    """Return the commit of the tree, empty outside of a repository."""
    result = subprocess.run(
        ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"],  # noqa: S607 - the user's git
        capture_output=True,
        text=True,
        check=False,
    )
    return result.stdout.strip()


def as_json(report: Report) -> str:
    """Return the figures as one line."""
    return json.dumps(report.figures())
