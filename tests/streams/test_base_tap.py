"""The commands as a person runs them: what they print, and their exit codes."""

from __future__ import annotations

import json
import logging
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from tap_mws_reports import cli
from tap_mws_reports.api.clock import SystemClock, VirtualClock
from tap_mws_reports.cli import tap_command
from tap_mws_reports.errors import TapError
from tap_mws_reports.sandbox import server
from tap_mws_reports.sandbox.amazon import Amazon
from tap_mws_reports.sandbox.sandbox_config import LATENCY_PROFILES, tap_config
from tap_mws_reports.tap import TapMwsReports

TAP = [sys.executable, "-m", "tap_mws_reports"]
MWS_REPORTS = [
    sys.executable,
    "-c",
    "import sys; from tap_mws_reports.cli import main; sys.exit(main())",
]
CANARY = "canary-0123456789"
AMAZON = "https://mws.amazonservices.com"


@contextmanager
def sandbox(log: Path, *arguments: str) -> Iterator[dict[str, Any]]:
    """Serve the sandbox; gives the settings it prints."""
    with (
        log.open("w") as stderr,
        subprocess.Popen(
            [*MWS_REPORTS, "sandbox", *arguments], stdout=subprocess.PIPE, stderr=stderr, text=True
        ) as process,
    ):
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert not re.search("sandbox-(client-)?secret|sandbox-refresh|Atza", log.read_text())


@pytest.fixture
def served() -> Iterator[dict[str, Any]]:
    """Settings for a sandbox of this test alone, which so waits for no quota that others spent."""
    clock = SystemClock()
    with server.served(Amazon(clock.now(), pace=LATENCY_PROFILES["fast"]), clock) as address:
        yield tap_config(address, clock.now(), api="mws")


