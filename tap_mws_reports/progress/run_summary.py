"""What a run did: counted while it runs, reported when it ends."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tap_mws_reports.api.timestamps import format_duration

if TYPE_CHECKING:
    from rich.console import Console

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class StreamSummary:
    """What a run did for one stream."""

    reports: int = 0
    """Reports whose rows are written."""
    empty: int = 0
    """Reports without data."""
    rows: int = 0
    new_columns: Sequence[str] = ()
    """Columns that neither the report type nor an earlier run knows."""
    unparsed: int = 0
    """Cells that do not have the kind of their column; `_unparsed` has them."""
    rejected: int = 0
    """Lines of documents that are not rows."""
    failures: Counter[str] = field(default_factory=Counter)
    """Failed windows, by the reason."""

    def counts(self) -> str:
        """Return the counts of reports, rows and everything unusual, in one line."""
        # The streams of Amazon's lists have rows without a report.
        of_list = self.rows and not self.reports
        said = [
            *([] if of_list else [_counted(self.reports, "report")]),
            *([f"{self.empty:,} without data"] if self.empty else []),
            _counted(self.rows, "row"),
        ]
        odd = {
            "new column": len(self.new_columns),
            "unparsed cell": self.unparsed,
            "rejected line": self.rejected,
            "failed window": self.failures.total(),
        }
        return ", ".join([*said, *(_counted(n, name) for name, n in odd.items() if n)])

    def reasons(self) -> Iterator[str]:
        """Yield the new columns by name, and why windows failed."""
        if self.new_columns:
            yield f"new columns: {', '.join(self.new_columns)}"
        for reason, number in self.failures.items():
            yield f"failed: {reason}" + (f" ({_counted(number, 'window')})" if number > 1 else "")

    def as_fields(self) -> dict[str, Any]:
        """Return the values of a structured log line."""
        return {
            "reports": self.reports,
            "empty": self.empty,
            "rows": self.rows,
            "new_columns": list(self.new_columns),
            "unparsed_cells": self.unparsed,
            "rejected_lines": self.rejected,
            "failed_windows": self.failures.total(),
            "failures": dict(self.failures),
        }


class RunSummary:
    """Counts what a run that began ``start`` does."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._streams: dict[str, StreamSummary] = {}
        self.requests = 0
        """Reports that were requested from Amazon."""
        self.calls = 0
        """Calls to the service and the login, without downloads from other hosts."""

    def of(self, stream: str) -> StreamSummary:
        """Return the summary of a stream, to count in it."""
        return self._streams.setdefault(stream, StreamSummary())

    def count_call(self) -> None:
        """Count a call to Amazon."""
        self.calls += 1

    def report(self, now: datetime) -> None:
        """Report a run that ends ``now``: on a terminal in short, else one log line per stream.

        The last line of the log has all of it in its fields, for programs.
        """
        if sys.stderr.isatty():
            from rich.console import Console  # noqa: PLC0415 - only a terminal needs it

            self.show(Console(stderr=True))
        else:
            for stream, summary in self._streams.items():
                text = "; ".join([summary.counts(), *summary.reasons()])
                logger.info("Summary of %s: %s", stream, text)
        logger.info("%s", self._total(now), extra=self._fields(now))

    def show(self, console: Console) -> None:
        """Show each stream in a few short lines, folded at the width of the console."""
        for stream, summary in self._streams.items():
            console.print(stream, style="bold", markup=False, highlight=False, overflow="fold")
            for line in (summary.counts(), *summary.reasons()):
                console.print(f"  {line}", markup=False, highlight=False, overflow="fold")

    def _total(self, now: datetime) -> str:
        streams = self._streams.values()
        numbers = [
            _counted(sum(each.reports for each in streams), "report"),
            _counted(sum(each.rows for each in streams), "row"),
        ]
        if failed := sum(each.failures.total() for each in streams):
            numbers.append(_counted(failed, "failed window"))
        used = f"{_counted(self.requests, 'request')} and {_counted(self.calls, 'call')}"
        return f"Run ended after {format_duration(now - self._start)}: {', '.join(numbers)}; {used}"

    def _fields(self, now: datetime) -> dict[str, Any]:
        streams = self._streams.items()
        return {
            "report_event": "summary",
            "streams": {name: each.as_fields() for name, each in streams},
            "report_requests": self.requests,
            "calls": self.calls,
            "seconds": round((now - self._start).total_seconds(), 3),
        }


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
