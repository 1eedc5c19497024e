"""What a run looks like on a terminal, drawn from where its works stand."""

from __future__ import annotations

from datetime import datetime, timedelta

from rich.console import RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table

from tap_mws_reports.dates import by_the_clock, in_words
from tap_mws_reports.retrieval.standing import Allowance, Standing
from tap_mws_reports.retrieval.work import Phase

_WIDTH = 40

_PHASES = {
    Phase.TO_REQUEST: "to request",
    Phase.OPEN: "waiting at Amazon",
    Phase.READY: "to download",
    Phase.FETCHED: "downloaded",
    Phase.EMPTY: "without data",
    Phase.FAILED: "given up",
}


def picture(standing: Standing, rows: int, now: datetime) -> RenderableType:
    """Return what to show.

    Args:
        standing: where the works stand.
        rows: how many rows were read.
        now: the present moment.
    """
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold")
    grid.add_column(overflow="ellipsis", no_wrap=True)
    grid.add_row("Reports", _bar(standing))
    grid.add_row("", _headline(standing, now))
    grid.add_row("", _counted(standing))
    grid.add_row("Rows", f"{rows:,}")
    if standing.ended < standing.total:
        grid.add_row("Quota", _quotas(standing))
    return grid


def _bar(standing: Standing) -> ProgressBar:
    return ProgressBar(total=max(1, standing.total), completed=standing.ended, width=_WIDTH)


def _headline(standing: Standing, now: datetime) -> str:
    done = f"{standing.ended} of {standing.total} done"
    if standing.ended == standing.total:
        return done
    return f"{done}, finish about {by_the_clock(now + standing.forecast.expected, now)}"


def _counted(standing: Standing) -> str:
    counted = [(standing.phases.get(phase, 0), words) for phase, words in _PHASES.items()]
    return ", ".join(f"{count} {words}" for count, words in counted if count)


def _quotas(standing: Standing) -> str:
    requests, downloads = standing.requests, standing.downloads
    return f"requests: {_allowed(requests)}; downloads: {_allowed(downloads)}"


def _allowed(allowance: Allowance) -> str:
    if allowance.now:
        return f"{allowance.now} may go now"
    return f"next in {in_words(timedelta(seconds=allowance.next_in))}"
