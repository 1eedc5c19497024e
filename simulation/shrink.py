"""Find the fewest kinds of faults with which a scenario still fails."""

from __future__ import annotations

from collections.abc import Callable

from simulation.scenario import Scenario


def smallest(scenario: Scenario, fails: Callable[[Scenario], bool]) -> Scenario:
    """Return the scenario without every kind of fault that it does not need to fail.

    Halves are dropped first, then single kinds, until all remaining ones are needed.
    """
    kinds = scenario.kinds
    size = max(1, len(kinds) // 2)
    while True:
        dropped = False
        for start in range(0, len(kinds), size):
            fewer = kinds[:start] + kinds[start + size :]
            if fewer != kinds and fails(scenario.only(set(fewer))):
                kinds, dropped = fewer, True
                break
        if not dropped and size == 1:
            return scenario.only(set(kinds))
        if not dropped:
            size = max(1, size // 2)
