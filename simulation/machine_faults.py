"""The faults of the machine that the tap runs on, as a table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal, NamedTuple

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
