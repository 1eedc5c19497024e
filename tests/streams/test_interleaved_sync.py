"""Ready reports are written first: a slow type does not hold up the others."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.first_rows import PACE, FirstRows, measure
from benchmarks.virtual_run import Lognormal, VirtualRun
from tap_mws_reports.api.interface import ReportSpec
from tap_mws_reports.retrieval.planning.windows import WindowRule
from tap_mws_reports.retrieval.report_job import ReportJob
from tap_mws_reports.retrieval.state.bookmarks import Bookmark
from tap_mws_reports.streams.interleaved_sync import InterleavedSync

SLOW, QUICK, MIDDLE = PACE
SLOW_STREAM, QUICK_STREAM, MIDDLE_STREAM = (
    "fba_fulfillment_customer_returns_data",
    "flat_file_all_orders_data_by_last_update",
    "seller_feedback_data",
)
TWO = {SLOW: 600.0, QUICK: 10.0}
LISTS = ("report_requests", "report_schedules", "reports")


@pytest.mark.parametrize("sellers", [pytest.param(1, marks=pytest.mark.slow), 2])
def test_rows_are_written_before_those_of_a_slow_stream(api: str, sellers: int) -> None:
    rows = measure(TWO, reports=4, sellers=sellers, api=api)
    assert list(rows.first) == [QUICK_STREAM, SLOW_STREAM]
    assert rows.last[QUICK_STREAM] < 300
    assert rows.first[SLOW_STREAM] > 600


def test_each_of_three_types_is_written_when_it_is_ready() -> None:
    rows = measure()
    assert list(rows.first) == [QUICK_STREAM, MIDDLE_STREAM, SLOW_STREAM]
    assert rows.first[QUICK_STREAM] <= 20
    assert rows.first[MIDDLE_STREAM] <= 70


@pytest.mark.parametrize(
    "settings",
    [
        {"flattening_enabled": True, "flattening_max_depth": 1},
        {"stream_maps": {QUICK_STREAM: {"also": "sku"}}},
        {"max_connections": 1},
    ],
    ids=["flattening", "stream maps", "one connection"],
)
def test_streams_interleave_with_each_way_of_writing(settings: dict[str, Any]) -> None:
    run = VirtualRun(Lognormal(TWO, 0.0), api="sp_api", report_types=tuple(TWO), **settings)
    run.want(4)
    rows = FirstRows(run)
    run.run()
    assert rows.last[QUICK_STREAM] < 300
    assert rows.first[SLOW_STREAM] > 600


def test_batch_files_are_reported_when_they_are_ready(tmp_path: Path) -> None:
    batches = {
        "encoding": {"format": "jsonl", "compression": "gzip"},
        "storage": {"root": tmp_path.as_uri()},
    }
    messages = run_of(batch_config=batches)
    told = [each["stream"] for each in messages if each["type"] == "BATCH"]
    assert told == [QUICK_STREAM] * 2 + [SLOW_STREAM] * 2


def run_of(reports: int = 4, **settings: Any) -> list[dict[str, Any]]:
    """Return the messages of a run of two types."""
    run = VirtualRun(Lognormal(TWO, 0.0), api="sp_api", report_types=tuple(TWO), **settings)
    run.keeps_output = True
    run.want(reports)
    run.run()
    return messages_of(run)


def messages_of(run: VirtualRun) -> list[dict[str, Any]]:
    return [json.loads(line) for line in bytes(run.output).splitlines()]


def test_each_schema_is_written_once_and_before_its_records() -> None:
    kinds = [(each["type"], each.get("stream")) for each in run_of()]
    schemas = [stream for kind, stream in kinds if kind == "SCHEMA"]
    assert schemas == [SLOW_STREAM, QUICK_STREAM]
    first = next(number for number, (kind, _) in enumerate(kinds) if kind == "RECORD")
    assert {kind for kind, _ in kinds[:first]} == {"SCHEMA", "STATE"}
    assert all(kind != "SCHEMA" for kind, _ in kinds[first:])


def test_lists_are_read_after_the_documents(make_harness: Any) -> None:
    harness = make_harness(pace="steady")
    dates = {"end_date": "2020-04-16T00:00:00Z"}
    output = harness.run("_GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2_", QUICK, **dates)
    order = dict.fromkeys(each["stream"] for each in output.messages if each["type"] == "RECORD")
    lists = [name for name in order if name in LISTS]
    assert len(lists) >= 2
    assert list(order)[-len(lists) :] == lists == sorted(lists)


Window = tuple[str, str, str]


def windows(messages: list[dict[str, Any]]) -> Counter[Window]:
    """Return the number of records of each window of a stream."""
    return Counter(
        (each["stream"], each["record"]["_data_start"], each["record"]["_data_end"])
        for each in messages
        if each["type"] == "RECORD"
    )


def done(state: dict[str, Any]) -> Iterator[tuple[str, datetime, datetime]]:
    for stream, bookmark in state.get("bookmarks", {}).items():
        for partition in bookmark.get("partitions", []):
            for start, end in partition.get("done", []):
                yield stream, datetime.fromisoformat(start), datetime.fromisoformat(end)


def test_a_state_covers_only_written_rows() -> None:
    messages = run_of(reports=10)
    every, spoken_of = windows(messages), 0
    for number, message in enumerate(messages):
        if message["type"] != "STATE":
            continue
        written = windows(messages[:number])
        for stream, start, end in done(message["value"]):
            within = [
                window
                for window in every
                if window[0] == stream
                and start <= datetime.fromisoformat(window[1])
                and datetime.fromisoformat(window[2]) <= end
            ]
            spoken_of += len(within)
            assert all(written[window] == every[window] for window in within)
    assert spoken_of > len(every) > 5


@pytest.mark.parametrize("sellers", [pytest.param(1, marks=pytest.mark.slow), 2])
def test_a_kill_between_two_streams_loses_nothing(sellers: int) -> None:
    def make() -> VirtualRun:
        run = VirtualRun(Lognormal(TWO, 0.0), sellers, "sp_api", report_types=tuple(TWO))
        run.keeps_output = True
        run.want(4)
        return run

    def rows(messages: list[dict[str, Any]]) -> set[str]:
        hidden = ("_report_id", "_report_request_id")
        return {
            json.dumps({name: value for name, value in record.items() if name not in hidden})
            for record in (each["record"] for each in messages if each["type"] == "RECORD")
        }

    whole, killed = make(), make()
    whole.run()
    expected = rows(messages_of(whole))
    requests = whole.amazon.calls["createReport"]
    # The calls until the rows of the quick stream have left and the slow reports are open.
    until = killed.clock.now().timestamp() + 300
    state = dict[str, Any]()
    handle = killed.amazon.handle

    def handle_until(request: Any, now: datetime) -> Any:
        if now.timestamp() >= until and killed.amazon.dies_at is None and not state:
            killed.amazon.dies_at = killed.amazon.calls.total()
        return handle(request, now)

    killed.amazon.handle = handle_until  # type: ignore[method-assign]
    killed.run()
    first = messages_of(killed)
    state.update([each["value"] for each in first if each["type"] == "STATE"][-1])
    assert {each["stream"] for each in first if each["type"] == "RECORD"} == {QUICK_STREAM}
    killed.run(state)
    assert rows(first) | rows(messages_of(killed)) == expected
    assert killed.amazon.calls["createReport"] == requests


class Stream:
    """A stream that notes what it is given, and how it ends."""

    def __init__(self, name: str, notes: list[str], *, fails: bool) -> None:
        self._name, self._notes, self._fails = name, notes, fails
        self.syncs: InterleavedSync | None = None

    def sync(self) -> None:
        assert self.syncs is not None
        self._notes.append(f"{self._name} begins")
        try:
            for job in self.syncs.documents(self._name):
                self._notes.append(f"{self._name} {job.report_id}")
                if self._fails:
                    raise ValueError(self._name)
            self._notes.append(f"{self._name} ends")
        finally:
            self._notes.append(f"{self._name} closes")


def interleaved(*given: tuple[str, str], fails: str = "") -> list[str]:
    """Return what two streams do with jobs, each the name of its stream and the report's id."""
    notes: list[str] = []
    rule = WindowRule(timedelta(days=1))
    jobs = [
        ReportJob(stream, ReportSpec(SLOW), Bookmark({}), rule, report_id=report_id)
        for stream, report_id in given
    ]
    left = Counter(stream for stream, _ in given)

    def documents(*streams: str) -> Iterator[ReportJob]:
        assert streams == ("a", "b")
        for job in jobs:
            left[job.stream] -= 1
            yield job
            notes.append("next")

    streams = {name: Stream(name, notes, fails=name == fails) for name in ("a", "b")}
    syncs = InterleavedSync({name: each.sync for name, each in streams.items()})
    for each in streams.values():
        each.syncs = syncs
    try:
        syncs.run(documents, lambda stream: left[stream] > 0)
    except ValueError as error:
        notes.append(f"error {error}")
    return notes


def test_streams_begin_in_order_and_end_with_their_last_document() -> None:
    assert interleaved(("b", "1"), ("a", "2"), ("b", "3")) == [
        *("a begins", "b begins", "b 1", "next", "a 2", "a ends", "a closes", "next"),
        *("b 3", "b ends", "b closes", "next"),
    ]


def test_a_stream_without_documents_ends_too() -> None:
    assert interleaved(("b", "1"))[-3:] == ["next", "a ends", "a closes"]


def test_an_error_in_one_stream_ends_all() -> None:
    notes = interleaved(("a", "1"), ("b", "2"), ("a", "3"), fails="b")
    assert notes[-3:] == ["b closes", "a closes", "error b"]
    assert "a 3" not in notes
    assert "a ends" not in notes
