"""Temporary folders: those of killed runs are removed, and no others."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tap_mws_reports.streams.run_folder import PREFIX, RunFolder, remove_abandoned_folders

HOLD = """
import sys
from tap_mws_reports.streams.run_folder import RunFolder
print(RunFolder().path, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for temporary folders of this test alone, also for its processes."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_folder_of_a_killed_run_is_removed_and_of_a_live_one_kept() -> None:
    command = [sys.executable, "-c", HOLD]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        folder = Path(run.stdout.readline().strip())
        (folder / "1.report").write_text("buyers")
        assert folder.stat().st_mode & 0o777 == 0o700
        assert remove_abandoned_folders() == 0
        assert folder.exists()
        run.kill()
    assert remove_abandoned_folders() == 1
    assert not folder.exists()


def test_a_runs_own_folder_stays_until_it_is_removed() -> None:
    folder = RunFolder()
    assert remove_abandoned_folders() == 0
    assert folder.path.exists()
    folder.remove()
    assert not folder.path.exists()


def test_other_unlocked_files_are_left_alone(place: Path) -> None:
    (place / f"{PREFIX}without-lock").mkdir()
    (place / f"{PREFIX}1-rejected-x.jsonl").touch()
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "run.lock").touch()
    (place / f"{PREFIX}link").symlink_to(elsewhere)
    before = sorted(place.iterdir())
    assert remove_abandoned_folders() == 0
    assert sorted(place.iterdir()) == before
    assert (elsewhere / "run.lock").exists()
