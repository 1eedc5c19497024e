"""The tap's own command, with a clock that runs faster.

`python -m benchmarks.fast_clock_tap SPEED BEGAN ...` takes the tap's arguments after two of its
own: how many seconds go by in one, and the reading of the machine's steady clock at the start.
All processes of a machine that are given the same two agree about the time.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from unittest.mock import patch

from tap_mws_reports.__main__ import exit_on_signals, main

T = TypeVar("T")

START = datetime(2020, 6, 12, 9, 29, 10, tzinfo=UTC)
"""Where every clock of the benchmarks stands at first."""


@dataclass(frozen=True)
class FastClock:
    """A clock that is ``speed`` times as fast as the machine's; it stood at `START` in ``began``.

    ``began`` is in seconds of `time.monotonic`.
    """

    speed: float
    began: float

    def now(self) -> datetime:
        """Return the current time of the fast clock."""
        return START + timedelta(seconds=(time.monotonic() - self.began) * self.speed)

    def sleep(self, seconds: float) -> None:
        """Wait ``seconds`` of the fast clock."""
        time.sleep(max(0.0, seconds) / self.speed)

    def listen(self, seconds: float, receive: Callable[[float], T]) -> T:
        """Block in ``receive`` for ``seconds`` of the fast clock at most."""
        return receive(max(0.0, seconds) / self.speed)


def run(speed: float, began: float) -> int:
    """Run the tap and return its exit code."""

    def make_clock(config: Mapping[str, object]) -> FastClock:
        del config
        return FastClock(speed, began)

    exit_on_signals()  # already while the tap is imported, as `main` does
    with patch("tap_mws_reports.tap.make_clock", make_clock):
        return main()


if __name__ == "__main__":
    SPEED, BEGAN = float(sys.argv.pop(1)), float(sys.argv.pop(1))
    sys.exit(run(SPEED, BEGAN))
