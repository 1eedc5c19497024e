"""Choosing who watches a run."""

from __future__ import annotations

import sys

from rich.console import Console

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.progress.base import ProgressReporter
from tap_mws_reports.progress.log import LogReporter
from tap_mws_reports.progress.terminal import TerminalReporter


def make_progress_reporter(clock: Clock) -> ProgressReporter:
    """Return the progress for a terminal that can show it, else the log's heartbeat.

    Where the records go to the terminal, too, they would tear whatever is shown there.
    """
    console = Console(stderr=True)
    if sys.stderr.isatty() and console.is_interactive and not sys.stdout.isatty():
        return TerminalReporter(console, clock)
    return LogReporter(clock)
