"""A run is never silent for long, and a terminal shows where it stands."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from rich.console import Console
from singer_sdk.logging import StructuredFormatter

from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.api.interface import ThrottledCall
from tap_mws_reports.api.sqs import QueueMessage
from tap_mws_reports.connection import quotas
from tap_mws_reports.progress import factory
from tap_mws_reports.progress.base import ReportingClock
from tap_mws_reports.progress.log import LOG_INTERVAL, LogReporter
from tap_mws_reports.progress.terminal import TerminalReporter, render_progress
from tap_mws_reports.retrieval.notification_consumer import NotificationConsumer
from tap_mws_reports.retrieval.progress_snapshot import (
    ProgressSnapshot,
    QuotaAvailability,
    combine_snapshots,
)
from tap_mws_reports.retrieval.report_job import JobStatus
from tap_mws_reports.retrieval.scheduling.forecast import Forecast
from tap_mws_reports.sandbox.faults import Fault, FaultKind
from tap_mws_reports.sandbox.http import Request, Response

NOW = datetime(2020, 6, 12, 9, 30, tzinfo=UTC)
ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
STREAM = "flat_file_all_orders_data_by_last_update"
DAILY = {"type": ORDERS, "window_days": 2}
END = {"end_date": "2020-06-08T00:00:00Z"}  # 28 windows


def snapshot(**phases: int) -> ProgressSnapshot:
    counts = {JobStatus[name.upper()]: count for name, count in phases.items()}
    minutes = timedelta(minutes=12)
    return ProgressSnapshot(
        counts,
        QuotaAvailability(0, 42.0),
        QuotaAvailability(15, 0.0),
        Forecast(1, 1, 0, minutes, minutes),
    )


class Notes(logging.Handler):
    """Keeps what was logged, and when by a clock."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__()
        self.clock = clock
        self.kept: list[tuple[datetime, logging.LogRecord]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append((self.clock.now(), record))

    def fields(self, event: str) -> list[dict]:
        formatter = StructuredFormatter()
        records = [record for _, record in self.kept if vars(record).get("report_event") == event]
        return [json.loads(formatter.format(record))["extra"] for record in records]

    def metrics(self, name: str) -> list[dict]:
        points = [record.args[0] for _, record in self.kept if record.msg == "METRIC: %s"]
        return [point.to_dict() for point in points if point.metric.value == name]


@pytest.fixture
def notes(harness):
    handler = Notes(harness.clock)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


def test_a_run_is_never_silent_for_more_than_a_minute(harness, notes) -> None:
    harness.run(DAILY, **END)
    moments = [moment for moment, _ in notes.kept]
    assert moments[-1] - moments[0] > timedelta(minutes=20)
    silences = [after - before for before, after in pairwise(moments)]
    assert max(silences) <= LOG_INTERVAL
    beats = notes.fields("waiting")
    assert beats
    assert {"to_request", "at_amazon", "to_download", "ended", "rows"} <= set(beats[0])


def test_a_run_says_first_how_much_it_wants_and_when_it_ends(harness, notes) -> None:
    harness.run(DAILY, **END)
    lines = [record.getMessage() for _, record in notes.kept]
    assert [line for line in lines if "by quota" in line] == [
        line for line in lines if line.startswith("28 reports, at least 13 min by quota; finish")
    ]


def test_what_happens_to_a_report_arrives_as_fields(harness, notes) -> None:
    logging.getLogger().setLevel(logging.DEBUG)
    output = harness.run(DAILY, **END)
    requested, ready, downloaded = (
        notes.fields(event) for event in ("requested", "ready", "downloaded")
    )
    assert len(requested) == len(ready) == len(downloaded) == 28
    assert requested[0]["stream"] == STREAM
    assert requested[0]["report_type"] == ORDERS
    assert requested[0]["window"] == "2020-04-13T00:00Z to 2020-04-15T00:00Z"
    assert requested[0]["report_request_id"]
    assert ready[0]["seconds"] > 0
    assert {each["report_id"] for each in downloaded} == {
        row["_report_id"] for row in output.records(STREAM)
    }


def test_latencies_and_quota_waits_are_metrics(harness, notes) -> None:
    harness.run(DAILY, **END)
    latencies = notes.metrics("report_latency")
    assert len(latencies) == 28
    assert latencies[0]["type"] == "timer"
    assert latencies[0]["tags"] == {"report_type": ORDERS, "stream": STREAM}
    assert all(point["value"] > 0 for point in latencies)
    waits = [each for each in notes.metrics("quota_wait") if each["tags"]["operation"] == "request"]
    assert len(waits) == 2  # one after ten minutes, one at the end
    restored = quotas({"api": harness.api})[ThrottledCall.REQUEST].restore_seconds
    assert sum(each["value"] for each in waits) == pytest.approx(13 * restored, abs=1)


def test_a_wait_for_the_quota_of_a_list_is_a_metric(make_harness) -> None:
    harness = make_harness(Fault(FaultKind.THROTTLE, "schedules", times=1))
    handler = Notes(harness.clock)
    logging.getLogger("singer_sdk.metrics").addHandler(handler)
    try:
        harness.run()
    finally:
        logging.getLogger("singer_sdk.metrics").removeHandler(handler)
    tags = {"operation": harness.names["schedules"]}
    waits = [each["value"] for each in handler.metrics("quota_wait") if each["tags"] == tags]
    if harness.api == "mws":
        assert waits == [pytest.approx(45, abs=0.1)]
    else:  # ten types a call, 13 calls, and 45 s before each once the first was throttled
        assert sum(waits) == pytest.approx(13 * 45.045, abs=0.1)


def test_waiting_before_there_is_a_work_list_is_reported_too(caplog) -> None:
    clock = VirtualClock(NOW)
    reporting_clock = ReportingClock(clock, LogReporter(clock))
    with caplog.at_level(logging.INFO):
        reporting_clock.sleep(300.5)
    assert reporting_clock.now() == NOW + timedelta(seconds=300.5)
    assert len(caplog.records) == 5
    assert caplog.messages[0] == "Waiting for Amazon's quota"


class SilentQueue:
    """A queue without messages, that notes for how long it is asked to block."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def receive(self, seconds: float) -> list[QueueMessage]:
        self.waits.append(seconds)
        return []

    def delete(self, messages: Sequence[QueueMessage]) -> None:
        assert not messages

    def extend_visibility(self, message: QueueMessage, seconds: int) -> None:
        raise AssertionError(message, seconds)


def test_waiting_for_a_message_is_reported_too(caplog) -> None:
    clock = VirtualClock(NOW)
    heartbeat, queue = LogReporter(clock), SilentQueue()
    heartbeat.begin(lambda: snapshot(open=3))
    with caplog.at_level(logging.INFO):
        NotificationConsumer(queue, {}, clock, heartbeat).wait(180.0)
    assert queue.waits == [0.0] * 9
    assert clock.now() == NOW + timedelta(minutes=3)
    assert len(caplog.records) == 2
    assert caplog.messages[0].startswith("Waiting: 0 to request, 3 at Amazon,")


def test_taking_what_is_there_is_no_wait(caplog) -> None:
    clock = VirtualClock(NOW)
    heartbeat, queue = LogReporter(clock), SilentQueue()
    heartbeat.begin(lambda: snapshot(open=3))
    clock.sleep(3600)
    with caplog.at_level(logging.INFO):
        NotificationConsumer(queue, {}, clock, heartbeat).clear()
    assert queue.waits == [0.0]
    assert not caplog.records


@pytest.mark.parametrize(
    "make_watcher", [LogReporter, lambda clock: progress(io.StringIO(), clock)]
)
def test_a_sleep_inside_of_a_call_computes_no_figures(make_watcher, caplog) -> None:
    caplog.set_level(logging.INFO)
    clock = VirtualClock(NOW)
    reporter = make_watcher(clock)
    counted: list[None] = []

    def count() -> ProgressSnapshot:
        counted.append(None)
        return snapshot(open=3)

    reporter.begin(count)
    before = len(counted)
    ReportingClock(clock, reporter).sleep(300.0)
    assert len(counted) == before
    reporter.waiting(LOG_INTERVAL.total_seconds() + 1)
    reporter.close()
    assert len(counted) > before


def test_figures_that_no_log_shows_are_not_computed(caplog) -> None:
    caplog.set_level(logging.WARNING)
    counted: list[None] = []

    def count() -> ProgressSnapshot:
        counted.append(None)
        return snapshot(open=3)

    reporter = LogReporter(VirtualClock(NOW))
    reporter.begin(count)
    reporter.waiting(LOG_INTERVAL.total_seconds() + 1)
    assert not counted


def drawn(renderable: object, width: int = 100) -> list[str]:
    console = Console(file=io.StringIO(), width=width, record=True)
    console.print(renderable)
    return [line.rstrip() for line in console.export_text().splitlines()]


def test_the_picture_says_what_is_done_and_what_is_waited_for() -> None:
    halfway = snapshot(to_request=12, open=27, ready=2, fetched=75, empty=1, failed=3)
    bar, headline, counted, rows, quota = drawn(render_progress(halfway, 1234567, NOW))
    assert "━" in bar
    assert "79 of 120 done, finish about " in headline
    assert counted.strip() == (
        "12 to request, 27 waiting at Amazon, 2 to download, 75 downloaded, 1 without data, "
        "3 given up"
    )
    assert rows.split() == ["Rows", "1,234,567"]
    assert quota.endswith("requests: next in 42 s; downloads: 15 allowed now")


def test_the_picture_of_a_run_that_is_done_is_short() -> None:
    lines = drawn(render_progress(snapshot(fetched=4), 10, NOW))
    assert [line.strip() for line in lines[1:]] == ["4 of 4 done", "4 downloaded", "Rows     10"]
    assert len(drawn(render_progress(snapshot(), 0, NOW))) == 4


def test_the_picture_keeps_to_a_narrow_terminal() -> None:
    halfway = snapshot(to_request=12, open=27, ready=2, fetched=75, empty=1, failed=3)
    lines = drawn(render_progress(halfway, 1234567, NOW), width=50)
    assert len(lines) == 5
    assert all(len(line) <= 50 for line in lines)


@contextmanager
def a_terminal() -> Iterator[io.StringIO]:
    """A terminal that remembers what was written to it, with the log going there."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        with redirect_stderr(stream):
            yield stream
            assert sys.stderr is stream
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    assert handler.stream is stream
    assert handler.level == logging.NOTSET


def progress(terminal: io.StringIO, clock: VirtualClock | None = None) -> TerminalReporter:
    console = Console(file=terminal, force_terminal=True, width=100)
    return TerminalReporter(console, clock or VirtualClock(NOW))


def test_a_terminal_shows_progress_and_above_it_warnings_alone() -> None:
    with a_terminal() as terminal:
        shown = progress(terminal)
        shown.begin(lambda: snapshot(open=3))
        logging.getLogger("x").info("Requested this and that")
        logging.getLogger("x").warning("Rejected 2 lines")
        shown.read(7)
        shown.close()
        logging.getLogger("x").info("All is said")
    written = terminal.getvalue()
    assert "3 waiting at Amazon" in written
    assert "Requested" not in written
    assert written.index("Rejected 2 lines") < written.rindex("3 waiting at Amazon")
    assert written.index("\x1b[?25l") < written.rindex("\x1b[?25h"), "the cursor is shown again"
    assert written.endswith("INFO All is said\n")


def test_the_terminal_is_given_back_when_a_run_is_interrupted(harness, monkeypatch) -> None:
    handle = harness.amazon.handle

    def interrupted(request: Request, now: datetime) -> Response:
        if harness.amazon.word(request) == "download":
            raise KeyboardInterrupt
        return handle(request, now)

    harness.amazon.handle = interrupted
    with a_terminal() as terminal:
        shown = progress(terminal)
        monkeypatch.setattr("tap_mws_reports.tap.make_progress_reporter", lambda _: shown)
        with pytest.raises(KeyboardInterrupt):
            harness.run(DAILY, **END)
    assert "0 of 28 done" in terminal.getvalue()
    _, given_back, after = terminal.getvalue().rpartition("\x1b[?25h")
    assert given_back
    assert "\x1b" not in after
    assert "Run ended after" in after


def test_figures_are_not_counted_more_often_than_they_are_drawn() -> None:
    counted: list[int] = []

    def count() -> ProgressSnapshot:
        counted.append(1)
        return snapshot(open=3)

    with a_terminal() as terminal:
        shown = progress(terminal)
        shown.begin(count)
        for _ in range(10_000):
            shown.waiting(1.0)
        shown.close()
    assert len(counted) < 100


@pytest.mark.parametrize(
    ("stderr", "stdout", "term", "expected"),
    [
        pytest.param(True, False, "xterm", TerminalReporter, id="records go to a target"),
        pytest.param(True, True, "xterm", LogReporter, id="records go to the terminal, too"),
        pytest.param(False, False, "xterm", LogReporter, id="log goes to a file"),
        pytest.param(True, False, "dumb", LogReporter, id="terminal cannot move its cursor"),
    ],
)
def test_who_watches_depends_on_where_the_log_goes(
    monkeypatch, stderr, stdout, term, expected
) -> None:
    monkeypatch.setenv("TERM", term)
    for name, is_terminal in (("stderr", stderr), ("stdout", stdout)):
        stream = io.StringIO()
        monkeypatch.setattr(stream, "isatty", lambda given=is_terminal: given, raising=False)
        monkeypatch.setattr(sys, name, stream)
    assert isinstance(factory.make_progress_reporter(VirtualClock(NOW)), expected)


def test_the_standing_of_several_sellers_adds_up() -> None:
    both = combine_snapshots([snapshot(open=3, fetched=1), snapshot(open=1, failed=2)])
    assert (both.total, both.ended) == (7, 3)
    assert both.phases[JobStatus.OPEN] == 4
    assert both.requests == QuotaAvailability(0, 42.0)
    assert both.downloads.now == 30
