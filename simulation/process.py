"""One run of the tap as a process: its output, its calls, and the faults that can end it."""

from __future__ import annotations

import io
import os
import resource
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import requests

from benchmarks.virtual_run import is_download
from simulation.fault_kinds import MachineFault, MachineKind
from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.sandbox.adapter import SandboxAdapter
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.streams.message_writer import Interrupted

_ASLEEP = timedelta(hours=3).total_seconds()
_ROOM = 64
"""Bytes of a file for which a full disk has room."""

_REFUSED = 400
"""The status of a call that Amazon refuses, for whatever reason."""

_K = MachineKind


class Killed(BaseException):
    """The process was killed: none of its later actions count."""


class Machine:
    """The machine of one run, with its faults.

    Args:
        faults: those of this run.
        struck: counts the kinds that have struck.
    """

    def __init__(self, faults: Collection[MachineFault], struck: Counter[str]) -> None:
        self._faults = list(faults)
        self._struck = struck
        self.dead = False

    def has(self, kind: MachineKind) -> bool:
        """Whether a fault holds for the whole run; it is counted."""
        return self.strikes(kind, 0)

    def strikes(self, kind: MachineKind, number: int) -> bool:
        """Whether a fault strikes at the n-th call, line or download; it does so once."""
        for fault in self._faults:
            if fault.kind is kind and number >= fault.at:
                self._faults.remove(fault)
                self._struck[kind.value] += 1
                return True
        return False

    def kill(self) -> None:
        """End the process."""
        self.dead = True
        raise Killed

    def check(self) -> None:
        """Raise in a process that has been killed."""
        if self.dead:
            raise Killed


class Pipe(io.RawIOBase):
    """The tap's stdout: whole lines go to the target, until the tap or the target has ended.

    ``closed_by_target`` says that the target was killed; ``lines`` counts those that came.
    """

    def __init__(self, machine: Machine, receive: Callable[[bytes], None]) -> None:
        self._machine = machine
        self._receive = receive
        self._rest = b""
        self.lines = 0
        self.closed_by_target = False
        self._null = os.open(os.devnull, os.O_WRONLY)

    def writable(self) -> bool:
        """Whether it can be written to."""
        return True

    def fileno(self) -> int:
        """The file that the tap points elsewhere when its target is gone."""
        return self._null

    def close(self) -> None:
        """Close it."""
        if not self.closed:
            os.close(self._null)
        super().close()

    def write(self, data: Any) -> int:  # noqa: ANN401 - any buffer
        """Take in bytes, line by line."""
        self._machine.check()
        if self.closed_by_target:
            raise BrokenPipeError
        *lines, self._rest = (self._rest + bytes(data)).split(b"\n")
        for line in lines:
            self.lines += 1
            if self._machine.strikes(_K.KILL_IN_LINE, self.lines):
                self._machine.kill()
            if self._machine.strikes(_K.TARGET_GONE, self.lines):
                self.closed_by_target = True
                raise BrokenPipeError
            self._receive(line)
        return len(data)


class SkewedClock(VirtualClock):
    """A machine's clock that differs from Amazon's by some seconds."""

    def __init__(self, true: VirtualClock, wrong_by: float) -> None:
        super().__init__(true.now())
        self._true = true
        self._wrong_by = timedelta(seconds=wrong_by)

    def now(self) -> datetime:
        """Return the time that this machine shows."""
        return self._true.now() + self._wrong_by

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self._true.sleep(seconds)

    def listen(self, seconds: float, receive: Callable[[float], Any]) -> Any:  # noqa: ANN401
        """Let time pass, then take what has arrived."""
        return self._true.listen(seconds, receive)


class Connection(SandboxAdapter):
    """The calls of one run.

    Args:
        amazon: answers.
        clock: Amazon's.
        machine: what happens at a call.
        second_tap: runs another tap from the state that the target has.

    ``calls`` counts them, ``refused`` has address and body of those that Amazon refused.
    """

    def __init__(
        self,
        amazon: Amazon,
        clock: VirtualClock,
        machine: Machine,
        second_tap: Callable[[], None],
    ) -> None:
        super().__init__(amazon, clock)
        self._passing = clock
        self._machine = machine
        self._second_tap = second_tap
        self.calls = self._downloads = 0
        self.refused: list[str] = []

    def send(
        self,
        request: requests.PreparedRequest,
        *args: Any,  # noqa: ANN401 - as `requests` calls it
        **options: Any,  # noqa: ANN401
    ) -> requests.Response:
        """Return the sandbox's answer."""
        _limit_files(None)
        self._machine.check()
        number = self.calls
        self.calls += 1
        self._before(number)
        answer = super().send(request, *args, **options)
        if answer.status_code == _REFUSED:
            self.refused.append(f"{request.url} {request.body!r}")
        if self._machine.strikes(_K.KILL_AFTER_CALL, number):
            self._machine.kill()
        if is_download(request):
            self._downloads += 1
            if self._machine.strikes(_K.DISK_FULL, self._downloads):
                _limit_files(_ROOM)
        return answer

    def _before(self, number: int) -> None:
        machine = self._machine
        if machine.strikes(_K.SUSPENDED, number):
            self._passing.sleep(_ASLEEP)
        if machine.strikes(_K.SECOND_TAP, number):
            self._second_tap()
        if machine.strikes(_K.KILL_BEFORE_CALL, number):
            machine.kill()
        if machine.strikes(_K.STOP, number):
            raise Interrupted
        if machine.strikes(_K.OUT_OF_MEMORY, number):
            raise MemoryError


def _limit_files(size: int | None) -> None:
    """Limit the size of files: writing more fails, as on a full disk."""
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard if size is None else size, hard))


@contextmanager
def no_temporary_folder() -> Iterator[None]:
    """Make the folder for temporary files unavailable."""
    before, tempfile.tempdir = tempfile.tempdir, "/proc/no-such-folder"
    try:
        yield
    finally:
        tempfile.tempdir = before


def end_of_process() -> None:
    """Restore the disk for the next process."""
    _limit_files(None)