def run_tap(
    tmp_path: Path, config: dict[str, Any], *arguments: str
) -> subprocess.CompletedProcess[str]:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(config))
    return subprocess.run(
        [*TAP, "--config", str(path), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=tmp_path,
    )


@pytest.fixture
def run_main(
    tmp_path, monkeypatch, capfd
) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """Run the command in this process, which saves starting one for each case."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def run(config: dict[str, Any], *arguments: str) -> subprocess.CompletedProcess[str]:
        path = tmp_path / "config.json"
        path.write_text(json.dumps(config))
        command = ["tap-mws-reports", "--config", str(path), *arguments]
        monkeypatch.setattr(sys, "argv", command)
        monkeypatch.chdir(tmp_path)
        try:
            code = tap_command.run()
        except SystemExit as done:  # `--about` ends so
            code = int(done.code or 0)
        out, err = capfd.readouterr()
        return subprocess.CompletedProcess(command, code, out, err)

    yield run
    # The command's handlers write into the stderr of this test.
    root.handlers[:] = handlers
    root.setLevel(level)


def error_of(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one error on stderr, which comes last, and see that no traceback is there."""
    assert "Traceback" not in done.stderr
    assert done.stderr.count("error[TAP-") == 1
    return done.stderr[done.stderr.index("error[TAP-") :]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_a_run_against_the_server_delivers_rows(tmp_path) -> None:
    with sandbox(tmp_path / "log", "--api", "mws") as settings:
        # So that the first poll comes soon after the report is there.
        partition = {
            "context": {
                "seller_id": settings["seller_id"],
                "marketplace_ids": "ATVPDKIKX0DER",
            },
            "latencies": [3.0],
        }
        state = tmp_path / "state.json"
        bookmarks = {"merchant_listings_all_data": {"partitions": [partition]}}
        state.write_text(json.dumps({"bookmarks": bookmarks}))
        config = {**settings, "reports": ["_GET_MERCHANT_LISTINGS_ALL_DATA_"]}
        done = run_tap(tmp_path, config, "--state", str(state))
    assert done.returncode == 0, done.stderr
    assert re.search(r"GetReportRequestList -> \d{3}", (tmp_path / "log").read_text())
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert sum(each["type"] == "RECORD" and "seller_sku" in each["record"] for each in rows) == 24


BAD = [
    ({"aws_secret_access_key": CANARY}, 3, ["SignatureDoesNotMatch", "aws_secret_access_key"]),
    ({"aws_access_key_id": CANARY}, 3, ["InvalidAccessKeyId", "aws_access_key_id"]),
    ({"seller_id": "A9STRANGER"}, 3, ["AccessDenied", "seller_id"]),
    ({"marketplace_ids": ["A1PA6795UKMFR9"]}, 1, ["A1PA6795UKMFR9", "marketplace"]),
    ({"reports": ["_GET_NOTHING_OF_THE_KIND_"]}, 1, ["InvalidReportType", "_GET_NOTHING_"]),
    ({"endpoint_url": AMAZON}, 2, ["2024-03-31", "api: sp_api"]),
    ({"endpoint_url": None}, 2, ["2024-03-31", "api: sp_api"]),
    ({"marketplace_ids": ["US", "DE"]}, 2, ["marketplace_ids", "region"]),
    (
        {"seller_id": "", "start_date": "soon", "reports": ["listings"], "new_columns": "keep"},
        2,
        ["seller_id", "start_date", "reports", "new_columns"],
    ),
]


@pytest.mark.parametrize(("change", "code", "expected"), BAD, ids=lambda each: str(each)[:40])
def test_bad_input_gives_one_error_with_location_and_hint(
    run_main, served, change, code, expected
) -> None:
    config = {**served, "reports": ["_GET_MERCHANT_LISTINGS_ALL_DATA_"], **change}
    done = run_main({name: each for name, each in config.items() if each is not None})
    assert done.returncode == code, done.stderr
    error = error_of(done)
    assert all(each in error for each in expected), error
    assert CANARY not in done.stderr + done.stdout
    assert "sandbox-secret" not in done.stderr + done.stdout


def test_both_services_share_a_port_and_the_named_one_is_configured(
    tmp_path,
) -> None:
    with sandbox(tmp_path / "log", "--api", "sp_api", "--region", "EU") as settings:
        address = settings["endpoint_url"]
        form = {
            "grant_type": "refresh_token",
            "client_id": settings["lwa_client_id"],
            "client_secret": settings["lwa_client_secret"],
            "refresh_token": settings["refresh_token"],
        }
        token = requests.post(f"{address}/auth/o2/token", data=form, timeout=10).json()
        listed = requests.get(
            f"{address}/reports/2021-06-30/reports",
            {"reportTypes": "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"},
            headers={"x-amz-access-token": token["access_token"]},
            timeout=10,
        )
        assert listed.json()["reports"]
        assert b"<PingResponse>" in requests.get(address, timeout=10).content
    assert (settings["api"], settings["seller_id"]) == ("sp_api", "A2SANDBOXEU")
    assert "aws_access_key_id" not in settings


def test_a_dead_host_is_named(monkeypatch, served) -> None:
    host = f"127.0.0.1:{free_port()}"
    clock = VirtualClock(datetime(2020, 6, 12, tzinfo=UTC))
    monkeypatch.setattr("tap_mws_reports.tap.make_clock", lambda _config: clock)
    config = {**served, "endpoint_url": f"http://{host}", "start_date": "2020-05-01"}
    tap = TapMwsReports(config=config)
    with pytest.raises(TapError) as raised:
        tap.sync_to_the_end()
    assert raised.value.exit_code == 1
    assert host in raised.value.render()
    assert "endpoint_url" in raised.value.render()


def test_discovery_needs_neither_network_nor_credentials(tmp_path) -> None:
    config = {"reports": ["_GET_MERCHANT_LISTINGS_ALL_DATA_"]}
    done = run_tap(tmp_path, config, "--discover")
    assert done.returncode == 0, done.stderr
    streams = [each["tap_stream_id"] for each in json.loads(done.stdout)["streams"]]
    assert sorted(streams) == [
        "merchant_listings_all_data",
        "report_requests",
        "report_schedules",
        "reports",
    ]


def test_about_names_configured_types_that_are_withdrawn(run_main) -> None:
    old = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE"
    done = run_main({"reports": [{"type": old}, 5, "no type"]}, "--about", "--format=json")
    assert json.loads(done.stdout)["name"] == "tap-mws-reports"
    assert done.stderr.count(f"{old}: Amazon ") == 1
    assert f"use {old}_V2." in done.stderr


def test_about_names_every_setting(run_main) -> None:
    done = run_main({}, "--about", "--format=json")
    assert done.returncode == 0, done.stderr
    about = json.loads(done.stdout)
    assert {"api", "seller_id", "reports", "sandbox"} <= set(about["settings"]["properties"])


def test_the_connection_test_succeeds(tmp_path) -> None:
    config = {"sandbox": True, "reports": ["_GET_MERCHANT_LISTINGS_ALL_DATA_"]}
    done = run_tap(tmp_path, config, "--test")
    assert done.returncode == 0, done.stderr


def test_the_connection_test_writes_no_messages_to_a_terminal(tmp_path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"sandbox": True}))
    screen, terminal = pty.openpty()
    command = [*TAP, "--config", str(tmp_path / "config.json"), "--test"]
    done = subprocess.run(
        command, stdout=terminal, stderr=subprocess.PIPE, text=True, check=False, timeout=60
    )
    os.close(terminal)
    assert done.returncode == 0, done.stderr
    assert "Connection checked" in done.stderr
    with pytest.raises(OSError, match="Input/output error"):  # there is nothing to read
        os.read(screen, 100)
    os.close(screen)


