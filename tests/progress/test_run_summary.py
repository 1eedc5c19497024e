"""The end of a run: what it did, in short for people and in one line for programs."""

from __future__ import annotations

import io
import json
import logging
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console
from singer_sdk.logging import StructuredFormatter

from tap_mws_reports.progress import run_summary
from tap_mws_reports.progress.run_summary import RunSummary, StreamSummary
from tap_mws_reports.sandbox.faults import Fault, FaultKind

NOW = datetime(2026, 6, 12, 9, 30, tzinfo=UTC)
ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
STREAM = "flat_file_all_orders_data_by_last_update"
REASON = "createReport: Amazon answered 403 Unauthorized: Access to the resource is forbidden"


@pytest.fixture
def summary() -> RunSummary:
    run = RunSummary(NOW)
    run.of("orders").reports, run.of("orders").rows, run.requests = 2, 1234, 3
    run.of("orders").new_columns = ["a", "b"]
    run.of("orders").failures = Counter({f"{REASON} [TAP-504]": 3})
    run.of("returns").reports = 1
    run.count_call()
    return run


@pytest.mark.parametrize(
    ("stream", "message"),
    [
        (StreamSummary(), "0 reports, 0 rows"),
        (StreamSummary(rows=3), "3 rows"),
        (StreamSummary(reports=1, rows=1), "1 report, 1 row"),
        (StreamSummary(reports=2, empty=1, rows=10), "2 reports, 1 without data, 10 rows"),
        (
            StreamSummary(1, 0, 9, ["a"], 2, 1, Counter({"late": 2})),
            "1 report, 9 rows, 1 new column, 2 unparsed cells, 1 rejected line, 2 failed windows",
        ),
    ],
)
def test_the_counts_of_a_stream(stream: StreamSummary, message: str) -> None:
    assert stream.counts() == message


@pytest.mark.parametrize("width", [60, 100])
def test_a_terminal_shows_short_lines_without_colours(
    summary: RunSummary, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    file = io.StringIO()
    summary.show(Console(file=file, width=width))
    lines = file.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert "\x1b" not in file.getvalue()
    assert lines[0] == "orders"
    assert lines[2] == "  new columns: a, b"
    text = " ".join(file.getvalue().split())
    assert "2 reports, 1,234 rows, 2 new columns, 3 failed windows" in text
    assert f"failed: {REASON} [TAP-504] (3 windows)" in text


def test_a_log_has_a_line_for_each_stream_and_one_for_programs(
    summary: RunSummary, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, run_summary.__name__):
        summary.report(NOW + timedelta(minutes=5))
    first, second, last = caplog.records
    assert first.getMessage().startswith("Summary of orders: 2 reports, 1,234 rows, 2 new columns")
    assert first.getMessage().endswith(
        "new columns: a, b; failed: " + REASON + " [TAP-504] (3 windows)"
    )
    assert second.getMessage() == "Summary of returns: 1 report, 0 rows"
    assert last.getMessage() == (
        "Run ended after 5 min: 3 reports, 1,234 rows, 3 failed windows; 3 requests and 1 call"
    )
    told = json.loads(StructuredFormatter().format(last))["extra"]
    assert (told["report_event"], told["seconds"]) == ("summary", 300)
    assert (told["report_requests"], told["calls"]) == (3, 1)
    assert told["streams"]["orders"] == {
        "reports": 2,
        "empty": 0,
        "rows": 1234,
        "new_columns": ["a", "b"],
        "unparsed_cells": 0,
        "rejected_lines": 0,
        "failed_windows": 3,
        "failures": {f"{REASON} [TAP-504]": 3},
    }


def test_a_terminal_has_no_log_line_for_each_stream(
    summary: RunSummary, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stderr", terminal)
    with caplog.at_level(logging.INFO, run_summary.__name__):
        summary.report(NOW)
    assert [each.report_event for each in caplog.records] == ["summary"]
    assert "1,234 rows" in terminal.getvalue()


def test_a_run_is_summed_up(make_harness, caplog) -> None:
    faults = [
        Fault(FaultKind.CANCELLED, ORDERS, times=1),
        Fault(FaultKind.NEW_COLUMN, ORDERS, times=1),
        Fault(FaultKind.RAGGED_ROWS, ORDERS, times=1),
        Fault(FaultKind.ERROR_SENTENCE, ORDERS, times=1),
        Fault(FaultKind.LOCAL_NUMBERS, ORDERS, times=1),
    ]
    harness = make_harness(*faults)
    with caplog.at_level(logging.INFO, run_summary.__name__):
        output = harness.run({"type": ORDERS, "window_days": 2})
    (told,) = [e for e in caplog.records if getattr(e, "report_event", "") == "summary"]
    stream = told.streams[STREAM]
    assert stream["rows"] == len(output.records(STREAM)) > 0
    windows = stream["reports"] + stream["empty"] + stream["failed_windows"]
    assert told.report_requests == windows + 1, "the cancelled one is requested again"
    assert stream["failed_windows"] == len(output.failures) == 1
    assert next(iter(stream["failures"])).endswith("[TAP-601]")
    assert len(stream["new_columns"]) == 1
    cells = [json.loads(row["_unparsed"]) for row in output.records(STREAM) if row["_unparsed"]]
    assert stream["unparsed_cells"] == sum(map(len, cells)) > 0
    assert told.streams["reports"]["rows"] == len(output.records("reports"))
    assert told.calls >= told.report_requests + stream["reports"]
    assert told.seconds > 0
