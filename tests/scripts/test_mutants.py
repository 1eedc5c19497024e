"""The figures of the mutation run: what is killed, what is explained, and what is neither."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

import mutants

KILLED = mutants.Mutant("m.f__mutmut_1", "killed")
SLOW = mutants.Mutant("m.f__mutmut_2", "timeout")
SAME = mutants.Mutant("m.f__mutmut_3", "survived", "a = 1", "a = 1.0")
MISSED = mutants.Mutant("m.f__mutmut_4", "no tests", "b = 1", "b = 2")
REASONS = {SAME.change: "They are equal."}


@pytest.mark.parametrize("module", mutants.MODULES.values(), ids=mutants.MODULES)
def test_modules_and_their_tests_exist(module) -> None:
    assert module.tests
    for each in (module.path, *module.tests):
        path, _, test = each.partition("::")
        assert f"def {test}" in (mutants.ROOT / path).read_text("utf-8")


@pytest.mark.parametrize(("name", "module"), mutants.MODULES.items(), ids=mutants.MODULES)
def test_explained_mutants_are_in_the_module(name, module) -> None:
    code = {line.strip() for line in (mutants.ROOT / module.path).read_text("utf-8").splitlines()}
    for (old, new), reason in mutants.explanations()[name].items():
        assert set(old.splitlines()) <= code
        assert old != new
        assert reason.endswith(".")


def test_a_diff_has_the_removed_and_added_lines() -> None:
    diff = "--- a.py\n+++ a.py\n@@ -1,3 +1,3 @@\n def f():\n-    b = 1\n+    b = 2\n     return b\n"
    assert mutants.changed_lines(diff) == MISSED.change


def test_survivors_are_shown_with_their_reasons() -> None:
    found = [KILLED, SLOW, SAME, MISSED]
    assert list(mutants.survivor_lines(found, REASONS)) == [
        "equivalent  m.f__mutmut_3 (survived): They are equal.",
        *("    - a = 1", "    + a = 1.0"),
        "SURVIVED  m.f__mutmut_4 (no tests): ",
        *("    - b = 1", "    + b = 2"),
    ]
    assert list(mutants.survivor_lines([KILLED], REASONS)) == [
        "no survivor has this change: 'a = 1' -> 'a = 1.0'"
    ]


@pytest.mark.parametrize(
    ("found", "good"),
    [
        ([KILLED] * 9 + [SAME], True),
        ([KILLED] * 9 + [MISSED], False),
        ([KILLED] * 8 + [SAME] * 2, False),
    ],
    ids=["explained", "not explained", "too many"],
)
def test_figures(found, *, good) -> None:
    figures = mutants.counts(found, REASONS)
    assert figures["mutants"] == len(found) == 10
    assert mutants.is_good(figures) is good
    assert f"{10 * figures['killed']:.1f}" in list(mutants.table({"quota": figures}))[1]
