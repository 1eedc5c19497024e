"""What a command imports, and imports and the end of a process without garbage collections."""

from __future__ import annotations

import gc
import json
import subprocess
import sys

import pytest

from tap_mws_reports.cli import main
from tap_mws_reports.cli.startup import import_quickly

NAME = "imported_once"
COLLECTING = """
import gc
collected = []
gc.callbacks.append(lambda phase, info: collected.append(phase))
enabled = gc.isenabled()
kept = [[number] for number in range(10 * gc.get_threshold()[0])]
"""

CONFIG = {
    "api": "sp_api",
    "seller_id": "A2EXAMPLESELLER",
    "marketplace_ids": ["US"],
    "lwa_client_id": "amzn1.application-oa2-client.0123456789",
    "lwa_client_secret": "a-secret",
    "refresh_token": "Atzr|a-token",
    "start_date": "2026-09-01",
    "reports": ["GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"],
}

# Modules that take long to import, of extras, of a terminal and of the sandbox: no command below
# needs them.
SPARED = (
    *("boto3", "dlt", "duckdb", "lxml", "pendulum", "pyarrow", "rich", "sqlalchemy"),
    *("tap_mws_reports.dlt", "tap_mws_reports.page", "tap_mws_reports.sandbox"),
    "tap_mws_reports.documents.xml",
)
# The other service.
MWS = ("tap_mws_reports.connection.mws", "tap_mws_reports.api.mws.service")
IMPORTED = """
import atexit, sys
spared = {spared}
atexit.register(lambda: print("imported:", [each for each in spared if each in sys.modules]))
sys.argv[1:] = {arguments}
from {module} import main
main()
"""
ENDING = """
import atexit, gc, sys
atexit.register(lambda: print("exempt:", gc.get_freeze_count() > 0))
sys.argv[1:] = ["--help"]
from {module} import main
main()
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    (tmp_path / f"{NAME}.py").write_text(COLLECTING)
    monkeypatch.syspath_prepend(tmp_path)
    yield NAME
    sys.modules.pop(NAME, None)
    gc.callbacks.clear()
    gc.unfreeze()


def test_nothing_is_collected_during_an_import(module) -> None:
    imported = import_quickly(module)
    assert not imported.enabled
    assert imported.collected == []
    assert gc.isenabled()
    assert gc.get_freeze_count() >= len(imported.kept)


def test_collections_that_were_off_stay_off(module) -> None:
    gc.disable()
    try:
        import_quickly(module)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_nothing_is_exempted_by_a_module_that_was_imported_before(module) -> None:
    import_quickly(module)
    gc.unfreeze()
    assert import_quickly(module) is sys.modules[module]
    assert gc.get_freeze_count() == 0


def test_a_failed_import_leaves_collections_on() -> None:
    with pytest.raises(ModuleNotFoundError):
        import_quickly("no_such_module")
    assert gc.isenabled()
    gc.unfreeze()


@pytest.mark.parametrize("module", ["tap_mws_reports.__main__", "tap_mws_reports.cli"])
def test_a_program_ends_without_collections(module) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENDING.format(module=module)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.endswith("exempt: True\n")


def test_a_command_in_another_program_exempts_nothing(capsys) -> None:
    frozen = gc.get_freeze_count()
    assert main(["--help"]) == 0
    assert "Usage" in capsys.readouterr().out
    assert gc.get_freeze_count() == frozen


@pytest.mark.parametrize(
    ("module", "arguments", "spared"),
    [
        ("__main__", ["--discover", "--config", "config.json"], (*SPARED, *MWS)),
        ("__main__", ["--about"], (*SPARED, *MWS)),
        ("cli", ["plan", "--config", "config.json"], (*SPARED, *MWS)),
        ("cli", ["types", "orders"], (*SPARED, *MWS, "singer_sdk", "requests", "jsonschema")),
        ("cli", ["explain", "TAP-201"], (*SPARED, *MWS, "singer_sdk", "requests", "msgspec")),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_command_imports_only_what_it_needs(module, arguments, spared, tmp_path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    program = IMPORTED.format(
        spared=spared, arguments=arguments, module=f"tap_mws_reports.{module}"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert "error" not in done.stderr
    assert done.stdout.endswith("imported: []\n"), done.stderr
