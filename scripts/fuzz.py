"""Run one of the fuzzers in its own environment; the last line is JSON with its figures.

`make fuzz` runs both. What one finds is kept in its corpus, which the tests read, too.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
CORPORA = {"read": "fuzz/corpus", "answers": "fuzz/corpus_answers"}
"""The fuzzers, and where each keeps what it finds."""

LONGEST = 384
SLOW = 10.0  # seconds from which libFuzzer reports a document as slow
_STATISTIC = re.compile(r"stat::(\w+): +(\d+)")
_DURATION = re.compile(r"^Executed .* in (\d+) ms$", re.MULTILINE)


def main() -> int:
    """Run a fuzzer and print what came of it; return its exit code."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("fuzzer", choices=list(CORPORA))
    parser.add_argument("--runs", type=int, default=1_000_000)
    given = parser.parse_args()
    found = ROOT / ".fuzz" / given.fuzzer
    found.mkdir(parents=True, exist_ok=True)
    corpus = ROOT / CORPORA[given.fuzzer]
    known = set(corpus.iterdir())
    options = [f"-runs={given.runs}", f"-max_len={LONGEST}", f"-artifact_prefix={corpus}/"]
    python = str(ROOT / ".venv-fuzz" / "bin" / "python")
    program = [python, "fuzz/fuzz_target.py", given.fuzzer]
    done = _run([*program, *options, "-print_final_stats=1", str(found), str(corpus)])
    for path in sorted(set(corpus.glob("slow-unit-*")) - known):
        if duration(_run([*program, str(path)]).stderr) < SLOW:
            path.unlink()  # the machine stood still
    findings = sorted(each.name for each in set(corpus.iterdir()) - known)
    if done.returncode:
        print(done.stderr[-5000:], file=sys.stderr)
    print(json.dumps({**figures(done.stderr), "findings": len(findings), "files": findings}))
    return done.returncode


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )


def duration(log: str) -> float:
    """Return the seconds that a single document took, by a fuzzer's log; without end if unknown."""
    found = _DURATION.search(log)
    return int(found[1]) / 1000 if found else math.inf


def figures(log: str) -> dict[str, int]:
    """Return how much was run, by the statistics at the end of a fuzzer's log."""
    statistics = {name: int(count) for name, count in _STATISTIC.findall(log)}
    return {
        "runs": statistics.get("number_of_executed_units", 0),
        "runs_per_second": statistics.get("average_exec_per_sec", 0),
    }


if __name__ == "__main__":
    sys.exit(main())
