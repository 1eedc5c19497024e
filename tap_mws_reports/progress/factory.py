"""Choose the progress reporter of a run."""

from __future__ import annotations

import sys

from rich.console import Console

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.progress.base import ProgressReporter
from tap_mws_reports.progress.log import LogReporter
from tap_mws_reports.progress.terminal import TerminalReporter


def make_progress_reporter(clock: Clock) -> ProgressReporter:
    """Return a terminal reporter if the terminal supports it, else a log reporter.

    If records are also written to the terminal, they would break its display.
    """
    console = Console(stderr=True)
    if sys.stderr.isatty() and console.is_interactive and not sys.stdout.isatty():
        return TerminalReporter(console, clock)
    return LogReporter(clock)
