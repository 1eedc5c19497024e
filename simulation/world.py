"""Run a scenario repeatedly, until the tap has nothing left to do."""

from __future__ import annotations

import copy
import io
import logging
import os
import random
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import tap_mws_reports.sandbox
from simulation.fault_kinds import MACHINE_TABLE, SERVICES, Counted, MachineFault, MachineKind
from simulation.process import (
    Connection,
    Killed,
    Machine,
    Pipe,
    SkewedClock,
    end_of_process,
    no_temporary_folder,
)
from simulation.scenario import NOW, Scenario
from simulation.target import ModelTarget
from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.errors import Incomplete, TapError
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.sandbox_sellers import SELLERS
from tap_mws_reports.streams.message_writer import Interrupted
from tap_mws_reports.tap import TapMwsReports

MOST_RUNS = 14
_MOST_DISTURBED = 5
"""The number of runs that wait for the faults that a seed tests."""

_LATE_ENOUGH: dict[Counted, int] = {"call": 5, "line": 5, "download": 1, "run": 0}
"""The call, line or download at which a fault of the machine strikes that has not done so yet."""

_LOGGED = 40
"""One in this many seeds of each service is logged at DEBUG."""

_CHECKED_TWICE = 4
"""One in this many seeds makes two successful runs, the second with nothing to do."""

_LATER = 7200.0
"""Seconds between two runs without faults."""

WRONG_BY = 240.0
_DOCUMENTS = "documents"
_MEMORY = Path("/dev/shm")  # noqa: S108 - each scenario has a folder of its own in it
"""Where there are files in memory: a scenario makes and removes hundreds of small ones."""


@dataclass
class RunEnd:
    """How a run ended, and how many calls it had made, lines and STATEs written.

    ``began`` is when it began, by Amazon's clock, ``state`` from which state, ``refused`` the
    calls that were refused.
    """

    how: str
    words: str = ""
    calls: int = 0
    lines: int = 0
    states: int = 0
    began: datetime = NOW
    state: dict[str, Any] | None = None
    refused: list[str] = field(default_factory=list)


@dataclass
class World:
    """The result of a scenario.

    ``ends`` says how each run ended, ``struck`` which kinds of faults did how often. ``jitter`` is
    the chance by which the tap spreads its retries; ``disturbed`` says that faults still come.
    """

    scenario: Scenario
    amazon: Amazon
    clock: VirtualClock
    target: ModelTarget
    folder: Path
    ends: list[RunEnd] = field(default_factory=list)
    machine_struck: Counter[str] = field(default_factory=Counter)
    log: io.StringIO = field(default_factory=io.StringIO)
    disturbed: bool = True
    files: dict[str, bytes] = field(default_factory=dict)
    """The documents that the tap has kept as files, by name."""
    jitter: random.Random = field(default_factory=lambda: random.Random(0))

    @property
    def states_of_first_run(self) -> int:
        """How many STATEs the first run wrote."""
        return self.ends[0].states

    @property
    def struck(self) -> Counter[str]:
        """How often each kind of fault has struck."""
        of_amazon = {kind.value: count for kind, count in self.amazon.faults.struck.items()}
        return Counter(of_amazon) + self.machine_struck


def run(scenario: Scenario, folder: Path, target: ModelTarget | None = None) -> World:
    """Run a scenario to its end.

    Args:
        scenario: what happens.
        folder: an empty folder, for the files of BATCH messages and for documents.
        target: another one than the scenario's.
    """
    rng = random.Random(f"{scenario.seed}/target")
    members = {region: SELLERS[region] for region in scenario.regions}
    faults = [replace(each) for each in scenario.faults]
    amazon = Amazon(NOW, scenario.world, scenario.pace, faults, members, fault_seed=scenario.seed)
    target = target or ModelTarget(rng, scenario.flushes)
    world = World(scenario, amazon, VirtualClock(NOW), target, folder)
    for number, pause in enumerate(scenario.pauses):
        _run_once(world, number)
        world.clock.sleep(pause)
    while _still_needed(world) and len(world.ends) < _MOST_DISTURBED:
        _run_once(world, len(world.ends))
        world.clock.sleep(_LATER)
    amazon.faults.replace(())
    world.disturbed = False
    quiet, enough = 0, 1 + (scenario.seed % _CHECKED_TWICE == 0)
    while quiet < enough and len(world.ends) < MOST_RUNS:
        world.clock.sleep(_LATER)
        end = _run_once(world, len(world.ends))
        quiet = quiet + 1 if end.how == "done" else 0
    world.files = {each.name: each.read_bytes() for each in (folder / _DOCUMENTS).glob("*")}
    return world


def _still_needed(world: World) -> set[str]:
    """Return the kinds that the seed is there for and that have not struck, while there are faults.

    Those whose fault has been taken back, because all must heal in the end, are not needed.
    """
    return set(world.scenario.needed.difference(world.struck)) if world.disturbed else set()


