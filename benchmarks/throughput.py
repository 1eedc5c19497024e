"""The tap's speed, compared with a plain SDK stream and polars, or the bare parser of XML or JSON.

`python -m benchmarks.throughput [--format tab|xml|json] [--rows N]` prints a table and, as its last
line, one JSON object. Every contender runs in a process of its own and writes to nowhere; they take
turns, so that a busy machine affects all of them equally. Figures are medians over the
rounds: of wall time for flat files, of CPU time for XML and JSON. The rows of XML are orders, those
of JSON elements of the list.
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
from benchmarks.structured_documents import write_orders_xml, write_sales_json

Measures = dict[str, list[dict[str, float]]]

_SUFFIXES = {"tab": ".txt", "xml": ".xml", "json": ".json"}
_WRITERS = {"tab": write_document, "xml": write_orders_xml, "json": write_sales_json}
_ROWS = {"tab": 100_000, "xml": 18_000, "json": 28_000}
"""Rows of a document of about 30 MB (tab) or 50 MB (XML and JSON)."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.throughput", description=__doc__)
    parser.add_argument("--format", choices=_WRITERS, default="tab")
    parser.add_argument("--rows", type=int)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", help="measure one contender alone")
    given = parser.parse_args()
    contenders = CONTENDERS[given.format]
    if given.only not in (None, *contenders):
        parser.error(f"--only: one of {', '.join(contenders)}")
    names = [given.only] if given.only else list(contenders)
    rows = given.rows or _ROWS[given.format]
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder, "document").with_suffix(_SUFFIXES[given.format])
        _WRITERS[given.format](document, rows)
        size = document.stat().st_size / 1e6
        print(f"{rows:,} rows, {size:.0f} MB, {given.rounds} rounds")
        measures: Measures = {name: [] for name in names}
        for _ in range(given.rounds):
            for name in names:
                measures[name].append(_measure(name, document, Path(folder) / "result.json"))
    _print_table(rows, measures)
    figures = _flat_file_figures if given.format == "tab" else _parser_figures
    if given.only:
        rate = round(rows / _median(measures[given.only], "seconds"))
        print(json.dumps({"format": given.format, "rows": rows, given.only: rate}))
    else:
        print(json.dumps({"format": given.format, "mb": round(size), **figures(rows, measures)}))


def _measure(name: str, document: Path, result: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.contenders", name, str(document), str(result)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    measured: dict[str, float] = json.loads(result.read_text("utf-8"))
    return measured


def _median(runs: list[dict[str, float]], what: str) -> float:
    return statistics.median(each[what] for each in runs)


def _peak(runs: list[dict[str, float]]) -> int:
    return round(max(each["peak_rss_mb"] for each in runs))


def _print_table(rows: int, measures: Measures) -> None:
    print(f"{'':<26}{'rows/s':>12}{'CPU s':>10}{'peak MB':>10}")
    for name, runs in measures.items():
        rate, cpu = rows / _median(runs, "seconds"), _median(runs, "cpu_seconds")
        print(f"{name:<26}{rate:>12,.0f}{cpu:>10.2f}{_peak(runs):>10}")


def _flat_file_figures(rows: int, measures: Measures) -> dict[str, float]:
    rates = {name: rows / _median(runs, "seconds") for name, runs in measures.items()}
    return {
        "rows_per_second": round(rates["this_tap"]),
        "rows_per_second_without_pyarrow": round(rates["this_tap_without_pyarrow"]),
        "sdk_rows_per_second": round(rates["plain_sdk"]),
        "sdk_msgspec_rows_per_second": round(rates["plain_sdk_msgspec"]),
        "polars_rows_per_second": round(rates["polars"]),
        "ratio_to_sdk": round(rates["this_tap"] / rates["plain_sdk"], 1),
        "ratio_to_polars": round(rates["this_tap"] / rates["polars"], 2),
        "peak_rss_mb": _peak(measures["this_tap"]),
        "peak_rss_mb_without_pyarrow": _peak(measures["this_tap_without_pyarrow"]),
    }


def _parser_figures(rows: int, measures: Measures) -> dict[str, float]:
    """Return the CPU time beside that of the bare parser, with and without the report type."""
    cpu = {name: _median(runs, "cpu_seconds") for name, runs in measures.items()}
    parser = list(cpu)[-1]
    return {
        "rows_per_second": round(rows / _median(measures["this_tap"], "seconds")),
        "cpu_seconds": round(cpu["this_tap"], 2),
        "unknown_type_cpu_seconds": round(cpu["unknown_type"], 2),
        f"{parser}_cpu_seconds": round(cpu[parser], 2),
        "ratio_to_parser": round(cpu["this_tap"] / cpu[parser], 2),
        "unknown_type_ratio_to_parser": round(cpu["unknown_type"] / cpu[parser], 2),
        "peak_rss_mb": _peak(measures["this_tap"]),
        "unknown_type_peak_rss_mb": _peak(measures["unknown_type"]),
    }


if __name__ == "__main__":
    main()