def test_ctrl_c_writes_the_last_state_and_is_reported(tmp_path, served) -> None:
    path = tmp_path / "config.json"
    # More windows than a burst, so that the run would last minutes.
    slow = {**served, "reports": [{"type": served["reports"][0], "window_days": 2}]}
    path.write_text(json.dumps(slow))
    lines = []
    with subprocess.Popen(
        [*TAP, "--config", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if '"open_requests"' in line:
                break
        requested = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
        assert time.monotonic() - requested < 5
    assert process.returncode == 130, err
    assert "Run again to continue" in err
    messages = [json.loads(line) for line in [*lines, *out.splitlines()]]
    assert served["seller_id"] in str([each for each in messages if each["type"] == "STATE"][-1])


def test_a_target_that_stops_reading_is_reported(tmp_path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"sandbox": True, "reports": ["_GET_AFN_INVENTORY_DATA_"]}))
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*TAP, "--config", str(config)],
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60,
    )
    os.close(write)
    assert done.returncode == 1
    assert "The target stopped reading" in error_of(done)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["sandbx"], "Did you mean 'sandbox'?"),
        (["sandbox", "--prt", "1"], "'--port'"),
        (["sandbox", "--port", "99999"], "not in the range 0<=x<=65535"),
        (["sandbox", "--pace", "warp"], "is not one of 'fast', 'real'"),
        (["sandbox", "--api", "pa_api"], "is not one of"),
    ],
)
def test_a_wrong_command_is_explained(capsys, arguments, expected) -> None:
    assert cli.main(arguments) == 2
    assert expected in capsys.readouterr().err


FILES = [
    ("config", None, "cannot be read"),
    ("config", "not json", "is not JSON"),
    ("config", "[]", "holds no JSON object"),
    ("state", "not json", "is not JSON"),
    ("state", "[]", "holds no JSON object"),
    ("state", '{"sandbox": true}', "is a configuration, not a state"),
    ("state", '{"bookmarks": []}', "`bookmarks` is not a JSON object"),
    ("state", '{"bookmarks": {"reports": 5}}', "the bookmark of reports"),
    ("catalog", "not json", "is not JSON"),
]


