"""`mws-reports load` in a world where time runs faster; see `benchmarks.hurried_tap`.

`python -m benchmarks.hurried_load SPEED BEGAN ...` takes the command's arguments after its own two.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from unittest.mock import patch

from benchmarks.hurried_tap import HurriedClock
from tap_mws_reports.cli import main


def run(speed: float, began: float, arguments: list[str]) -> int:
    """Load and return the exit code."""

    def make_clock(config: Mapping[str, object]) -> HurriedClock:
        del config
        return HurriedClock(speed, began)

    with patch("tap_mws_reports.tap.make_clock", make_clock):
        return main(["load", *arguments])


if __name__ == "__main__":
    sys.exit(run(float(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]))
