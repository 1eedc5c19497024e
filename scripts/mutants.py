"""Change modules one place at a time with mutmut, and count the changes that their tests notice.

A change that no test notices (a mutant that survives) is printed, with the reason if
`tests/equivalent_mutants.toml` has one: it is equivalent, which means that no caller can tell it
from the code. `--only NAME` runs one module. The last line is JSON; the exit code is 1 if a module
has less than 90 % killed, or a survivor without a reason.

mutmut changes functions and methods; properties, class bodies and constants are left as they are.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
# `make mutants` makes it; mutmut is not part of the environment for development.
ENVIRONMENT = ROOT / ".venv-mutants"
EQUIVALENT = ROOT / "tests" / "equivalent_mutants.toml"
LEAST_KILLED = 0.9
_RESULT = re.compile(r"^\s+(\S+__mutmut_\d+): (.+)$", re.MULTILINE)
# An endless loop is noticed, too.
_KILLED = {"killed", "timeout"}
# Its other tests run whole taps.
_ADOPT_EXISTING = "tests/retrieval/test_adopt_existing.py"


class Module(NamedTuple):
    """A module that is changed, and the tests that should notice."""

    path: str
    tests: tuple[str, ...]


MODULES: dict[str, Module] = {
    "quota": Module("tap_mws_reports/api/quota.py", ("tests/api/test_quota.py",)),
    "bookmarks": Module(
        "tap_mws_reports/retrieval/state/bookmarks.py",
        (
            "tests/retrieval/state/test_bookmarks.py",
            "tests/retrieval/state/test_listing_bookmarks.py",
        ),
    ),
    "block_parser": Module(
        "tap_mws_reports/documents/block_parser.py",
        ("tests/documents/test_block_parser.py", "tests/documents/test_header_dates.py"),
    ),
    "adoption": Module(
        "tap_mws_reports/retrieval/adoption.py",
        (
            "tests/retrieval/test_adoption.py",
            f"{_ADOPT_EXISTING}::test_items_listed_by_one_service_are_not_new_by_the_other",
        ),
    ),
}

_CONFIGURATION = """
[tool.mutmut]
source_paths = ["tap_mws_reports"]
only_mutate = [{path}]
pytest_add_cli_args = ["-n", "0", "-p", "no:cacheprovider", "--hypothesis-seed=0"]
pytest_add_cli_args_test_selection = {tests}
"""


class Mutant(NamedTuple):
    """A change of code: the removed lines, the added lines, and the result of the tests."""

    name: str
    status: str
    old: str = ""
    new: str = ""

    @property
    def change(self) -> tuple[str, str]:
        """The change, whatever number mutmut gives it."""
        return self.old, self.new


def main() -> int:
    """Change, test and print; return the exit code."""
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__)
    parser.add_argument("--only", action="append", choices=list(MODULES), default=[])
    parser.add_argument("--jobs", type=int, default=1)
    given = parser.parse_args()
    reasons = explanations()
    results = {}
    for name in given.only or list(MODULES):
        results[name] = mutants(MODULES[name], given.jobs)
        for line in survivor_lines(results[name], reasons[name]):
            print(line, flush=True)
    figures = {name: counts(found, reasons[name]) for name, found in results.items()}
    print("\n".join(table(figures)))
    total = {word: sum(each[word] for each in figures.values()) for word in _WORDS}
    print(json.dumps(total))
    return 0 if all(map(is_good, figures.values())) else 1


def explanations() -> dict[str, dict[tuple[str, str], str]]:
    """Return the reasons why changes are equivalent, by module."""
    found = tomllib.loads(EQUIVALENT.read_text("utf-8"))
    return {
        name: {(each["old"], each["new"]): each["reason"] for each in found.get(name, [])}
        for name in MODULES
    }


def mutants(module: Module, jobs: int) -> list[Mutant]:
    """Run the tests of a module over each of its mutants, in a copy.

    Raises:
        subprocess.CalledProcessError: the tests fail, or mutmut does.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("tap_mws_reports", "tests"):
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        configuration = _CONFIGURATION.format(
            path=json.dumps(module.path), tests=json.dumps(module.tests)
        )
        text = (ROOT / "pyproject.toml").read_text("utf-8") + configuration
        (copy / "pyproject.toml").write_text(text, "utf-8")
        _mutmut(copy, "run", "--max-children", str(jobs))
        results = _RESULT.findall(_mutmut(copy, "results", "--all", "true"))
        return [
            Mutant(name, status)
            if status in _KILLED
            else Mutant(name, status, *changed_lines(_mutmut(copy, "show", name)))
            for name, status in results
        ]


def _mutmut(folder: Path, *arguments: str) -> str:
    made = (ENVIRONMENT / "ready").exists()
    python = str(ENVIRONMENT / "bin" / "python") if made else sys.executable
    command = [python, "-m", "mutmut", *arguments]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stdout)
        done.check_returncode()
    return done.stdout


def changed_lines(diff: str) -> tuple[str, str]:
    """Return the lines that a diff removes and adds, without their indentation."""
    lines = [line for line in diff.splitlines() if not line.startswith(("---", "+++"))]
    old, new = (
        "\n".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+"
    )
    return old, new


def survivor_lines(found: list[Mutant], reasons: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """Yield what is printed about mutants that survive, and about reasons without a survivor."""
    survivors = [each for each in found if each.status not in _KILLED]
    for each in survivors:
        reason = reasons.get(each.change)
        verdict = "equivalent" if reason else "SURVIVED"
        yield f"{verdict}  {each.name} ({each.status}): {reason or ''}"
        yield from (f"    - {line}" for line in each.old.splitlines())
        yield from (f"    + {line}" for line in each.new.splitlines())
    for old, new in reasons.keys() - {each.change for each in survivors}:
        yield f"no survivor has this change: {old!r} -> {new!r}"


_WORDS = ("mutants", "killed", "explained")


def counts(found: list[Mutant], reasons: Mapping[tuple[str, str], str]) -> dict[str, int]:
    """Return how many mutants there are, and how many are killed or explained."""
    killed = sum(each.status in _KILLED for each in found)
    explained = sum(each.status not in _KILLED and each.change in reasons for each in found)
    return {"mutants": len(found), "killed": killed, "explained": explained}


def is_good(figures: Mapping[str, int]) -> bool:
    """Whether enough mutants are killed, and every survivor is explained."""
    enough = figures["killed"] >= LEAST_KILLED * figures["mutants"]
    return enough and figures["killed"] + figures["explained"] == figures["mutants"]


def table(figures: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """Yield the lines of the table: a module in each."""
    yield f"{'module':16}{'mutants':>9}{'killed':>9}{'explained':>11}{'killed, %':>11}"
    for name, each in figures.items():
        share = 100 * each["killed"] / max(1, each["mutants"])
        numbers = f"{each['mutants']:9}{each['killed']:9}{each['explained']:11}"
        yield f"{name:16}{numbers}{share:11.1f}"


if __name__ == "__main__":
    sys.exit(main())
