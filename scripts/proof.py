"""Run the proofs of reliability, and write their figures into docs/reliability.md.

Each proof is a command whose last line is JSON, or a run of pytest. `--only NAME` runs one and
keeps the figures of the others, which stay with the commit that made them.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
FIGURES = ROOT / "docs" / "reliability.json"
PAGE = ROOT / "docs" / "reliability.md"
README = ROOT / "README.md"
IN_README = ("faults", "kills", "teeth")
"""The proofs whose figures are in the README."""

PYTEST = "python -m pytest -q -n auto"
KILLS = (
    "{kills} kills, {missing_rows} rows missing, {surplus_rows} too many, "
    "{asked_twice} of {reports} reports requested twice"
)
_BEGIN, _END = "<!-- figures -->", "<!-- /figures -->"


class Proof(NamedTuple):
    """A proof: what it shows, its command, and which of its figures are printed, in which words."""

    shows: str
    command: str
    words: str = "{passed} cases, {failed} failed"
    quick: str = ""
    """A shorter command that shows less; empty for one that is short anyway."""


PROOFS: dict[str, Proof] = {
    "faults": Proof(
        "Whatever fails, the tables equal the contents of Amazon's accounts",
        "python -m simulation --seeds 1-10000 --jobs 2",
        "{seeds} seeds, {kinds_struck} kinds of faults, {faults} faults, {kills} kills, "
        "{runs} runs; pairs of kinds met: {pairs}; {failed} seeds failed",
        quick="python -m simulation --seeds 1-500 --jobs 2",
    ),
    "kills": Proof(
        "A kill before or after any call, or within any line, loses nothing",
        "python -m simulation.moments --seeds 1-20 --kind kill --jobs 2",
        "{moments} moments, {rows_twice} rows written twice, {failed} failed",
        quick="python -m simulation.moments --seeds 1 --kind kill --jobs 2",
    ),
    "states": Proof(
        "A run continues from every STATE that was ever written",
        "python -m simulation.moments --seeds 1-20 --kind state --jobs 2",
        "{moments} states, {failed} failed",
        quick="python -m simulation.moments --seeds 1 --kind state --jobs 2",
    ),
    "stops": Proof(
        "A stop at any call leaves a state from which the next run continues",
        "python -m simulation.moments --seeds 1-20 --kind stop --jobs 2",
        "{moments} moments, {failed} failed",
        quick="python -m simulation.moments --seeds 1 --kind stop --jobs 2",
    ),
    "real_kills": Proof(
        "The real process, target-duckdb or both are ended by SIGKILL while they load",
        "python -m benchmarks.kills --kills 100",
        KILLS,
        quick="python -m benchmarks.kills --kills 20",
    ),
    "real_kills_postgres": Proof(
        "The same with target-postgres and a PostgreSQL server",
        "python -m benchmarks.kills --kills 100 --target postgres",
        KILLS,
        quick="python -m benchmarks.kills --kills 20 --target postgres",
    ),
    "real_stops": Proof(
        "SIGTERM and SIGINT end the real process within 5 s, with a state from which it continues",
        "python -m benchmarks.stops --stops 200 --seed 1",
        "{stops} stops, {while_starting} while it starts, {wrong} ended incorrectly, {late} late; "
        "{missing_rows} rows missing, {asked_twice} of {reports} reports requested twice",
        quick="python -m benchmarks.stops --stops 20 --seed 1",
    ),
    "signals": Proof(
        "The same while it downloads, writes or waits, also twice and without a reader",
        f"{PYTEST} --slow tests/test_stopping.py",
    ),
    "machine": Proof(
        "Full, small and read-only disks, few files, a wrong clock, no HOME, LANG=C, a closed pipe "
        "and two taps at once end as documented",
        f"{PYTEST} tests/test_machine.py tests/api/test_temporary_files.py "
        "tests/streams/test_run_folder.py tests/documents/test_decompression.py "
        "tests/streams/test_message_writer.py",
    ),
    "state_validation": Proof(
        "States that are broken, old, foreign or of the future are migrated or refused",
        f"{PYTEST} --slow tests/retrieval/state tests/test_move.py",
    ),
    "broken_states": Proof(
        "So they are as whole files, by a run and by its plan",
        f"{PYTEST} tests/test_states.py",
    ),
    "configurations": Proof(
        "Malformed configurations end with exit code 2, every problem named once, no traceback",
        f"{PYTEST} tests/test_configurations.py",
    ),
    "settings": Proof("Every wrong setting is named with what to do", f"{PYTEST} tests/config"),
    "secrets": Proof(
        "No secret is in a log, an error, a state or a file, at the level DEBUG",
        f"{PYTEST} tests/test_secrets.py tests/api/test_redaction.py",
    ),
    "file_modes": Proof(
        "Temporary files and kept documents are the user's alone, whatever the umask",
        f"{PYTEST} tests/test_file_modes.py tests/streams/test_binary_documents.py "
        "tests/api/test_transport.py",
    ),
    "hosts": Proof(
        "Tokens and documents go only to Amazon's hosts; no redirect is followed",
        f"{PYTEST} tests/api/test_transport.py tests/api/sp_api/test_document_download.py "
        "tests/api/sp_api/test_lwa.py",
    ),
    "bombs": Proof(
        "Documents that would fill memory, disk or time are read or refused within 2 s and 100 MB",
        "python -m benchmarks.bombs",
        "{documents} documents, {failed} beyond the bounds; at most {most_seconds} s of the "
        "processor more than a small document, {most_megabytes} MB in all",
    ),
    "limits": Proof(
        "Every limit of a document has a case beyond it",
        f"{PYTEST} tests/documents/test_decompression.py tests/documents/test_limits.py "
        "tests/documents/xml/test_hardened_parser.py",
    ),
    "forged_lines": Proof(
        "Text from Amazon cannot forge a line of the log or control a terminal",
        f"{PYTEST} tests/test_forged_lines.py",
    ),
    "properties": Proof(
        "Random documents give rows, or an error of the tap",
        f"{PYTEST} --hypothesis-profile=thorough -m hypothesis",
        "{passed} properties, 2,000 examples each, {failed} failed",
    ),
    "fuzz_documents": Proof(
        "Documents of all formats that a fuzzer makes are read without loss, or refused",
        "python scripts/fuzz.py read --runs 1000000",
        "{runs:,} documents, {findings} findings",
        quick="python scripts/fuzz.py read --runs 20000",
    ),
    "fuzz_answers": Proof(
        "So are answers of both services, errors, notifications and states",
        "python scripts/fuzz.py answers --runs 2000000",
        "{runs:,} answers, notifications and states, {findings} findings",
        quick="python scripts/fuzz.py answers --runs 20000",
    ),
    "supply_chain": Proof(
        "No pin has a known vulnerability and no workflow a weakness; the wheel lists its parts",
        "python scripts/supply_chain.py",
        "{audited} of {packages} pinned packages audited, {components} components in the bill of "
        "materials, {failed} checks failed",
    ),
    "teeth": Proof(
        "Planted bugs are caught by the tests",
        "python scripts/teeth.py --jobs 2",
        "{caught} of {planted} caught",
    ),
    "mutants": Proof(
        "A change of one place in quota, bookmarks, row parsing or adoption is noticed by the "
        "module's own tests",
        "python scripts/mutants.py --jobs 2",
        "{killed} of {mutants} killed, {explained} equivalent",
    ),
}


def main() -> int:
    """Run the proofs, keep the figures, write the page; return the exit code."""
    parser = argparse.ArgumentParser(prog="proof", description=__doc__)
    parser.add_argument("--only", action="append", choices=list(PROOFS), default=[])
    parser.add_argument("--quick", action="store_true", help="shorter commands that show less")
    parser.add_argument("--write", action="store_true", help="write the page, run nothing")
    given = parser.parse_args()
    failed = False
    for name in [] if given.write else given.only or list(PROOFS):
        proof = PROOFS[name]
        command = proof.quick if given.quick and proof.quick else proof.command
        code, figures = run(command)
        known = read_figures()  # anew: another proof may have written its own meanwhile
        known[name] = {**figures, "command": command, "exit_code": code, "commit": _commit()}
        failed |= code != 0
        FIGURES.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", "utf-8")
        print(f"{name}: {describe(name, known)}", flush=True)
    known = read_figures()
    PAGE.write_text(page(PAGE.read_text("utf-8"), table(known)), "utf-8")
    README.write_text(page(README.read_text("utf-8"), summary(known)), "utf-8")
    return 1 if failed else 0


def read_figures() -> dict[str, Any]:
    """Return the figures of all proofs so far, by name."""
    figures: dict[str, Any] = json.loads(FIGURES.read_text("utf-8")) if FIGURES.exists() else {}
    return figures


def run(command: str) -> tuple[int, dict[str, Any]]:
    """Run a command, show its output if it fails, and return its exit code and its figures."""
    _, *arguments = shlex.split(command)
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        print(done.stdout, end="", file=sys.stderr)
    lines = done.stdout.strip().splitlines() or [""]
    if lines[-1].startswith("{"):
        return done.returncode, json.loads(lines[-1])
    return done.returncode, {"passed": 0, "failed": 0, **pytest_counts(lines[-1])}


def pytest_counts(line: str) -> dict[str, int]:
    """Return the counts of pytest's last line, such as ``3 failed, 96 passed in 12s``."""
    return {word: int(count) for count, word in re.findall(r"(\d+) (failed|passed|error)", line)}


