"""Choose how calls to Amazon are made."""

from __future__ import annotations

from tap_mws_reports.api.call_executor import CallExecutor
from tap_mws_reports.api.clock import Clock, VirtualClock
from tap_mws_reports.api.greenlet_executor import GreenletExecutor
from tap_mws_reports.api.inline_executor import InlineExecutor
from tap_mws_reports.api.thread_executor import ThreadExecutor


def make_executor(clock: Clock, connections: int) -> CallExecutor:
    """Return the executor for a clock, with at most so many calls at the same time."""
    if connections == 1:
        return InlineExecutor(clock)
    if isinstance(clock, VirtualClock):
        return GreenletExecutor(clock, connections)
    return ThreadExecutor(clock, connections)
