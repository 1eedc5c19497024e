"""`mws-reports load` with a clock that runs faster; see `benchmarks.fast_clock_tap`.

`python -m benchmarks.fast_clock_load SPEED BEGAN ...` takes the command's arguments after
its own two.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from unittest.mock import patch

from benchmarks.fast_clock_tap import FastClock
from tap_mws_reports.cli import main


def run(speed: float, began: float, arguments: list[str]) -> int:
    """Load and return the exit code."""

    def make_clock(config: Mapping[str, object]) -> FastClock:
        del config
        return FastClock(speed, began)

    # A test kills the program at the log line of a request or a download.
    logging.getLogger("tap_mws_reports.streams.event_log").setLevel(logging.DEBUG)
    with patch("tap_mws_reports.tap.make_clock", make_clock):
        return main(["load", *arguments])


if __name__ == "__main__":
    sys.exit(run(float(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]))
