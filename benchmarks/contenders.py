"""The programs that are compared. Each reads one document; all but parsers write rows to stdout.

`python -m benchmarks.contenders NAME DOCUMENT RESULT` runs one and writes seconds, CPU seconds and
memory as JSON. The document's suffix says its format: `.txt`, `.xml` or `.json`.
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
from unittest.mock import patch

from lxml import etree

from benchmarks.downloaded_documents import DownloadedDocuments
from benchmarks.orders_document import COLUMNS, REPORT_TYPE
from benchmarks.plain_sdk import PlainMsgspecTap, PlainTap
from benchmarks.structured_documents import JSON_TYPE, XML_TYPE, json_list_type
from tap_mws_reports import report_types
from tap_mws_reports.documents import MarketplaceFormat, open_table
from tap_mws_reports.report_types import Kind
from tap_mws_reports.streams.record_engine import always_python
from tap_mws_reports.streams.sync_context import SyncContext
from tap_mws_reports.tap import TapMwsReports

_TYPES = {".txt": REPORT_TYPE, ".xml": XML_TYPE, ".json": JSON_TYPE}


def this_tap(path: Path) -> Callable[[], None]:
    """The tap as users run it, from the downloaded document on."""
    report_type = _TYPES[path.suffix]
    is_json = report_type == JSON_TYPE
    stream = (json_list_type() if is_json else report_types.load(report_type)).stream

    class Measured(TapMwsReports):
        @cached_property
        def run(self) -> SyncContext:
            return DownloadedDocuments([path], self, charset="UTF-8")

    tap = Measured(config={"sandbox": True, "reports": [report_type]})
    return tap.streams[stream].sync


def this_tap_without_pyarrow(path: Path) -> Callable[[], None]:
    """The tap as users run it who have not installed pyarrow."""
    sync = this_tap(path)

    def run() -> None:
        with patch("tap_mws_reports.streams.sdk.record_engine", always_python):
            sync()

    return run


def unknown_type(path: Path) -> Callable[[], None]:
    """The tap's reader for a report type that it does not know; rows are read, not written."""
    report_type = report_types.load("_GET_SOMETHING_NEW_")

    def read() -> None:
        table = open_table(
            path, report_type=report_type, charset=None, marketplace_format=MarketplaceFormat()
        )
        for _ in table.blocks():
            pass

    return read


def iterparse(path: Path) -> Callable[[], None]:
    """The bare parser of XML: what lxml takes to build, and drop, every element."""

    def parse() -> None:
        for _, element in etree.iterparse(path):
            element.clear()

    return parse


def json_load(path: Path) -> Callable[[], None]:
    """The bare parser of JSON, which holds the whole document in memory."""

    def load() -> None:
        with path.open("rb") as document:
            json.load(document)

    return load


def plain_sdk(path: Path) -> Callable[[], None]:
    """A stream as the SDK's documentation shows it."""
    config = {"path": str(path), "report_type": REPORT_TYPE}
    return PlainTap(config=config).streams["orders"].sync


def plain_sdk_msgspec(path: Path) -> Callable[[], None]:
    """The same with the SDK's faster writer."""
    config = {"path": str(path), "report_type": REPORT_TYPE}
    return PlainMsgspecTap(config=config).streams["orders"].sync


def polars(path: Path) -> Callable[[], None]:
    """Not a tap: polars reads the file, as the ceiling."""
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


_BY_FORMAT = {
    "tab": (this_tap, this_tap_without_pyarrow, plain_sdk, plain_sdk_msgspec, polars),
    "xml": (this_tap, unknown_type, iterparse),
    "json": (this_tap, unknown_type, json_load),
}
CONTENDERS = {
    name: {each.__name__: each for each in contenders} for name, contenders in _BY_FORMAT.items()
}
"""The contenders by the format of the document, the bare parser of XML and JSON last."""

_ALL = {name: each for contenders in CONTENDERS.values() for name, each in contenders.items()}


def main(name: str, document: str, result: str) -> None:
    """Run one contender; the time does not include its start."""
    logging.disable()
    run = _ALL[name](Path(document))
    start, cpu_start = time.perf_counter(), time.process_time()
    run()
    sys.stdout.flush()
    seconds = time.perf_counter() - start
    cpu_seconds = time.process_time() - cpu_start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    measured = {"seconds": seconds, "cpu_seconds": cpu_seconds, "peak_rss_mb": peak}
    Path(result).write_text(json.dumps(measured), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
