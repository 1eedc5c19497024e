"""`mws-reports check`: its findings per seller and report type; nothing is created."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tap_mws_reports.api.clock import VirtualClock
from tap_mws_reports.cli import main
from tap_mws_reports.config import sandbox_mode
from tap_mws_reports.sandbox import Amazon
from tap_mws_reports.sandbox.sandbox_config import tap_config
from tap_mws_reports.sandbox.server import served

NOW = datetime(2026, 11, 1, tzinfo=UTC)
LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"


@pytest.fixture
def amazon() -> Amazon:
    return Amazon(NOW, 1)


@pytest.fixture
def address(amazon, monkeypatch) -> Iterator[str]:
    clock = VirtualClock(NOW)
    monkeypatch.setattr(sandbox_mode, "SystemClock", lambda: clock)
    with served(amazon, clock) as address:
        yield address


@pytest.fixture
def check(address, api, tmp_path, capsys):
    """Return what checks a configuration; it returns the exit code, the findings and stderr."""
    path = tmp_path / "config.json"

    def run(**changes: object) -> tuple[int, dict[str, dict[str, str]], str]:
        settings = tap_config(address, NOW, "NA", api)
        path.write_text(json.dumps({**settings, "reports": [LISTINGS], **changes}))
        code = main(["check", "--config", str(path), "--json"])
        written = capsys.readouterr()
        found = json.loads(written.out)["findings"] if written.out else []
        return code, {each["subject"]: each for each in found}, written.err

    return run


def test_every_successful_check_is_listed(check, amazon, api) -> None:
    code, found, err = check()
    assert (code, err) == (0, "")
    name = LISTINGS if api == "sp_api" else f"_{LISTINGS}_"
    assert found["login"]["what"] == "accepted, for ATVPDKIKX0DER (US)"
    assert found[name]["stream"] == "merchant_listings_all_data"
    assert {each["verdict"] for each in found.values()} == {"ok"}
    assert not any(each.requested for each in amazon.accounts["NA"].requests.values())


@pytest.mark.api("sp_api")
def test_rejected_credentials_are_one_finding(check) -> None:
    code, found, err = check(refresh_token="Atzr|wrong")
    assert code == 3
    assert found["login"]["verdict"] == "failed"
    assert "1 of" in err
    assert "Atzr|wrong" not in err + json.dumps(found)


@pytest.mark.api("mws")
def test_a_host_that_does_not_respond_is_one_finding(check) -> None:
    code, found, _ = check(endpoint_url="http://127.0.0.1:9")
    assert code == 1
    assert found["host http://127.0.0.1:9"]["verdict"] == "failed"
    assert "login" not in found


@pytest.mark.api("mws")
@pytest.mark.parametrize(
    ("off", "verdict"),
    [(0, "ok"), (50, "ok"), (90, "warning"), (-890, "warning"), (901, "failed")],
)
def test_the_local_clock_is_compared_with_amazons(check, monkeypatch, off, verdict) -> None:
    ahead = VirtualClock(NOW + timedelta(seconds=off))
    monkeypatch.setattr(sandbox_mode, "SystemClock", lambda: ahead)
    _, found, _ = check()
    assert found["clock"]["verdict"] == verdict


@pytest.mark.api("sp_api")
def test_a_read_only_directory_is_a_finding(check, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    code, found, _ = check(documents_directory=str(tmp_path / "file" / "documents"))
    assert code == 1
    assert found["documents_directory"]["verdict"] == "failed"
    code, found, _ = check(documents_directory=str(tmp_path / "new" / "documents"))
    assert code == 0
    assert not (tmp_path / "new").exists()
