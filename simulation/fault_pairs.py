"""The pairs of fault kinds that a seed tests, so that a range of seeds tests all of them."""

from __future__ import annotations

from itertools import combinations

from simulation.machine_faults import MachineKind
from tap_mws_reports.sandbox.fault_table import FAULT_TABLE
from tap_mws_reports.sandbox.faults import FaultKind

PAIRS_PER_SEED = 10
"""Neighbours in the list of all pairs: most of them share a kind."""

_UNDISTURBED = 8
"""One in this many seeds of a service has no faults."""

SERVICES = 2
"""The number of services; a seed's number decides its service."""

UNPROVABLE = {"sp_api": frozenset({FaultKind.FLIPPED}), "mws": frozenset[FaultKind]()}
"""Damage that cannot be detected: SP-API sends no checksum of a plain document."""


def sandbox_kinds(api: str) -> list[FaultKind]:
    """Return the kinds of faults that the sandbox has for a service."""
    return [
        kind
        for kind, facts in FAULT_TABLE.items()
        if api in facts.services and kind not in UNPROVABLE[api]
    ]


def possible_kinds(api: str) -> list[str]:
    """Return the kinds of faults that a service can have, and those of the machine."""
    of_sandbox = [kind.value for kind in sandbox_kinds(api)]
    return sorted([*of_sandbox, *(kind.value for kind in MachineKind)])


def possible_pairs(api: str) -> list[tuple[str, str]]:
    """Return all pairs of different kinds that can meet in a seed."""
    return list(combinations(possible_kinds(api), 2))


def is_undisturbed(seed: int) -> bool:
    """Whether a seed has no faults."""
    return seed // SERVICES % _UNDISTURBED == 0


def pairs_of(seed: int, api: str) -> list[tuple[str, str]]:
    """Return the pairs that a seed tests; a range of 500 seeds tests all."""
    if is_undisturbed(seed):
        return []
    pairs = possible_pairs(api)
    number = seed // SERVICES
    turn = number - number // _UNDISTURBED - 1
    first = turn * PAIRS_PER_SEED % (len(pairs) + -len(pairs) % PAIRS_PER_SEED)
    return pairs[first : first + PAIRS_PER_SEED]
