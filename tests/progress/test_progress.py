"""A run is never silent for long, and a terminal shows its progress."""

from __future__ import annotations

import io
import json
import logging
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from rich.console import Console
from singer_sdk.logging import StructuredFormatter

from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.api.interface import ReportSpec, ThrottledCall
from tap_mws_reports.api.sqs import QueueMessage
from tap_mws_reports.api.timestamps import format_local_time
from tap_mws_reports.connection import quotas
from tap_mws_reports.progress import factory
from tap_mws_reports.progress.base import ReportingClock
from tap_mws_reports.progress.log import LOG_INTERVAL, LogReporter
from tap_mws_reports.progress.terminal import TerminalReporter, render_progress
from tap_mws_reports.retrieval.notification_consumer import NotificationConsumer
from tap_mws_reports.retrieval.planning.windows import WindowRule
from tap_mws_reports.retrieval.progress_snapshot import (
    AwaitedReports,
    ProgressSnapshot,
    QuotaAvailability,
    awaited_reports,
    combine_snapshots,
)
from tap_mws_reports.retrieval.report_job import JobStatus, ReportJob
from tap_mws_reports.retrieval.scheduling.forecast import Forecast
from tap_mws_reports.retrieval.scheduling.latency import Latencies
from tap_mws_reports.retrieval.state.bookmarks import Bookmark
from tap_mws_reports.sandbox.faults import Fault, FaultKind
from tap_mws_reports.sandbox.http import Request, Response

NOW = datetime(2020, 6, 12, 9, 30, tzinfo=UTC)
ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
STREAM = "flat_file_all_orders_data_by_last_update"
DAILY = {"type": ORDERS, "window_days": 2}
END = {"end_date": "2020-06-08T00:00:00Z"}  # 28 windows

pytestmark = pytest.mark.api(slow="mws", reason="progress is the same over both services")

LISTINGS = "_GET_MERCHANT_LISTINGS_ALL_DATA_"


@pytest.fixture
def make_job() -> Callable[[str, float | None], ReportJob]:
    """Make a job that was requested so many seconds ago, or not at all."""

    def make(report_type: str, age: float | None) -> ReportJob:
        rule = WindowRule(timedelta(days=1))
        job = ReportJob("stream", ReportSpec(report_type), Bookmark({}), rule)
        if age is not None:
            submitted = NOW - timedelta(seconds=age)
            job.opened("1", submitted, submitted, adopted=False)
        return job

    return make


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


def test_a_run_logs_its_requests_and_expected_end_first(harness, notes) -> None:
    harness.run(DAILY, **END)
    lines = [record.getMessage() for _, record in notes.kept]
    assert [line for line in lines if "by quota" in line] == [
        line for line in lines if line.startswith("28 reports, at least 13 min by quota; finish")
    ]


def test_report_events_are_logged_as_fields(harness, notes) -> None:
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


@pytest.mark.api(reason="each service has its own lists")
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


def test_waits_before_planning_are_reported(caplog) -> None:
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


def test_waits_for_a_message_are_reported(caplog) -> None:
    clock = VirtualClock(NOW)
    heartbeat, queue = LogReporter(clock), SilentQueue()
    heartbeat.begin(lambda: snapshot(open=3))
    with caplog.at_level(logging.INFO):
        NotificationConsumer(queue, {}, clock, heartbeat).wait(180.0)
    assert queue.waits == [0.0] * 9
    assert clock.now() == NOW + timedelta(minutes=3)
    assert len(caplog.records) == 2
    assert caplog.messages[0].startswith("Waiting: 0 to request, 3 at Amazon,")


def test_taking_available_messages_is_no_wait(caplog) -> None:
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
def test_a_sleep_within_a_call_computes_no_snapshot(make_watcher, caplog) -> None:
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


def test_a_snapshot_that_is_not_logged_is_not_computed(caplog) -> None:
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


def test_the_display_shows_finished_and_awaited_reports() -> None:
    halfway = snapshot(to_request=12, open=27, ready=2, fetched=75, empty=1, failed=3)
    bar, headline, *counted, rows, quota = drawn(render_progress(halfway, 1234567, NOW))
    assert "━" in bar
    assert "79 of 120 done, finish about " in headline
    assert " ".join(map(str.strip, counted)) == (
        "12 to request, 27 waiting at Amazon, 2 to download, 75 downloaded, 1 without data, "
        "3 given up"
    )
    assert rows.split() == ["Rows", "1,234,567"]
    assert quota.endswith("requests: next in 42 s; downloads: 15 allowed now")


def test_the_display_of_a_finished_run_is_short() -> None:
    lines = drawn(render_progress(snapshot(fetched=4), 10, NOW))
    assert [line.strip() for line in lines[1:]] == ["4 of 4 done", "4 downloaded", "Rows     10"]
    assert len(drawn(render_progress(snapshot(), 0, NOW))) == 4


WAITING = replace(
    snapshot(to_request=12, open=27, ready=2, fetched=75, empty=1, failed=3),
    awaited=[
        AwaitedReports("GET_MERCHANT_LISTINGS_ALL_DATA", 1, NOW - timedelta(minutes=40)),
        AwaitedReports(
            "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL",
            26,
            NOW - timedelta(minutes=9),
            late=2,
        ),
    ],
    next_poll=NOW + timedelta(seconds=12),
)


def test_the_display_shows_waiting_times_and_late_reports() -> None:
    nine, forty = (format_local_time(NOW - timedelta(minutes=minutes), NOW) for minutes in (9, 40))
    lines = drawn(render_progress(WAITING, 1234567, NOW))
    assert [line.strip() for line in lines[-3:]] == [
        f"Waiting  26 since {nine}, 2 late: GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL",
        f"1 since {forty}: GET_MERCHANT_LISTINGS_ALL_DATA",
        "next poll in 12 s",
    ]
    later = drawn(render_progress(WAITING, 1234567, NOW + timedelta(seconds=30)))
    assert later[-1].strip() == "next poll in 0 s"


