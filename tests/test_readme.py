"""The README's exit codes, and the pins of docs/warehouses.md, are those of the code.

`make docs` writes what the README says of report types.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tap_mws_reports import errors

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
WAREHOUSES = (ROOT / "docs" / "warehouses.md").read_text("utf-8")


@pytest.mark.parametrize(
    "error", [errors.Incomplete, errors.SettingsError, errors.StateError, errors.CredentialsError]
)
def test_the_readme_lists_the_exit_codes(error: type[errors.TapError]) -> None:
    assert f"\n| {error.exit_code} | " in README


def test_the_demo_runs_the_target_that_the_docs_explain() -> None:
    pins = (ROOT / "requirements" / "target.txt").read_text("utf-8")
    assert "target-duckdb==0.8.0" in pins
    assert "duckdb==1.2.2" in pins
    assert "target-duckdb==0.8.0" in WAREHOUSES
    assert "`duckdb==1.2.2`" in WAREHOUSES