def _machine_faults(world: World, number: int) -> list[MachineFault]:
    """Return what happens to the machine in a run; one that was added gets a kind still needed."""
    if number < len(world.scenario.pauses):
        return [each for each in world.scenario.machine if each.run == number]
    needed = _still_needed(world)
    kind = next((each for each in MachineKind if each.value in needed), None)
    if kind is None:
        return []
    return [MachineFault(kind, number, _LATE_ENOUGH[MACHINE_TABLE[kind].counted])]


def _run_once(world: World, number: int) -> RunEnd:
    """Run the tap once from the state that the target has, and return how it ended."""
    machine = Machine(_machine_faults(world, number), world.machine_struck)
    wrong_by = WRONG_BY if machine.has(MachineKind.CLOCK_WRONG) else 0.0
    pipe, states_before = Pipe(machine, world.target.receive), len(world.target.states)
    began, state = world.clock.now(), world.target.state
    with ExitStack() as stack:
        if machine.has(MachineKind.NO_TEMPORARY_FOLDER):
            stack.enter_context(no_temporary_folder())
        connection = Connection(
            world.amazon, world.clock, machine, lambda: _second_tap(world, connection)
        )
        clock = SkewedClock(world.clock, wrong_by)
        end = _synced(world, connection, clock, pipe)
    if machine.dead or pipe.closed_by_target:
        world.target.killed()
    else:
        world.target.commit()
    pipe.close()
    end_of_process()
    end.calls, end.lines = connection.calls, pipe.lines
    end.states = len(world.target.states) - states_before
    end.began, end.state, end.refused = began, state, connection.refused
    world.ends.append(end)
    return end


def _second_tap(world: World, first: Connection) -> None:
    """Run another tap from the target's state, within a call of the first one.

    Its rows go to the target as well, its STATE does not: the first tap's is written later.
    """
    lines: list[bytes] = []
    machine = Machine((), world.machine_struck)
    connection = Connection(world.amazon, world.clock, machine, lambda: None)
    pipe = Pipe(machine, lines.append)
    _synced(world, connection, SkewedClock(world.clock, 0.0), pipe)
    pipe.close()
    for line in lines:
        if not line.startswith(b'{"type":"STATE"'):
            world.target.receive(line)
    del first


def _synced(world: World, connection: Connection, clock: Any, pipe: Pipe) -> RunEnd:  # noqa: ANN401
    config = {**world.scenario.config, "documents_directory": str(world.folder / _DOCUMENTS)}
    if "batch_config" in config:
        config = copy.deepcopy(config)
        config["batch_config"]["storage"]["root"] = world.folder.as_uri()
    with (
        patch.object(tap_mws_reports.sandbox, "adapter", lambda _clock: connection),
        patch("tap_mws_reports.tap.make_clock", lambda _config: clock),
        patch(
            "signal.signal", lambda *_: None
        ),  # a signal is meant for the simulation, not for one of its taps
        patch("tap_mws_reports.connection.factory._rng", lambda: world.jitter),
        redirect_stdout(io.TextIOWrapper(cast("Any", pipe), write_through=True)) as out,
    ):
        try:
            TapMwsReports(config=config, state=copy.deepcopy(world.target.state)).sync_to_the_end()
        except BaseException as error:  # noqa: BLE001 - each is judged
            return _end_of(error)
        finally:
            out.detach()
    return RunEnd("done")


def _end_of(error: BaseException) -> RunEnd:
    match error:
        case Killed():
            return RunEnd("killed")
        case Interrupted():
            return RunEnd("stopped")
        case MemoryError():
            return RunEnd("out of memory")
        case Incomplete():
            return RunEnd("incomplete", str(error))
        case TapError():
            return RunEnd("failed", f"{error.code}: {error}")
    return RunEnd("crashed", "".join(traceback.format_exception(error)[-6:]))


@contextmanager
def logged(log: io.StringIO | None) -> Iterator[None]:
    """Keep the log at the level DEBUG, or none unless it is shown."""
    if log is None:
        if not logging.getLogger().handlers:
            logging.disable()
        try:
            yield
        finally:
            logging.disable(logging.NOTSET)
        return
    root, handler = logging.getLogger(), logging.StreamHandler(log)
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.setLevel(before)
        root.removeHandler(handler)


@contextmanager
def temporary_files_in(folder: str) -> Iterator[None]:
    """Put the tap's temporary files into a folder, where it also finds those of other runs."""
    with patch.object(tempfile, "tempdir", folder):
        yield


def simulate(scenario: Scenario, target: ModelTarget | None = None) -> World:
    """Run a scenario in its own folder; of each service some seeds are logged at DEBUG."""
    log = io.StringIO() if scenario.seed % _LOGGED < SERVICES else None
    place = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=place) as folder, temporary_files_in(folder), logged(log):
        world = run(scenario, Path(folder), target)
    if log is not None:
        world.log = log
    return world
