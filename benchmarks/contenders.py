"""The programs that are compared. Each reads one document and writes its rows to stdout.

`python -m benchmarks.contenders NAME DOCUMENT RESULT` runs one and writes seconds and
memory as JSON.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from benchmarks.downloaded_documents import DownloadedDocuments
from benchmarks.orders_document import COLUMNS, REPORT_TYPE
from benchmarks.plain_sdk import PlainMsgspecTap, PlainTap
from tap_mws_reports import report_types
from tap_mws_reports.report_types import Kind
from tap_mws_reports.streams.sync_context import SyncContext
from tap_mws_reports.tap import TapMwsReports


def this_tap(path: Path) -> Callable[[], None]:
    """The tap as users run it, from the downloaded document on."""

    class Measured(TapMwsReports):
        @cached_property
        def run(self) -> SyncContext:
            return DownloadedDocuments([path], self, charset="UTF-8")

    tap = Measured(config={"sandbox": True, "reports": [REPORT_TYPE]})
    return tap.streams[report_types.load(REPORT_TYPE).stream].sync


def plain_sdk(path: Path) -> Callable[[], None]:
    """A stream as the SDK's documentation shows it."""
    config = {"path": str(path), "report_type": REPORT_TYPE}
    return PlainTap(config=config).streams["orders"].sync


def plain_sdk_msgspec(path: Path) -> Callable[[], None]:
    """The same with the SDK's faster writer."""
    config = {"path": str(path), "report_type": REPORT_TYPE}
    return PlainMsgspecTap(config=config).streams["orders"].sync


def polars(path: Path) -> Callable[[], None]:
    """No tap at all: what the fastest library there is makes of the file, as the ceiling."""
    import polars as pl  # noqa: PLC0415 - only this contender needs it

    types = {Kind.INTEGER: pl.Int64, Kind.DECIMAL: pl.Float64, Kind.BOOLEAN: pl.Boolean}
    kinds = {spec.header: spec.kind for spec in report_types.load(REPORT_TYPE).columns}

    def convert() -> None:
        frame = pl.scan_csv(
            path,
            separator="\t",
            quote_char=None,
            schema_overrides={name: types.get(kinds[name], pl.String) for name in COLUMNS},
            ignore_errors=True,
            truncate_ragged_lines=True,
        )
        frame.sink_ndjson("/dev/null")

    return convert


CONTENDERS = {each.__name__: each for each in (this_tap, plain_sdk, plain_sdk_msgspec, polars)}


def main(name: str, document: str, result: str) -> None:
    """Run one contender; the time does not include its start."""
    logging.disable()
    run = CONTENDERS[name](Path(document))
    start = time.perf_counter()
    run()
    sys.stdout.flush()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    Path(result).write_text(json.dumps({"seconds": seconds, "peak_rss_mb": peak}), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
