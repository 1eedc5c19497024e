"""Rows per second of the tap, beside a plain SDK stream and polars, on the same document.

`python -m benchmarks.throughput [--rows N]` prints a table and, as its last line, one JSON object.
Every contender runs in a process of its own and writes to nowhere; they take turns, so that a busy
machine is as unfair to one as to the other. Figures are medians over the rounds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.contenders import CONTENDERS
from benchmarks.orders_document import write_document

Measures = dict[str, list[dict[str, float]]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.throughput", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=CONTENDERS, help="measure one contender alone")
    given = parser.parse_args()
    names = [given.only] if given.only else list(CONTENDERS)
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "orders.txt"
        write_document(document, given.rows)
        size = document.stat().st_size
        print(f"{given.rows:,} rows of 30 columns, {size / 1e6:.0f} MB, {given.rounds} rounds")
        measures: Measures = {name: [] for name in names}
        for _ in range(given.rounds):
            for name in names:
                measures[name].append(_measure(name, document, Path(folder) / "result.json"))
    _report(given.rows, measures)


def _measure(name: str, document: Path, result: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.contenders", name, str(document), str(result)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    measured: dict[str, float] = json.loads(result.read_text("utf-8"))
    return measured


def _report(rows: int, measures: Measures) -> None:
    rates = {
        name: rows / statistics.median(each["seconds"] for each in runs)
        for name, runs in measures.items()
    }
    peaks = {name: max(each["peak_rss_mb"] for each in runs) for name, runs in measures.items()}
    print(f"{'':<20}{'rows/s':>12}{'peak MB':>10}")
    for name, rate in rates.items():
        print(f"{name:<20}{rate:>12,.0f}{peaks[name]:>10.0f}")
    if len(rates) < len(CONTENDERS):
        print(json.dumps({"rows": rows, **{name: round(rate) for name, rate in rates.items()}}))
        return
    figures = {
        "rows_per_second": round(rates["this_tap"]),
        "sdk_rows_per_second": round(rates["plain_sdk"]),
        "sdk_msgspec_rows_per_second": round(rates["plain_sdk_msgspec"]),
        "polars_rows_per_second": round(rates["polars"]),
        "ratio_to_sdk": round(rates["this_tap"] / rates["plain_sdk"], 1),
        "ratio_to_polars": round(rates["this_tap"] / rates["polars"], 2),
        "peak_rss_mb": round(peaks["this_tap"]),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
