"""Imports and the end of a process without garbage collections."""

from __future__ import annotations

import gc
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
