"""What the README says of report types, exit codes and the target is what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tap_mws_reports import errors, report_types

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def table() -> list[str]:
    start, end = README.index("<!-- report types -->"), README.index("<!-- /report types -->")
    return [line for line in README[start:end].splitlines() if line.startswith("| `_GET")]


def row(known: report_types.ReportType) -> str:
    key = ", ".join(f"`{column}`" for column in known.identity.columns) or "document"
    line = ", `_line`" if known.identity.kind == "group" else ""
    return f"| `{known.name}` | `{known.stream}` | {known.kind} | {key}{line} |"


def test_the_table_says_of_report_types_what_their_entries_say() -> None:
    names = [line.split("`")[1] for line in table()]
    assert names
    assert table() == [row(report_types.load(name)) for name in names]


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
