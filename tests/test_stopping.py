"""A run that is stopped at any point: the last state is written at once and is valid.

Real processes and a real server at Amazon's own pace, where a run lasts for minutes.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from benchmarks.tap_process import running_tap, tap_command
from tap_mws_reports.api.clock import SystemClock
from tap_mws_reports.errors import STOPPED
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.http import Request, Response
from tap_mws_reports.sandbox.sandbox_config import LATENCY_PROFILES, LatencyProfile, tap_config
from tap_mws_reports.sandbox.server import served
from tests.conftest import AT_ONCE

ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
STREAM = "flat_file_all_orders_data_by_last_update"
SOON = 5.0  # seconds
REAL = LATENCY_PROFILES["real"]


class Slow(Amazon):
    """An Amazon that sends no document before it is told to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.requested, self.send = threading.Event(), threading.Event()

    def handle(self, request: Request, now: Any) -> Response:
        if request.params.get("Action") == "GetReport":
            self.requested.set()
            self.send.wait(30)
        return super().handle(request, now)


@dataclass
class Served:
    """An Amazon on a port, and the settings of a tap that asks it."""

    amazon: Slow
    config: Path

    @contextmanager
    def tap(self, unbuffered: str = "") -> Iterator[subprocess.Popen[bytes]]:
        command = tap_command(self.config, state=self.config.with_name("state.json"))
        env = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
        # No buffer: what `read_until` leaves in the pipe is read by `stopped`.
        with running_tap(command, env=env, buffer_size=0) as process:
            yield process


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[LatencyProfile], Served]]:
    ends = ExitStack()

    def start(pace: LatencyProfile) -> Served:
        clock = SystemClock()
        amazon = Slow(clock.now(), pace=pace)
        address = ends.enter_context(served(amazon, clock))
        ends.callback(amazon.send.set)
        config = tmp_path / "config.json"
        settings = tap_config(address, clock.now())
        config.write_text(json.dumps({**settings, "reports": [ORDERS]}))
        # So that the first poll comes at once, when `AT_ONCE` has the reports ready.
        context = {"seller_id": settings["seller_id"], "marketplace_ids": "ATVPDKIKX0DER"}
        bookmark = {"partitions": [{"context": context, "latencies": [0.1]}]}
        state = {"bookmarks": {STREAM: bookmark}}
        config.with_name("state.json").write_text(json.dumps(state))
        return Served(amazon, config)

    with ends:
        yield start


def stopped(
    process: subprocess.Popen[bytes], *signals: int, before: bytes = b""
) -> list[dict[str, Any]]:
    """Send the signals, and return the messages of a tap that ends soon and as it should."""
    requested = time.monotonic()
    for each in signals:
        process.send_signal(each)
    out, err = process.communicate(timeout=30)
    assert time.monotonic() - requested < SOON
    assert process.returncode == 130, err
    assert b"Run again to continue" in err
    assert b"Traceback" not in err
    assert (before + out).endswith(b"\n")
    messages = [json.loads(line) for line in (before + out).splitlines()]
    assert messages[-1]["type"] == "STATE"
    return messages


def partition(messages: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = messages[-1]["value"]["bookmarks"][STREAM]["partitions"][0]
    return found


def read_until(process: subprocess.Popen[bytes], text: bytes) -> bytes:
    assert process.stdout is not None
    lines = b""
    while line := process.stdout.readline():
        lines += line
        if text in line:
            return lines
    raise AssertionError(lines)


def with_every_kill(*signals: int) -> Any:
    return pytest.param(signals, marks=pytest.mark.every_kill)


BURSTS = [
    (signal.SIGTERM,),
    # Ctrl-C in the terminal of a program that runs the tap.
    pytest.param((signal.SIGINT, signal.SIGTERM), marks=pytest.mark.slow),
    with_every_kill(signal.SIGINT),
    with_every_kill(signal.SIGTERM, signal.SIGINT, signal.SIGTERM, signal.SIGINT),
]


@pytest.mark.parametrize("signals", BURSTS, ids=lambda each: "+".join(map(str, each)))
def test_the_tap_stops_while_reports_are_generated(serve, signals) -> None:
    with serve(REAL).tap() as process:
        before = read_until(process, b'},{"report_request_id"')
        messages = stopped(process, *signals, before=before)
    assert len(partition(messages)["open_requests"]) == 2


@pytest.mark.slow
def test_the_tap_stops_while_it_waits_for_a_message(serve, sqs, queue_url) -> None:
    served = serve(REAL)
    settings = json.loads(served.config.read_text())
    served.config.write_text(json.dumps({**settings, "notification_queue_url": queue_url}))
    sqs.send_message(QueueUrl=queue_url, MessageBody="for somebody else")
    with served.tap() as process:
        before = read_until(process, b'},{"report_request_id"')
        # Until the tap has it, and waits for the next one.
        while process.poll() is None and hidden_in(sqs, queue_url) == 0:
            time.sleep(0.01)
        messages = stopped(process, signal.SIGTERM, before=before)
    assert len(partition(messages)["open_requests"]) == 2


def hidden_in(sqs: Any, queue_url: str) -> int:
    name = "ApproximateNumberOfMessagesNotVisible"
    told = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=[name])
    return int(told["Attributes"][name])


def test_the_tap_stops_within_a_download(serve) -> None:
    served = serve(AT_ONCE)
    with served.tap() as process:
        assert served.amazon.requested.wait(30)
        messages = stopped(process, signal.SIGTERM)
    assert partition(messages)["open_requests"]
    assert not partition(messages).get("done")


@pytest.mark.parametrize("unbuffered", ["", pytest.param("1", marks=pytest.mark.slow)])
def test_the_tap_stops_while_a_document_is_written(serve, unbuffered) -> None:
    served = serve(AT_ONCE)
    served.amazon.send.set()
    with served.tap(unbuffered) as process:
        # Nobody reads on, so that the rest of the document does not fit into the pipe.
        before = read_until(process, b'"RECORD"')
        messages = stopped(process, signal.SIGTERM, before=before)
    assert partition(messages)["open_requests"]
    assert not partition(messages).get("done")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells of handlers")
@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_the_tap_stops_while_it_starts(tmp_path, signum) -> None:
    config = tmp_path / "config.json"
    os.mkfifo(config)  # there is no writer: if the modules are read too soon, the tap waits here
    with running_tap(tap_command(config)) as process:
        handlers = Path(f"/proc/{process.pid}/status")
        while process.poll() is None and not catches(handlers.read_text(), signal.SIGTERM):
            time.sleep(0.001)
        process.send_signal(signum)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, b"")
    assert err.decode() == f"{STOPPED}\n"


def catches(status: str, signum: int) -> bool:
    """Whether a process has a handler of its own, by what Linux tells of it."""
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (signum - 1) & 1)


@pytest.mark.slow
def test_the_tap_stops_without_a_reader_at_the_second_signal(serve) -> None:
    served = serve(AT_ONCE)
    served.amazon.send.set()
    with served.tap() as process:
        read_until(process, b'"RECORD"')
        requested = time.monotonic()
        while process.poll() is None and time.monotonic() - requested < SOON:
            process.send_signal(signal.SIGINT)
            time.sleep(0.2)
        assert process.wait(1) == 130


def test_the_tap_stops_when_the_target_has_ended(serve) -> None:
    served = serve(AT_ONCE)
    served.amazon.send.set()
    with served.tap() as process:
        read_until(process, b'"open_requests":[{')
        process.stdout.close()
        err = process.stderr.read()
        assert process.wait(10) == 1
    assert b"The target stopped reading" in err
    assert b"Traceback" not in err
