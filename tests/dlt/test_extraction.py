"""Chunks hold what is ready, and are closed while the run waits for more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.first_rows import PACE
from benchmarks.virtual_run import Lognormal, WatchedAmazon
from tap_mws_reports.dlt.extraction import Extraction
from tap_mws_reports.dlt.open_requests import OpenRequestsFile

SLOW, QUICK, _ = PACE
SLOW_STREAM = "fba_fulfillment_customer_returns_data"
QUICK_STREAM = "flat_file_all_orders_data_by_last_update"
LIST_STREAM = "report_requests"


@pytest.fixture
def extraction(make_harness: Any, api: str, tmp_path: Path) -> Iterator[Extraction]:
    """Two types of two windows each; the reports of the first, by name, take ten minutes."""
    harness = make_harness()
    harness.amazon = WatchedAmazon(Lognormal({SLOW: 600.0, QUICK: 10.0}, 0.0))
    harness.connect()
    dates = {"start_date": "2020-05-01T00:00:00Z", "end_date": "2020-05-31T00:00:00Z"}
    reports = [{"type": name, "window_days": 15, "lookback_days": 0} for name in (SLOW, QUICK)]
    given = Extraction({"api": api, "sandbox": True, **dates, "reports": reports})
    selected = {SLOW_STREAM, QUICK_STREAM, LIST_STREAM}
    given.begin({}, OpenRequestsFile(tmp_path / "requests.json"), selected)
    yield given
    given.close()


def read(
    extraction: Extraction, directory: Path, is_full: Callable[[int], bool]
) -> Iterator[tuple[float, list[str], set[str]]]:
    """Yield of each chunk when it was closed, its streams, and the streams that are done in it."""
    clock = extraction.tap.run.clock
    began = clock.now()
    while not extraction.ended:
        parts = extraction.read_chunk(directory, lambda _: (), is_full)
        done = {
            name
            for name, bookmark in extraction.bookmarks.items()
            if any(partition.get("done") for partition in bookmark.get("partitions", []))
        }
        yield (clock.now() - began).total_seconds(), list(parts), done


def test_documents_are_read_when_they_are_ready(extraction: Extraction, tmp_path: Path) -> None:
    chunks = list(read(extraction, tmp_path / "chunk", lambda _rows: True))
    streams = [stream for _, names, _ in chunks for stream in names]
    assert streams == [QUICK_STREAM] * 2 + [SLOW_STREAM] * 2 + [LIST_STREAM]
    assert not extraction.stopped_by


def test_a_chunk_is_closed_while_a_slow_report_is_waited_for(
    extraction: Extraction, tmp_path: Path
) -> None:
    clock = extraction.tap.run.clock
    until = clock.now() + timedelta(minutes=4)
    chunks = list(read(extraction, tmp_path / "chunk", lambda _rows: clock.now() >= until))
    (closed, streams, done), *others = chunks
    assert 240 <= closed < 600
    assert streams == [QUICK_STREAM]
    assert done == {QUICK_STREAM}, "the state speaks of its own rows alone"
    assert SLOW_STREAM in [stream for _, names, _ in others for stream in names]
    assert all(names for _, names, _ in chunks[:-1]), "no chunk is closed that has no rows"
