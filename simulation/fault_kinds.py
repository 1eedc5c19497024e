"""The kinds of faults: a table of those of the machine, and the pairs that a seed tests.

A range of seeds tests all pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from itertools import combinations
from typing import Literal, NamedTuple

from tap_mws_reports.sandbox.faults import FAULT_TABLE, FaultKind

Counted = Literal["call", "line", "download", "run"]


class MachineFacts(NamedTuple):
    """The event of which a fault waits for the n-th one, and its effect."""

    counted: Counted
    effect: str


class MachineKind(Enum):
    """A kind of fault of the machine."""

    KILL_BEFORE_CALL = "kill_before_call"
    KILL_AFTER_CALL = "kill_after_call"
    KILL_IN_LINE = "kill_in_line"
    STOP = "stop"
    TARGET_GONE = "target_gone"
    DISK_FULL = "disk_full"
    NO_TEMPORARY_FOLDER = "no_temporary_folder"
    OUT_OF_MEMORY = "out_of_memory"
    SUSPENDED = "suspended"
    CLOCK_WRONG = "clock_wrong"
    SECOND_TAP = "second_tap"


_K = MachineKind
MACHINE_TABLE: dict[MachineKind, MachineFacts] = {
    _K.KILL_BEFORE_CALL: MachineFacts("call", "the tap is killed before a call to Amazon"),
    _K.KILL_AFTER_CALL: MachineFacts("call", "the tap is killed before it reads an answer"),
    _K.KILL_IN_LINE: MachineFacts("line", "the tap is killed within a line of its output"),
    _K.STOP: MachineFacts("call", "the tap receives a stop signal, as by SIGTERM"),
    _K.TARGET_GONE: MachineFacts("line", "the target is killed: its pipe is closed"),
    _K.DISK_FULL: MachineFacts("download", "the disk has no space for a document"),
    _K.NO_TEMPORARY_FOLDER: MachineFacts("run", "the folder for temporary files is missing"),
    _K.OUT_OF_MEMORY: MachineFacts("call", "an allocation fails"),
    _K.SUSPENDED: MachineFacts("call", "the machine sleeps for three hours"),
    _K.CLOCK_WRONG: MachineFacts("run", "the machine's clock is wrong by some minutes"),
    _K.SECOND_TAP: MachineFacts("call", "another tap with the same state runs at the same time"),
}


@dataclass(frozen=True, slots=True)
class MachineFault:
    """A fault of one run: at the n-th call, line or download of that run, counted from 0."""

    kind: MachineKind
    run: int
    at: int = 0


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
