"""`mws-reports init` writes a configuration that only its owner can read, or nothing."""

from __future__ import annotations

import io
import json
import stat

import pytest

from tap_mws_reports.cli import main

GIVEN = {
    "--seller-id": "A2EXAMPLE",
    "--marketplaces": "DE, FR",
    "--lwa-client-id": "amzn1.application-oa2-client.example",
    "--lwa-client-secret": "amzn1.oa2-cs.v1.example",
    "--refresh-token": "Atzr|example",
}


def init(path, *flags: str, **changes: str) -> int:
    given = {**GIVEN, **{f"--{name.replace('_', '-')}": value for name, value in changes.items()}}
    options = [part for pair in given.items() for part in pair]
    return main(["init", "-o", str(path), *options, *flags])


def test_the_configuration_is_complete(tmp_path, capsys) -> None:
    path = tmp_path / "config.json"
    assert init(path) == 0
    assert f"Next: mws-reports check --config {path}" in capsys.readouterr().out
    config = json.loads(path.read_text())
    assert config == {
        "api": "sp_api",
        "seller_id": "A2EXAMPLE",
        "marketplace_ids": ["DE", "FR"],
        "lwa_client_id": "amzn1.application-oa2-client.example",
        "lwa_client_secret": "amzn1.oa2-cs.v1.example",
        "refresh_token": "Atzr|example",
        "reports": ["GET_MERCHANT_LISTINGS_ALL_DATA"],
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_is_replaced_only_on_demand(tmp_path, capsys) -> None:
    path = tmp_path / "config.json"
    path.write_text("mine")
    path.chmod(0o644)
    assert init(path) == 2
    assert "config.json exists already" in capsys.readouterr().err
    assert path.read_text() == "mine"
    assert init(path, "--force") == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"marketplaces": "XX"}, "XX"),
        ({"report": "GET_NO SUCH"}, "is not the name of a report type"),
    ],
)
def test_errors_are_explained_and_nothing_is_written(tmp_path, capsys, changes, message) -> None:
    assert init(tmp_path / "config.json", **changes) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "config.json").exists()


def test_a_file_that_exists_is_named_before_the_first_prompt(tmp_path, capsys) -> None:
    path = tmp_path / "config.json"
    path.write_text("mine")
    assert main(["init", "-o", str(path)]) == 2
    captured = capsys.readouterr()
    assert "config.json exists already" in captured.err
    assert captured.out == ""


def test_answers_may_come_from_a_pipe_and_a_missing_one_is_named(
    tmp_path, capsys, monkeypatch
) -> None:
    path = tmp_path / "config.json"
    monkeypatch.setattr("sys.stdin", io.StringIO("A2EXAMPLE\n\n"))
    assert main(["init", "-o", str(path)]) == 2
    error = capsys.readouterr().err
    assert "error[TAP-101]: --lwa-client-id is not given, and there is no terminal" in error
    assert "help: give --lwa-client-id" in error
    assert not path.exists()
    monkeypatch.setattr("sys.stdin", io.StringIO("A2EXAMPLE\n\n"))
    given = [each for pair in list(GIVEN.items())[2:] for each in pair]
    assert main(["init", "-o", str(path), *given]) == 0
    assert json.loads(path.read_text())["marketplace_ids"] == ["US"]


def test_a_missing_directory_is_named(tmp_path, capsys) -> None:
    assert init(tmp_path / "no" / "config.json") == 2
    assert "cannot be written" in capsys.readouterr().err