@pytest.mark.parametrize(("option", "content", "expected"), FILES)
def test_a_bad_file_is_explained(tmp_path, monkeypatch, capsys, option, content, expected) -> None:
    config = tmp_path / "good.json"
    config.write_text(json.dumps({"sandbox": True}))
    bad = tmp_path / "bad.json"
    if content is not None:
        bad.write_text(content)
    command = ["tap-mws-reports", "--config", str(config), f"--{option}", str(bad)]
    monkeypatch.setattr(sys, "argv", command)
    assert tap_command.run() == 2
    error = capsys.readouterr().err
    assert error.count("error[TAP-") == 1
    assert "Traceback" not in error
    for each in (expected, "bad.json", f"--{option}"):
        assert each in error


def log_config(path: Path, level: str = "WARNING") -> Path:
    """Configure the log as Meltano does for a plugin with structured logging."""
    formatter = {"()": "singer_sdk.logging.StructuredFormatter"}
    handler = {
        "class": "logging.StreamHandler",
        "formatter": "structured",
        "stream": "ext://sys.stderr",
    }
    config = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"structured": formatter},
        "handlers": {"console": handler},
        "root": {"level": level, "handlers": ["console"]},
    }
    path.write_text(json.dumps(config))
    return path


# One of each exit code: what all of them say is seen above.
@pytest.mark.parametrize(("change", "code", "expected"), BAD[::4], ids=lambda each: str(each)[:40])
def test_a_configured_log_gets_the_final_error_as_one_event(
    run_main, tmp_path, served, monkeypatch, change, code, expected
) -> None:
    monkeypatch.setenv("SINGER_SDK_LOG_CONFIG", str(log_config(tmp_path / "log.json")))
    config = {**served, "reports": ["_GET_MERCHANT_LISTINGS_ALL_DATA_"], **change}
    done = run_main({name: each for name, each in config.items() if each is not None})
    assert done.returncode == code
    events = [json.loads(line) for line in done.stderr.splitlines()]
    finals = [each for each in events if each["message"].startswith("error[TAP-")]
    assert finals == events[-1:]
    assert finals[0]["level"] == "error"
    assert finals[0]["extra"]["code"] in finals[0]["message"]
    assert finals[0]["extra"]["help"]
    for word in expected:
        assert word in finals[0]["message"]
    assert "nhandled" not in done.stderr


def test_an_internal_error_is_one_event(tmp_path, served) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({**served, "reports": []}))
    broken = (
        "import sys; from tap_mws_reports import __main__ as m; "
        "from tap_mws_reports.streams.sync_context import SyncContext; "
        "SyncContext.close = lambda self: 1 // 0; sys.exit(m.main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", broken, "--config", str(config)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "SINGER_SDK_LOG_CONFIG": str(log_config(tmp_path / "log.json"))},
    )
    assert done.returncode == 1
    events = [json.loads(line) for line in done.stderr.splitlines()]
    [event] = [each for each in events if each["level"] == "error"]
    assert event["message"].startswith("error[TAP-000]: unexpected ZeroDivisionError")
    assert event["exception"]["traceback"]


@pytest.mark.parametrize(("change", "code", "expected"), [({}, 0, []), BAD[0], BAD[3]], ids=str)
def test_the_connection_test_requests_nothing_and_explains_errors(
    run_main, served, change, code, expected
) -> None:
    reports = ["_GET_AFN_INVENTORY_DATA_"]
    done = run_main({**served, "reports": reports, **change}, "--test")
    # The list of requests does not name marketplaces, so a wrong one is not noticed.
    assert done.returncode == (0 if "marketplace_ids" in change else code), done.stderr
    assert "nhandled" not in done.stderr
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode:
        assert all(word in error_of(done) for word in expected)
        assert messages == []
    else:
        assert [each["type"] for each in messages] == ["SCHEMA", "BATCH"]
        assert "Connection checked" in done.stderr
