"""Plant each bug of `tests/planted/` in a copy, and show which test catches it.

A bug is a file of TOML: what it breaks, the file, the text that is replaced, the text that replaces
it, and the tests that are run. `--only NAME` plants one, `--jobs 2` two at a time. The last line is
JSON; the exit code is 1 if a bug is not caught.
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
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLANTED = ROOT / "tests" / "planted"
COPIED = ("tap_mws_reports", "tests", "simulation", "benchmarks", "fuzz", "scripts")
FILES = ("pyproject.toml", "README.md")
_SECONDS = 600.0
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+::\S+)", re.MULTILINE)


@dataclass(frozen=True)
class PlantedBug:
    """A bug: in ``file`` the text ``old`` becomes ``new``; ``tests`` are to notice."""

    name: str
    breaks: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


def planted_bugs() -> list[PlantedBug]:
    """Return all bugs, by name."""
    return [
        PlantedBug(name=path.stem, **{**found, "tests": tuple(found["tests"])})
        for path in sorted(PLANTED.glob("*.toml"))
        if (found := tomllib.loads(path.read_text("utf-8")))
    ]


def main() -> int:
    """Plant, test and print; return the exit code."""
    parser = argparse.ArgumentParser(prog="teeth", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--jobs", type=int, default=1)
    given = parser.parse_args()
    bugs = [each for each in planted_bugs() if not given.only or each.name in given.only]
    caught = 0
    with ThreadPoolExecutor(given.jobs) as pool:
        for bug, test in zip(bugs, pool.map(catching_test, bugs), strict=True):
            caught += test is not None
            print(f"{'caught' if test else 'MISSED'}  {bug.name}: {bug.breaks}. {test or ''}")
            sys.stdout.flush()
    print(json.dumps({"planted": len(bugs), "caught": caught}))
    return 0 if caught == len(bugs) else 1


def catching_test(bug: PlantedBug) -> str | None:
    """Return the first test that fails with the bug, or None."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in COPIED:
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in FILES:
            shutil.copy(ROOT / name, copy / name)
        place = copy / bug.file
        place.write_text(place.read_text("utf-8").replace(bug.old, bug.new), "utf-8")
        # Python would otherwise write and read compiled files by times of whole seconds.
        options = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--no-header"]
        done = subprocess.run(
            [sys.executable, "-B", "-m", "pytest", *options, *bug.tests],
            cwd=copy,
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
    found = _FAILED.search(done.stdout)
    return found[1] if found and done.returncode == 1 else None


if __name__ == "__main__":
    sys.exit(main())