class _Unknown:
    """A figure that is missing: a question mark."""

    def __format__(self, _: str) -> str:
        return "?"


class _Known(dict[str, Any]):
    """Figures, of which any may be missing."""

    def __missing__(self, name: str) -> _Unknown:
        return _Unknown()


def describe(name: str, known: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the figures of a proof in words."""
    if name not in known:
        return "not run yet"
    figures = dict(known[name])
    if isinstance(met := figures.get("pairs_met"), dict):
        possible = figures["pairs_possible"]
        figures["pairs"] = ", ".join(f"{api} {met[api]} of {possible[api]}" for api in met)
    words = PROOFS[name].words.format_map(_Known(figures))
    ended = figures.get("exit_code", 0)
    return f"{words}; **exit code {ended}**" if ended else words


def page(text: str, lines: str) -> str:
    """Return a page with the figures in their place."""
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n{lines}\n{_END}{after}"


def summary(known: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the lines of the README."""
    return "\n".join(f"- {PROOFS[name].shows}: {describe(name, known)}." for name in IN_README)


def table(known: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the table of all proofs; one that has not been run says so."""
    lines = ["| what is shown | figures | command | commit |", "|---|---|---|---|"]
    for name, proof in PROOFS.items():
        figures = known.get(name)
        commit = "" if figures is None else figures["commit"]
        command = proof.command if figures is None else figures.get("command", proof.command)
        lines.append(f"| {proof.shows} | {describe(name, known)} | `{command}` | {commit} |")
    return "\n".join(lines)


def _commit() -> str:
    result = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607 - the user's git
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return result.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
