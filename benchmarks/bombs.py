"""Documents designed to exhaust memory, disk or time: each is rejected or read within small bounds.

`python -m benchmarks.bombs` lets `mws-reports read` read each of them in its own process, and
prints the seconds and the peak memory. The seconds are those of the processor, without those that
an empty document takes in the same run, so that a busy machine changes nothing. The last line is
JSON; the exit code is 1 if a process took more than `MOST_SECONDS` or `MOST_MEGABYTES`, or ended
otherwise than by reading the document or by an error of the project.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.tap_process import ROOT

MOST_SECONDS = 2.0
MOST_MEGABYTES = 100.0
ENDED_AFTER = 20
"""Seconds of the processor after which a process is killed."""

READ, REFUSED = 0, 1
"""The exit codes of a document that was read, and of an error of the project."""

_MILLION = 1_000_000
_LINE = 16 * 1024 * 1024
_LARGE = 64 * 1024 * 1024
_COLUMNS = 100_000
_REPORT = "GET_SELLER_FEEDBACK_DATA"


def _gzip(content: bytes, layers: int = 1) -> bytes:
    for _ in range(layers):
        content = gzip.compress(content, 9)
    return content


def _zip(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("report.txt", content)
    return packed.getvalue()


def _names(form: str, count: int) -> str:
    return "".join(form.format(number) for number in range(count))


def _laughs() -> str:
    entities = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(20))
    return f'<!DOCTYPE a [<!ENTITY e0 "ha">{entities}]><a>&e20;</a>'


BOMBS: Mapping[str, Callable[[], bytes | str]] = {
    "empty": lambda: b"sku\tquantity\n1\t2\n",
    "gzip of 64 MiB, 1,000:1": lambda: _gzip(bytes(_LARGE)),
    "gzip of 64 MiB, twice": lambda: _gzip(bytes(_LARGE), 2),
    "gzip ten times": lambda: _gzip(b"sku\n1\n", 10),
    "gzip of 64 MiB, 600:1": lambda: _gzip((b"x" * 3_000 + os.urandom(2)) * (_LARGE // 3_002)),
    "zip of 64 MiB": lambda: _zip(bytes(_LARGE)),
    "zip, the first bytes alone": lambda: b"PK\x03\x04" + bytes(_MILLION),
    "XML entities": _laughs,
    "XML entity of a device": lambda: (
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///dev/zero">]><a>&x;</a>'
    ),
    "line of 16 Mi characters, tab": lambda: b"a\tb\n" + b"x" * _LINE + b"\ty\n",
    "line of 16 Mi characters, quoted": lambda: b'a,b\n"' + b"x" * _LINE + b'",y\n',
    "line of 16 Mi empty cells": lambda: b"a\tb\n" + b"\t" * _LINE + b"\n",
    "first line of 16 Mi characters": lambda: b"x" * _LINE + b"\n1\n",
    "text of 16 Mi characters, JSON": lambda: b'[{"a":"' + b"x" * _LINE + b'"}]',
    "text of 16 Mi characters, XML": lambda: b"<a><b>" + b"x" * _LINE + b"</b></a>",
    "attribute of 16 Mi characters, XML": lambda: b'<a><b c="' + b"x" * _LINE + b'"/></a>',
    "comment of 16 Mi characters, XML": lambda: b"<a><!--" + b"x" * _LINE + b"--><b>1</b></a>",
    "name of 16 Mi characters, XML": lambda: b"<a><" + b"x" * _LINE + b"/></a>",
    "a million open brackets, XML": lambda: b"<a>" + b"<" * _MILLION,
    "rows and a million open brackets, XML": lambda: b"<a><b>1</b><b>2</b>" + b"<" * _MILLION,
    "100,000 columns, tab": lambda: _names("c{}\t", _COLUMNS) + "\n" + "1\t" * _COLUMNS,
    "100,000 columns, CSV": lambda: _names("c{},", _COLUMNS) + "\n" + "1," * _COLUMNS,
    "100,000 columns, JSON": lambda: '[{"a":1' + _names(',"c{}":1', _COLUMNS) + "}]",
    "100,000 columns, XML": lambda: f"<a><b>{_names('<c{0}>1</c{0}>', _COLUMNS)}</b></a>",
    "a million attributes, XML": lambda: "<a><b" + _names(' c{}="1"', _MILLION) + "/></a>",
    "a million levels, XML": lambda: b"<a>" * _MILLION,
    "a million levels, JSON arrays": lambda: b"[" * _MILLION + b"]" * _MILLION,
    "a million levels, JSON objects": lambda: b'{"a":' * _MILLION + b"1" + b"}" * _MILLION,
    "a million elements, JSON": lambda: b'[{"a":[' + b"1," * _MILLION + b"1]}]",
    "number of a million digits, JSON": lambda: b'[{"a":' + b"9" * _MILLION + b"}]",
    "number of 16 Mi digits, JSON": lambda: b'[{"a":' + b"9" * _LINE + b"}]",
    "number with a huge exponent, JSON": lambda: b'[{"a":1e999999999}]',
    "number of a million digits, tab": lambda: b"date\trating\n1/2/20\t" + b"9" * _MILLION + b"\n",
    "number with a huge exponent, tab": lambda: b"date\trating\n1/2/20\t1e999999999\n",
}
"""The documents by description; the first is the baseline of the others."""


@dataclass(frozen=True)
class Outcome:
    """How a process ended: seconds of the processor, peak megabytes, exit code, last output."""

    seconds: float
    megabytes: float
    code: int
    said: str


def main() -> int:
    """Read each document, print and judge; return the exit code."""
    parser = argparse.ArgumentParser(prog="benchmarks.bombs", description=__doc__)
    parser.add_argument("--only", default="", help="documents with this in their names")
    given = parser.parse_args()
    names = [name for name in BOMBS if name == "empty" or given.only in name]
    print(f"{'document':<38}{'seconds':>8}{'MB':>8}  {'end':<9}")
    outcomes: dict[str, Outcome] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            outcomes[name] = found = _read(_made(name, Path(folder)), outcomes.get("empty"))
            end = {READ: "read", REFUSED: "refused"}.get(found.code, f"code {found.code}")
            mark = "  beyond the bounds" if _broken(found) else ""
            print(f"{name:<38}{found.seconds:>8.2f}{found.megabytes:>8.1f}  {end:<9}{mark}")
            print(f"{'':<38}{found.said[:100]}", flush=True)
    print(json.dumps(_figures(outcomes)))
    return 1 if any(map(_broken, outcomes.values())) else 0


def _made(name: str, folder: Path) -> Path:
    """Write a document in its own process: its memory would count for later child processes."""
    document = folder / "document"
    maker = multiprocessing.Process(target=_write, args=(document, name))
    maker.start()
    maker.join()
    return document


def _write(document: Path, name: str) -> None:
    content = BOMBS[name]()
    document.write_bytes(content.encode() if isinstance(content, str) else content)


def _read(document: Path, empty: Outcome | None) -> Outcome:
    said = document.with_name("said")
    program = "import sys; from tap_mws_reports.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", program, "read", str(document), "--type", _REPORT]
    with said.open("wb") as err:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=err)
        resource.prlimit(process.pid, resource.RLIMIT_CPU, (ENDED_AFTER, ENDED_AFTER))
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = usage.ru_utime + usage.ru_stime - (empty.seconds if empty else 0.0)
    words = [line for line in said.read_text("utf-8").splitlines() if "error" in line] or [""]
    megabytes = usage.ru_maxrss * 1024 / 1e6  # Linux returns kibibytes
    return Outcome(max(0.0, seconds), megabytes, process.returncode, words[0])


def _broken(outcome: Outcome) -> bool:
    within = outcome.seconds <= MOST_SECONDS and outcome.megabytes <= MOST_MEGABYTES
    return not within or outcome.code not in {READ, REFUSED} or "unexpected" in outcome.said


def _figures(outcomes: Mapping[str, Outcome]) -> dict[str, object]:
    bombs = {name: each for name, each in outcomes.items() if name != "empty"}
    return {
        "documents": len(bombs),
        "refused": sum(each.code == REFUSED for each in bombs.values()),
        "read": sum(each.code == READ for each in bombs.values()),
        "failed": sum(map(_broken, bombs.values())),
        "most_seconds": round(max((each.seconds for each in bombs.values()), default=0.0), 2),
        "most_megabytes": round(max((each.megabytes for each in bombs.values()), default=0.0), 1),
        "empty_seconds": round(outcomes["empty"].seconds, 2),
        "empty_megabytes": round(outcomes["empty"].megabytes, 1),
    }


if __name__ == "__main__":
    sys.exit(main())
