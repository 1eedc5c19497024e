from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

import proof

ROOT = proof.ROOT


@pytest.mark.parametrize("name", proof.PROOFS)
def test_every_command_exists(name: str) -> None:
    words = shlex.split(proof.PROOFS[name].command)
    paths = [each for each in words if each.startswith(("tests/", "scripts/"))]
    modules = [each for each in words if each.startswith(("simulation", "benchmarks"))]
    assert paths or modules or "hypothesis" in words
    for each in paths:
        assert (ROOT / each).exists(), each
    for each in modules:
        place = ROOT.joinpath(*each.split("."))
        assert place.with_suffix(".py").exists() or (place / "__main__.py").exists()


def test_the_page_has_the_table_of_the_figures() -> None:
    known = json.loads(proof.FIGURES.read_text("utf-8")) if proof.FIGURES.exists() else {}
    text = proof.PAGE.read_text("utf-8")
    assert proof.page(text, proof.table(known)) == text


def test_the_readme_has_three_figures() -> None:
    known = json.loads(proof.FIGURES.read_text("utf-8"))
    text = proof.README.read_text("utf-8")
    assert proof.summary(known) in text
    assert proof.page(text, proof.summary(known)) == text


def test_pairs_are_listed_by_service() -> None:
    known = {"faults": {"pairs_met": {"mws": 3}, "pairs_possible": {"mws": 4}}}
    assert "met: mws 3 of 4;" in proof.describe("faults", known)


def test_failures_are_listed() -> None:
    assert proof.describe("hosts", {"hosts": {"exit_code": 2}}).endswith("**exit code 2**")


def test_figures_are_shown_with_their_commit() -> None:
    known = {"teeth": {"planted": 42, "caught": 42, "commit": "abc1234"}}
    row = next(line for line in proof.table(known).splitlines() if "42 of 42 caught" in line)
    assert row.endswith("| abc1234 |")
    assert "not run yet" in proof.table(known)


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("96 passed in 12.00s", {"passed": 96}),
        ("3 failed, 96 passed, 1 error in 1s", {"failed": 3, "passed": 96, "error": 1}),
        ("no tests ran in 0.01s", {}),
    ],
)
def test_the_last_line_of_pytest_is_counted(line, counts) -> None:
    assert proof.pytest_counts(line) == counts
