"""What the README says of exit codes and the target is what the code does.

What it says of report types is one of the pages that `make docs` writes.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tap_mws_reports import errors

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    "error", [errors.Incomplete, errors.SettingsError, errors.StateError, errors.CredentialsError]
)
def test_the_exit_codes_are_told(error: type[errors.TapError]) -> None:
    assert f"\n| {error.exit_code} | " in README


def test_the_demo_runs_the_target_the_readme_explains() -> None:
    pins = (ROOT / "requirements" / "target.txt").read_text("utf-8")
    assert "target-duckdb==0.8.0" in pins
    assert "duckdb==1.2.2" in pins
    assert "target-duckdb 0.8.0" in README
    assert "`duckdb==1.2.2`" in README
