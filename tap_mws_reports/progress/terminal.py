"""Progress of a run on a terminal: a few lines that are updated."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from typing import TextIO

from rich.console import Console, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.timestamps import format_duration, format_local_time
from tap_mws_reports.retrieval.progress_snapshot import ProgressSnapshot, QuotaAvailability
from tap_mws_reports.retrieval.report_job import JobEvent, JobStatus

_WIDTH = 40

_MOST_TYPES = 5
"""How many of the awaited report types are shown by name."""

_PHASES = {
    JobStatus.TO_REQUEST: "to request",
    JobStatus.OPEN: "waiting at Amazon",
    JobStatus.READY: "to download",
    JobStatus.FETCHED: "downloaded",
    JobStatus.EMPTY: "without data",
    JobStatus.FAILED: "given up",
    JobStatus.LEFT: "left for the next run",
}


def render_progress(snapshot: ProgressSnapshot, rows: int, now: datetime) -> RenderableType:
    """Render the progress of a run.

    Args:
        snapshot: the progress snapshot.
        rows: the number of rows read.
        now: the current time.
    """
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column()
    grid.add_row("Reports", _bar(snapshot))
    grid.add_row("", _headline(snapshot, now))
    grid.add_row("", _counted(snapshot))
    grid.add_row("Rows", f"{rows:,}")
    if snapshot.ended < snapshot.total:
        grid.add_row("Quota", _quotas(snapshot))
    for number, line in enumerate(_awaited(snapshot, now)):
        grid.add_row("" if number else "Waiting", line)
    if snapshot.next_poll is not None:
        seconds = max(timedelta(0), snapshot.next_poll - now)
        grid.add_row("", f"next poll in {format_duration(seconds)}")
    return grid


def _bar(snapshot: ProgressSnapshot) -> ProgressBar:
    return ProgressBar(total=max(1, snapshot.total), completed=snapshot.ended, width=_WIDTH)


def _headline(snapshot: ProgressSnapshot, now: datetime) -> str:
    done = f"{snapshot.ended} of {snapshot.total} done"
    if snapshot.ended == snapshot.total:
        return done
    return f"{done}, finish about {format_local_time(now + snapshot.forecast.expected, now)}"


def _counted(snapshot: ProgressSnapshot) -> str:
    counted = [(snapshot.phases.get(phase, 0), words) for phase, words in _PHASES.items()]
    return ", ".join(f"{count} {words}" for count, words in counted if count)


def _awaited(snapshot: ProgressSnapshot, now: datetime) -> Iterator[Text]:
    """Yield a line for each awaited type; those with late reports come first.

    A narrow terminal cuts off the name of the type, not the time that it has been awaited.
    """
    waiting = sorted(snapshot.awaited, key=lambda each: not each.late)
    for each in waiting[:_MOST_TYPES]:
        late = f", {each.late} late" if each.late else ""
        line = f"{each.count} since {format_local_time(each.since, now)}{late}: {each.report_type}"
        yield Text(line, no_wrap=True, overflow="ellipsis")
    if (more := len(waiting) - _MOST_TYPES) > 0:
        yield Text(f"and {more} more {'types' if more > 1 else 'type'}")


def _quotas(snapshot: ProgressSnapshot) -> str:
    requests, downloads = snapshot.requests, snapshot.downloads
    return f"requests: {_allowed(requests)}; downloads: {_allowed(downloads)}"


def _allowed(allowance: QuotaAvailability) -> str:
    if allowance.now:
        return f"{allowance.now} allowed now"
    return f"next in {format_duration(timedelta(seconds=allowance.next_in))}"


@contextmanager
def quiet_logging(terminal: TextIO) -> Iterator[None]:
    """Redirect log lines for the terminal to the current ``sys.stderr``.

    Lines below WARNING repeat the progress; they are suppressed unless the log level is ``DEBUG``.
    Other log handlers, such as files, get every line.
    """
    root = logging.getLogger()
    handlers = [each for each in root.handlers if getattr(each, "stream", None) is terminal]
    before = [(handler, handler.level) for handler in handlers]
    for handler in handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(sys.stderr)
        if root.level > logging.DEBUG:
            handler.setLevel(max(handler.level, logging.WARNING))
    try:
        yield
    finally:
        for handler, level in before:
            handler.setLevel(level)
            if isinstance(handler, logging.StreamHandler):
                handler.setStream(terminal)


class TerminalReporter:
    """A `ProgressReporter` that draws progress a few times a second at most.

    A thread of `rich` only draws. The snapshots are computed in the thread of the run, each only
    after the previous one was drawn, so that reporting does not slow down the run.
    """

    interval = 1.0

    def __init__(self, console: Console, clock: Clock) -> None:
        self._clock = clock
        self._rows = 0
        self._drawn = True
        self._count: Callable[[], ProgressSnapshot] | None = None
        self._snapshot: ProgressSnapshot | None = None
        self._shown = ExitStack()
        self._live = Live(console=console, get_renderable=self._draw, redirect_stdout=False)

    def begin(self, snapshot: Callable[[], ProgressSnapshot]) -> None:
        """Start to show the progress."""
        self._count = snapshot
        self._update()
        terminal = sys.stderr
        self._shown.enter_context(self._live)
        self._shown.enter_context(quiet_logging(terminal))

    def record(self, event: JobEvent) -> None:
        """Update the snapshot."""
        del event
        self._update()

    def read(self, rows: int) -> None:
        """Count rows."""
        self._rows += rows
        self._update()

    def waiting(self, seconds: float) -> None:
        """Update the snapshot before a wait."""
        del seconds
        self._update()

    def throttled(self, seconds: float) -> None:
        """Do nothing: a call in progress does not change the snapshot."""

    def close(self) -> None:
        """Draw the final progress, and restore the terminal."""
        self._drawn = True
        self._update()
        self._shown.close()

    def _update(self) -> None:
        if self._drawn and self._count is not None:
            self._drawn = False
            self._snapshot = self._count()

    def _draw(self) -> RenderableType:
        self._drawn = True
        return (
            render_progress(self._snapshot, self._rows, self._clock.now()) if self._snapshot else ""
        )
