"""`mws-reports load`: its arguments, its summary, its exit codes, and what it says of an error."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tap_mws_reports.cli import main
from tap_mws_reports.sandbox.faults import Fault, FaultKind
from tests.dlt.conftest import Warehouse, add_column, local
from tests.dlt.test_interruption import strike_while_reading

__all__ = ["local"]

LISTINGS = "_GET_MERCHANT_LISTINGS_ALL_DATA_"
STREAM = "merchant_listings_all_data"
ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_"
ORDERS_STREAM = "flat_file_all_orders_data_by_last_update"
CONFIG = {
    "sandbox": True,
    "start_date": "2020-05-01T00:00:00Z",
    "end_date": "2020-06-08T00:00:00Z",
    "reports": [LISTINGS],
}

pytestmark = pytest.mark.api("mws", reason="the command is the same over both services")


@pytest.fixture
def written(tmp_path: Path) -> Any:
    def write(name: str, content: object) -> str:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    return write


@pytest.fixture
def command(tmp_path: Path, written: Any) -> Any:
    """Return the command's arguments; settings are added to the usual ones."""

    def make(*options: str, destination: str = "duckdb", **settings: object) -> list[str]:
        config = written("config.json", {**CONFIG, **settings})
        to = ["--to", str(tmp_path / "amazon.duckdb")] if destination == "duckdb" else []
        folder = ["--pipelines-dir", str(tmp_path / "pipelines")]
        return ["load", destination, *to, "--config", config, *folder, *options]

    return make


def test_the_summary_counts_the_rows_of_each_stream(harness, command, tmp_path, capsys) -> None:
    harness.connect()
    assert main(command()) == 0
    captured = capsys.readouterr()
    warehouse = Warehouse(tmp_path)
    counts = {name: len(warehouse.rows(name)) for name in warehouse.tables()}
    counts["report_schedules"] = 0  # a stream without rows has no table
    *lines, last = captured.out.splitlines()
    width = max(map(len, counts))
    assert sorted(lines) == sorted(f"{name:<{width}}  {n:>12,}" for name, n in counts.items())
    assert last == f"{sum(counts.values()):,} rows loaded"
    assert counts[STREAM] > 0
    assert "error" not in captured.err


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
def test_new_columns_are_named(harness, command, monkeypatch, capsys, as_json) -> None:
    orders = {"reports": [{"type": ORDERS, "window_days": 7}]}
    option = ["--json"] if as_json else []
    harness.connect()
    assert main(command(*option, end_date="2020-05-20T00:00:00Z", **orders)) == 0
    first = capsys.readouterr().out
    add_column(monkeypatch, "gift-note")
    assert main(command(*option, **orders)) == 0
    second = capsys.readouterr().out
    if as_json:
        told = [json.loads(each) for each in (first, second)]
        for each, new in zip(told, ([], ["gift_note"]), strict=True):
            assert each["streams"][ORDERS_STREAM]["new_columns"] == new
            assert each["rows"] == sum(stream["rows"] for stream in each["streams"].values()) > 0
            assert (each["failed_windows"], each["packages"]) == ([], 1)
            assert each["interrupted"] is False
    else:
        assert "new:" not in first
        [line] = [each for each in second.splitlines() if each.startswith(ORDERS_STREAM)]
        assert line.endswith("  new: gift_note")


def test_failed_windows_are_listed_and_the_exit_code_is_1(make_harness, command, capsys) -> None:
    harness = make_harness(Fault(FaultKind.CANCELLED, ORDERS, times=100), pace="steady")
    harness.connect()
    reports = [{"type": ORDERS, "window_days": 30}, LISTINGS]
    assert main(command(reports=reports)) == 1
    captured = capsys.readouterr()
    lines = captured.out.splitlines()
    at = lines.index("2 reports could not be retrieved:")
    assert [line.startswith("  - ") for line in lines[at + 1 :]] == [True, True]
    assert any(line.startswith(STREAM) for line in lines)
    assert captured.err.count("error[TAP-701]: 2 reports could not be retrieved") == 1
    assert "help: the other rows are loaded; run again to retry" in captured.err


@pytest.mark.parametrize(
    ("number", "as_json"), [(signal.SIGINT, False), (signal.SIGTERM, True)], ids=str
)
def test_a_stopped_run_is_reported_and_the_next_one_completes(
    harness, command, monkeypatch, tmp_path, capsys, number, as_json
) -> None:
    harness.connect()
    arguments = command(*(["--json"] if as_json else []))
    with monkeypatch.context() as patch:
        strike_while_reading(harness, patch, number)
        assert main(arguments) == 130
    captured = capsys.readouterr()
    assert "Stopped; what was read is loaded. Run again to continue.\n" in captured.err
    if as_json:
        assert json.loads(captured.out)["interrupted"] is True
    else:
        assert STREAM not in captured.out
        assert captured.out.endswith(" rows loaded\n")

    assert main(arguments) == 0

    [(count,)] = Warehouse(tmp_path).ask(f"select count(*) from {STREAM}")
    assert count > 0
    assert harness.amazon.calls.count("request") == 1


