"""Watching a run on a terminal: a few lines that are kept up to date."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack

from rich.console import Console, RenderableType
from rich.live import Live

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.retrieval.events import Event
from tap_mws_reports.retrieval.standing import Standing
from tap_mws_reports.streams.picture import picture
from tap_mws_reports.streams.quiet_log import quiet_log


class Progress:
    """A `Watcher` that draws what it hears, a few times a second at most.

    A thread of `rich` draws, and only draws: figures are counted in the thread of the run, and
    only once those counted before were drawn. So a run under a clock that does not wait is not
    held up by being watched.
    """

    interval = 1.0

    def __init__(self, console: Console, clock: Clock) -> None:
        self._clock = clock
        self._rows = 0
        self._drawn = True
        self._count: Callable[[], Standing] | None = None
        self._standing: Standing | None = None
        self._shown = ExitStack()
        self._live = Live(console=console, get_renderable=self._draw, redirect_stdout=False)

    def begin(self, standing: Callable[[], Standing]) -> None:
        """Show the progress from now on."""
        self._count = standing
        self._renew()
        terminal = sys.stderr
        self._shown.enter_context(self._live)
        self._shown.enter_context(quiet_log(terminal))

    def heard(self, event: Event) -> None:
        """Count what has happened."""
        del event
        self._renew()

    def read(self, rows: int) -> None:
        """Count rows."""
        self._rows += rows
        self._renew()

    def waiting(self, seconds: float) -> None:
        """Count down to the next call."""
        del seconds
        self._renew()

    def throttled(self, seconds: float) -> None:
        """Leave the figures as they are."""

    def close(self) -> None:
        """Draw how it ended, and leave the terminal as it was found."""
        self._drawn = True
        self._renew()
        self._shown.close()

    def _renew(self) -> None:
        if self._drawn and self._count is not None:
            self._drawn = False
            self._standing = self._count()

    def _draw(self) -> RenderableType:
        self._drawn = True
        return picture(self._standing, self._rows, self._clock.now()) if self._standing else ""
