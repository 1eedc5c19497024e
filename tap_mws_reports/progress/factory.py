"""Choose the progress reporter of a run."""

from __future__ import annotations

import sys

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.progress.base import ProgressReporter
from tap_mws_reports.progress.log import LogReporter


def make_progress_reporter(clock: Clock) -> ProgressReporter:
    """Return a terminal reporter if the terminal supports it, else a log reporter.

    If records are also written to the terminal, they would break its display.
    """
    if sys.stderr.isatty() and not sys.stdout.isatty():
        # Runs without a terminal do without the modules that write to one.
        from rich.console import Console  # noqa: PLC0415

        from tap_mws_reports.progress.terminal import TerminalReporter  # noqa: PLC0415

        console = Console(stderr=True)
        if console.is_interactive:
            return TerminalReporter(console, clock)
    return LogReporter(clock)