def test_a_run_that_is_stopped_twice_is_reported(harness, command, monkeypatch, capsys) -> None:
    harness.connect()

    def strike(*_: object) -> None:
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr("dlt.load.load.Load.run", strike)
    assert main(command()) == 130
    assert "Stopped at once. Run again" in capsys.readouterr().err


PROGRAM = """
import atexit, sys
atexit.register(lambda: print(sys.modules["pyarrow"].default_memory_pool().backend_name))
sys.argv[1:] = {arguments}
from tap_mws_reports.cli import main
sys.exit(main())
"""


@pytest.mark.parametrize("allocator", [None, "mimalloc"])
def test_the_allocator_is_the_systems_unless_another_is_chosen(
    command, tmp_path, monkeypatch, allocator
) -> None:
    monkeypatch.delenv("ARROW_DEFAULT_MEMORY_POOL", raising=False)
    if allocator:
        monkeypatch.setenv("ARROW_DEFAULT_MEMORY_POOL", allocator)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(arguments=command())],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(f"rows loaded\n{allocator or 'system'}\n")


def test_a_failing_destination_is_explained(harness, command, monkeypatch, capsys) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk is full")

    harness.connect()
    monkeypatch.setattr("dlt.destinations.impl.duckdb.duck.DuckDbCopyJob.run", fail)
    assert main(command()) == 1
    captured = capsys.readouterr()
    assert not captured.out
    assert "error[TAP-703]: dlt's step `load` failed: disk is full" in captured.err
    assert "run again; what was read is kept and loaded first" in captured.err


def test_rejected_credentials_give_exit_code_3(harness, command, capsys) -> None:
    harness.connect()
    assert main(command(aws_secret_access_key="wrong")) == 3
    assert "error[TAP-201]: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "settings", "message"),
    [
        (
            {"destination": "nowhere"},
            {},
            "dlt has no destination `nowhere`\n   help: it has athena, bigquery, clickhouse, ",
        ),
        (
            {"destination": "PostgreSQL"},
            {},
            "dlt has no destination `PostgreSQL`\n   help: did you mean `postgres`?\n",
        ),
        ({"destination": "postgres"}, {}, "dlt lacks a setting"),
        ({}, {"order": "oldest"}, "order"),
        ({}, {"sandbox": False}, "seller_id"),
        ({}, {"batch_config": {"encoding": {}}}, "`batch_config` is not applied"),
        ({}, {"stream_maps": {STREAM: {"a": "1"}}}, "`stream_maps` is not applied"),
        ({}, {"flattening_enabled": True}, "`flattening_enabled` is not applied"),
    ],
    ids=lambda each: next(iter(each), "") if isinstance(each, dict) else None,
)
def test_wrong_settings_are_explained(harness, command, capsys, options, settings, message) -> None:
    harness.connect()
    assert main(command(**options, **settings)) == 2
    captured = capsys.readouterr()
    assert captured.err.count("error[TAP-101]: ") == 1
    assert message in captured.err
    assert not captured.out
    assert "request" not in harness.amazon.calls


def test_a_name_that_dlt_refuses_is_explained(harness, command, capsys) -> None:
    harness.connect()
    assert main(command("--pipeline", "a/b")) == 2
    captured = capsys.readouterr()
    assert "dlt cannot make a pipeline into `duckdb`: " in captured.err
    assert "a/b" in captured.err


def test_a_catalog_that_selects_nothing_is_refused(harness, command, written, capsys) -> None:
    harness.connect()
    assert main(command("--catalog", written("catalog.json", {"streams": []}))) == 2
    assert "no stream is selected" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["dlt", "pyarrow"])
def test_a_missing_extra_is_named(command, monkeypatch, capsys, name) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    assert main(command()) == 2
    message = capsys.readouterr().err
    assert f"`mws-reports load` needs {name}, which is not installed" in message
    assert "help: install `tap-mws-reports[dlt]`" in message


def test_a_file_named_like_the_dataset_is_refused(written, tmp_path, capsys) -> None:
    to = str(tmp_path / "amazon_reports.duckdb")
    assert main(["load", "duckdb", "--to", to, "--config", written("c.json", CONFIG)]) == 2
    assert "name one of them differently" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "content", "message"),
    [
        ("--config", None, "cannot be read"),
        ("--config", "{", "is not JSON"),
        ("--config", "[]", "holds no JSON object"),
        ("--catalog", None, "cannot be read"),
    ],
)
def test_unreadable_files_are_named(command, tmp_path, capsys, option, content, message) -> None:
    path = tmp_path / "given.json"
    if content is not None:
        path.write_text(content)
    assert main([*command(), option, str(path)]) == 2
    assert f"given.json {message}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["load"], "DESTINATION"),
        (["load", "duckdb"], "--config"),
        (["load", "duckdb", "--config", "c", "--package-rows", "0"], "0 is not in the range x>=1"),
        (["load", "duckdb", "--config", "c", "--package-minutes", "x"], "'x' is not"),
    ],
)
def test_wrong_arguments_are_explained(capsys, arguments, message) -> None:
    assert main(arguments) == 2
    assert message in capsys.readouterr().err
