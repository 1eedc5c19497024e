"""Every planted bug can be planted, once, and names tests that are there."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FEWEST = 40


def load_teeth():
    spec = importlib.util.spec_from_file_location("teeth", ROOT / "scripts" / "teeth.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["teeth"] = module
    spec.loader.exec_module(module)
    return module


teeth = load_teeth()
BUGS = teeth.planted_bugs()


def test_enough_bugs_are_planted() -> None:
    assert len(BUGS) >= FEWEST


@pytest.mark.rows("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_changes_one_place(bug) -> None:
    text = (ROOT / bug.file).read_text("utf-8")
    assert text.count(bug.old) == 1
    assert bug.old != bug.new
    compile(text.replace(bug.old, bug.new), bug.file, "exec")


@pytest.mark.rows("bug", BUGS, ids=lambda bug: bug.name)
def test_the_tests_of_a_planted_bug_exist(bug) -> None:
    assert bug.tests
    assert all((ROOT / each).exists() for each in bug.tests)