@pytest.mark.parametrize("width", [40, 60, 100])
def test_the_display_fits_a_narrow_terminal(width) -> None:
    lines = drawn(render_progress(WAITING, 1234567, NOW), width=width)
    assert all(len(line) <= width for line in lines)
    shown = " ".join(" ".join(lines).split())
    for fact in ("79 of 120 done", "3 given up", "26 since ", ", 2 late: GET_", "1 since "):
        assert fact in shown
    assert ("ORDERS_DATA_BY_LAST_UPDATE_GENERAL" in shown) is (width == 100)
    assert ("\N{HORIZONTAL ELLIPSIS}" in shown) is (width < 100)
    assert shown.endswith("next poll in 12 s")


def test_the_first_of_many_types_are_named() -> None:
    types = [AwaitedReports(f"GET_{number}", 1, NOW) for number in range(9)]
    types[-1] = replace(types[-1], late=1)
    lines = drawn(render_progress(replace(WAITING, awaited=types), 0, NOW))
    assert [line.split()[-1] for line in lines[-7:-2]] == [
        f"GET_{each}" for each in (8, 0, 1, 2, 3)
    ]
    assert lines[-2].strip() == "and 4 more types"


@pytest.mark.parametrize("width", [60, 100])
def test_the_display_has_no_colour_with_no_color(width) -> None:
    def written(**environment: str) -> str:
        console = Console(
            file=io.StringIO(),
            force_terminal=True,
            color_system="standard",
            width=width,
            _environ=environment,
        )
        with console.capture() as capture:
            console.print(render_progress(WAITING, 1234567, NOW))
        return capture.get()

    colours = re.compile(r"\x1b\[[0-9;]*(?:3[0-7]|9[0-7]|38;)")
    assert colours.search(written())
    plain = written(NO_COLOR="1")
    assert not colours.search(plain)
    assert "79 of 120 done" in plain
    # The bar is distinguishable from its rest without colour, too.
    assert re.sub(r"\x1b\[[0-9;]*m", "", plain).count("━") < 40


def test_reports_that_take_longer_than_recent_ones_are_late(make_job) -> None:
    latencies = Latencies({ORDERS: [60, 90, 100, 80, 70], LISTINGS: [10] * 4})
    jobs = [make_job(ORDERS, age) for age in (50, 100, 101, 3600)]
    jobs += [make_job(LISTINGS, 7200), make_job(ORDERS, None)]
    assert awaited_reports(jobs, latencies, NOW) == [
        AwaitedReports(LISTINGS, 1, NOW - timedelta(hours=2)),
        AwaitedReports(ORDERS, 4, NOW - timedelta(hours=1), late=2),
    ]


def test_awaited_reports_of_several_sellers_are_combined() -> None:
    soon = replace(WAITING, next_poll=NOW + timedelta(seconds=3))
    none = replace(WAITING, awaited=[], next_poll=None)
    both = combine_snapshots([WAITING, soon, none])
    assert [(each.count, each.late) for each in both.awaited] == [(2, 0), (52, 4)]
    assert both.next_poll == NOW + timedelta(seconds=3)
    assert combine_snapshots([none]).next_poll is None


def test_the_display_of_a_run_shows_the_next_request(harness, monkeypatch) -> None:
    class Watcher(LogReporter):
        def begin(self, snapshot: Callable[[], ProgressSnapshot]) -> None:
            self.snapshot, self.seen = snapshot, []

        def waiting(self, seconds: float) -> None:
            self.seen.append((harness.clock.now(), self.snapshot()))

    watcher = Watcher(harness.clock)
    monkeypatch.setattr("tap_mws_reports.tap.make_progress_reporter", lambda _: watcher)
    harness.run(DAILY, max_connections=1, **END)
    polls = [
        moment
        for moment, call in zip(harness.amazon.moments, harness.amazon.calls, strict=True)
        if call in {"poll", "list"}
    ]
    waits = [(now, seen) for now, seen in watcher.seen if seen.awaited]
    assert len(waits) > 20
    for now, seen in waits:
        assert sum(each.count for each in seen.awaited) == seen.phases[JobStatus.OPEN]
        assert seen.next_poll is not None
        following = next((each for each in polls if each > now), None)
        assert following is not None
        # A request that is made meanwhile, or a notification, may bring it forward.
        assert following <= seen.next_poll + timedelta(seconds=60)


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


def test_a_terminal_shows_progress_below_warnings_only() -> None:
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


def test_the_terminal_is_restored_when_a_run_is_interrupted(harness, monkeypatch) -> None:
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


def test_snapshots_are_computed_only_when_drawn() -> None:
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
def test_the_reporter_depends_on_the_destination_of_the_log(
    monkeypatch, stderr, stdout, term, expected
) -> None:
    monkeypatch.setenv("TERM", term)
    for name, is_terminal in (("stderr", stderr), ("stdout", stdout)):
        stream = io.StringIO()
        monkeypatch.setattr(stream, "isatty", lambda given=is_terminal: given, raising=False)
        monkeypatch.setattr(sys, name, stream)
    assert isinstance(factory.make_progress_reporter(VirtualClock(NOW)), expected)


def test_snapshots_of_several_sellers_are_combined() -> None:
    both = combine_snapshots([snapshot(open=3, fetched=1), snapshot(open=1, failed=2)])
    assert (both.total, both.ended) == (7, 3)
    assert both.phases[JobStatus.OPEN] == 4
    assert both.requests == QuotaAvailability(0, 42.0)
    assert both.downloads.now == 30
