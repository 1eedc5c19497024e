"""What is read from the logs of the fuzzers."""

from __future__ import annotations

import math
import runpy
from pathlib import Path

# By its path: the package of the fuzzed programs has the same name.
FUZZ = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "fuzz.py"))

LOG = """\
INFO: Running with entropic power schedule (0xFF, 100).
Running: fuzz/corpus/slow-unit-35fb
Executed fuzz/corpus/slow-unit-35fb in 10250 ms
"""


def test_the_duration_of_a_document_is_that_of_its_own_run() -> None:
    assert FUZZ["duration"](LOG) == 10.25
    assert FUZZ["duration"](LOG.rpartition("Executed")[0]) == math.inf


def test_figures_are_those_of_the_statistics() -> None:
    log = "stat::number_of_executed_units: 1000\nstat::average_exec_per_sec:     250\n"

    assert FUZZ["figures"](log) == {"runs": 1000, "runs_per_second": 250}
