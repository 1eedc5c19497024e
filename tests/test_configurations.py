"""Malformed configurations through every command that reads one: each problem is named once."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tap_mws_reports import cli
from tap_mws_reports.cli import tap_command
from tap_mws_reports.config import settings

LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
CANARY = "canary0123456789"
GOOD: dict[str, Any] = {
    "api": "sp_api",
    "seller_id": "A2EXAMPLESELLER",
    "marketplace_ids": ["US"],
    "lwa_client_id": f"amzn1.application-oa2-client.{CANARY}",
    "lwa_client_secret": f"amzn1.oa2-cs.v1.{CANARY}",
    "refresh_token": f"Atzr|{CANARY}",
    "reports": [LISTINGS],
}
PROPERTIES = settings.SCHEMA["properties"].keys() - settings.SDK_PROPERTIES
WRONG = {"is": "an object"}
"""A value of the wrong type for every setting."""


def with_(**change: Any) -> dict[str, Any]:
    return {name: value for name, value in {**GOOD, **change}.items() if value is not ...}


TYPES = [
    pytest.param(with_(**{name: WRONG}), [name], id=f"{name} of another type")
    for name in sorted(PROPERTIES)
]

VALUES = [
    pytest.param(config, named, id=name)
    for name, config, named in [
        ("null where a list is", with_(marketplace_ids=[None]), ["marketplace_ids[0]"]),
        ("null among the reports", with_(reports=[None]), ["reports[0]"]),
        ("number among the reports", with_(reports=[5]), ["reports[0]"]),
        ("list among the reports", with_(reports=[[LISTINGS]]), ["reports[0]"]),
        ("blank report", with_(reports=[""]), ["reports[0]"]),
        ("report that is a path", with_(reports=["../../etc/passwd"]), ["reports[0]"]),
        ("type of a report as a list", with_(reports=[{"type": [ORDERS]}]), ["reports[0].type"]),
        (
            "window as a text",
            with_(reports=[{"type": ORDERS, "window_days": "7"}]),
            ["reports[0].window_days"],
        ),
        (
            "window of an age",
            with_(reports=[{"type": ORDERS, "window_days": 10**30}]),
            ["reports[0].window_days"],
        ),
        (
            "look-back below zero",
            with_(reports=[{"type": ORDERS, "lookback_days": -1}]),
            ["reports[0].lookback_days"],
        ),
        (
            "look-back of an age",
            with_(reports=[{"type": ORDERS, "lookback_days": 10**30}]),
            ["reports[0].lookback_days"],
        ),
        (
            "options as a list",
            with_(reports=[{"type": ORDERS, "options": ["a"]}]),
            ["reports[0].options"],
        ),
        (
            "columns as a list",
            with_(reports=[{"type": ORDERS, "columns": ["a"]}]),
            ["reports[0].columns"],
        ),
        (
            "kind of a column",
            with_(reports=[{"type": ORDERS, "columns": {"sku": "float"}}]),
            ["reports[0].columns.sku"],
        ),
        (
            "second report misspelt",
            with_(reports=[LISTINGS, {"type": ORDERS, "windows": 5}]),
            ["reports[1]"],
        ),
        ("wait of an age", with_(max_wait=10**30), ["max_wait"]),
        ("wait below zero", with_(max_wait=-1), ["max_wait"]),
        ("no connection", with_(max_connections=0), ["max_connections"]),
        ("start in year 0", with_(start_date="0000-01-01"), ["start_date"]),
        ("start after year 9999", with_(start_date="9999-12-31T23:59:59-12:00"), ["start_date"]),
        ("start that is blank", with_(start_date=" "), ["start_date"]),
        ("seller id with a line end within", with_(seller_id="A2\r\nHost: x"), ["seller_id"]),
        ("token with a zero byte", with_(refresh_token=f"Atzr|{CANARY}\0x"), ["refresh_token"]),
        ("endpoint of another scheme", with_(endpoint_url="file:///etc/passwd"), ["endpoint_url"]),
        ("sellers that are empty", with_(sellers=[{}]), ["sellers[0].seller_id"]),
        ("sellers with a text", with_(sellers=["A2"]), ["sellers[0]"]),
        (
            "seller with a misspelt setting",
            with_(seller_id=..., sellers=[{"seller_id": "A2", "marketplaces": ["US"]}]),
            ["sellers[0].marketplaces"],
        ),
        (
            "unknown settings",
            with_(sellerid="A2", report=[], start_dat="x"),
            ["sellerid", "report", "start_dat"],
        ),
        (
            "three problems",
            with_(api="soap", max_wait="x", reports=5),
            ["api", "max_wait", "reports"],
        ),
        (
            "everything null",
            {**dict.fromkeys(GOOD), "api": "sp_api"},
            ["seller_id", "lwa_client_id", "lwa_client_secret", "refresh_token", "marketplace_ids"],
        ),
    ]
]

GOOD_TEXT = json.dumps(GOOD)
FILES = [
    pytest.param(content, message, id=name)
    for name, content, message in [
        ("empty", b"", "c.json is empty"),
        ("blank", b"\n\n", "c.json is empty"),
        ("list", b"[]", "no JSON object, but a list"),
        ("null", b"null", "no JSON object, but null"),
        ("text", b'"x"', "no JSON object, but a text"),
        ("number", b"5", "no JSON object, but a number"),
        ("truncated", GOOD_TEXT[:-9].encode(), "is not JSON"),
        ("two objects", (GOOD_TEXT * 2).encode(), "is not JSON: Extra data"),
        ("comments", b'{"sandbox": true} // try', "is not JSON"),
        ("single quotation marks", b"{'sandbox': true}", "is not JSON"),
        ("YAML", b"sandbox: true\n", "is YAML, not JSON"),
        ("UTF-16", GOOD_TEXT.encode("utf-16"), "is in UTF-16"),
        ("UTF-16 without its mark", GOOD_TEXT.encode("utf-16-le"), "is in UTF-16"),
        ("Latin-1", b'{"seller_id": "\xe9"}', "is not UTF-8"),
        ("setting twice", b'{"reports": [], "reports": []}', "has `reports` twice"),
        ("key of a report twice", b'{"reports": [{"type": "A", "type": "B"}]}', "`type` twice"),
        ("NaN", b'{"max_wait": NaN}', "holds NaN"),
        ("deep", b"[" * 100_000, "more than 64 levels"),
        ("half a character", b'{"seller_id": "\\ud800"}', "an unpaired surrogate"),
        ("control character", b'{"seller_id": "A2\x01"}', "control character"),
        ("zero bytes", b"\0" * 64, "is not JSON"),
    ]
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Iterator[Path]:
    """A folder of configurations; nobody reaches Amazon, and the log is as before."""
    monkeypatch.setattr("requests.Session.send", None)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield tmp_path
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(params=["tap", "check", "plan"])
def message(request, monkeypatch, capfd) -> Any:
    """Run a command with arguments; return what it says of a failure with exit code 2."""

    def run(*arguments: str) -> str:
        if request.param == "tap":
            monkeypatch.setattr(sys, "argv", ["tap-mws-reports", *arguments])
            code = tap_command.run()
        else:
            code = cli.main([request.param, *arguments])
        out, err = capfd.readouterr()
        assert code == 2
        assert out == ""
        assert err.count("error[TAP-101]") == 1
        assert "Traceback" not in err
        assert CANARY not in err.replace(f'"{CANARY}"', "")
        return err

    return run


def named(err: str) -> list[str]:
    """The settings that an error names, one a line or one alone."""
    lines = [line.strip().removeprefix("- ") for line in err.splitlines()]
    return [
        line.split(":")[0]
        for line in lines
        if ": " in line and not line.startswith(("help", "where", "error"))
    ]


@pytest.mark.parametrize(("config", "wanted"), [*TYPES, *VALUES])
def test_every_problem_is_named_once(folder, message, config, wanted) -> None:
    path = folder / "c.json"
    path.write_text(json.dumps(config))
    err = message("--config", str(path))
    assert sorted(named(err)) == sorted(wanted)


@pytest.mark.parametrize(("content", "what"), FILES)
def test_a_file_that_is_not_a_configuration_is_recognised(folder, message, content, what) -> None:
    path = folder / "c.json"
    path.write_bytes(content)
    err = message("--config", str(path))
    assert what in err
    assert err.count("help: ") == 1


def test_a_file_that_cannot_be_read_is_named(folder, message) -> None:
    for path in (folder, folder / "none.json", folder / "a\0b"):
        err = message("--config", str(path))
        assert "cannot be read" in err


def test_the_last_of_several_files_counts(folder, message) -> None:
    first, second = folder / "a.json", folder / "b.json"
    first.write_text(json.dumps({**GOOD, "api": "soap"}))
    second.write_text('{"api": "mws", "max_wait": "x"}')
    err = message("--config", str(first), "--config", str(second))
    assert "api" not in named(err)
    assert "max_wait" in named(err)


def test_the_table_is_long() -> None:
    assert len(TYPES) + len(VALUES) + len(FILES) >= 60


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("MAX_WAIT", "x", "TAP_MWS_REPORTS_MAX_WAIT"),
        ("REPORTS", "{", "reports[0]"),
        ("REPORTS", '{"a": 1}', "reports"),
        ("SELLERS", "[5]", "sellers[0]"),
        ("NEW_COLUMNS", "adds", "new_columns"),
        ("START_DATE", "soon", "start_date"),
        ("LWA_CLIENT_SECRET", f"{CANARY}\n", "lwa_client_secret"),
    ],
)
def test_a_bad_variable_of_the_environment_is_named(
    folder, capfd, monkeypatch, name, value, what
) -> None:
    path = folder / "c.json"
    path.write_text(json.dumps({each: GOOD[each] for each in GOOD if each.upper() != name}))
    monkeypatch.setenv(f"TAP_MWS_REPORTS_{name}", value)
    monkeypatch.setattr(sys, "argv", ["tap-mws-reports", "--config", str(path), "--config=ENV"])
    assert tap_command.run() == 2
    err = capfd.readouterr().err
    assert what in err[err.index("error[TAP-101]") :]
    assert err.count("error[TAP-101]") == 1
    assert "Traceback" not in err
    assert CANARY not in err
