"""Rows per second into DuckDB and PostgreSQL: targets, batch files, `load`, and ceilings.

`python -m benchmarks.load [--rows N] [--only NAME ...]` loads one document of orders of 30 columns,
which lies in a file as if it had been downloaded. Contenders take turns; each begins with empty
tables. Prints a table and, as its last line, one JSON object. CPU and memory are those of all
processes of a contender; PostgreSQL's own are not in them. `make warehouse-setup` makes the
environments that the targets and PostgreSQL need.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.load_programs import CONFIG, write_whole_lines
from benchmarks.orders_document import write_document

ROOT = Path(__file__).parents[1]
POSTGRES = (
    *("target-postgres", "target-postgres-best"),
    *("load-postgres", "load-postgres-seen", "copy-postgres", "copy-postgres-merged"),
)
SEEN = {"declare_columns": "seen"}
"""Lets a table have the columns of the document, as the ceilings do, not all that are known."""
PROGRAM = "benchmarks.load_programs"


@dataclass(frozen=True)
class Place:
    """Where a contender works: the document, an empty folder, and the address of PostgreSQL."""

    document: Path
    folder: Path
    socket: str

    def write(self, name: str, content: dict[str, Any]) -> str:
        """Write a file of settings and return its path."""
        path = self.folder / name
        path.write_text(json.dumps(content))
        return str(path)

    def catalog(self, settings: dict[str, Any]) -> str:
        """Write a catalog and return its path, or that of an earlier round."""
        name = "-".join(["catalog", *(f"{name}-{value}" for name, value in settings.items())])
        path = self.document.parent / f"{name}.json"
        if not path.exists():
            command = _ours(self, "catalog", str(path), json.dumps(settings))
            subprocess.run(command, check=True, cwd=ROOT)
        return str(path)

    @property
    def database(self) -> str:
        """A DuckDB file that is not there yet."""
        return str(self.folder / "warehouse.duckdb")


def _ours(place: Place, program: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", PROGRAM, program, str(place.document), *arguments]


def _batches(place: Place) -> dict[str, Any]:
    encoding = {"format": "parquet"}
    storage = {"root": (place.folder / "batches").as_uri()}
    return {"batch_config": {"encoding": encoding, "storage": storage, "batch_size": 50_000}}


def _tap(place: Place, settings: dict[str, Any] | None = None) -> list[str]:
    return _ours(place, "tap", place.catalog({}), json.dumps(settings or {}))


def _load(
    place: Place, destination: str, to: str, settings: dict[str, Any] | None = None
) -> list[list[str]]:
    config = place.write("config.json", {**CONFIG, **(settings or {})})
    options = {
        "--to": to,
        "--config": config,
        "--catalog": place.catalog(settings or {}),
        "--pipelines-dir": str(place.folder / "pipelines"),
    }
    words = [word for option in options.items() for word in option]
    return [_ours(place, "load", destination, *words)]


def target_duckdb(place: Place) -> list[list[str]]:
    """The tap into target-duckdb as docs/warehouses.md sets it up."""
    settings = {"path": place.database, "default_target_schema": "main"}
    config = place.write("target.json", {**settings, "add_metadata_columns": True})
    return [_tap(place), [str(ROOT / ".venv-target/bin/target-duckdb"), "--config", config]]


def _target_postgres(place: Place, tap: list[str], **settings: object) -> list[list[str]]:
    url = f"postgresql+psycopg://postgres@/postgres?host={place.socket}"
    config = place.write("target.json", {"sqlalchemy_url": url, **settings})
    program = str(ROOT / ".venv-target-postgres/bin/target-postgres")
    return [tap, [program, "--config", config]]


def target_postgres(place: Place) -> list[list[str]]:
    """The tap into target-postgres as it is installed."""
    return _target_postgres(place, _tap(place))


def target_postgres_best(place: Place) -> list[list[str]]:
    """BATCH files of parquet into target-postgres, with its fastest settings."""
    tap = _tap(place, _batches(place))
    return _target_postgres(place, tap, use_copy=True, validate_records=False)


def batch_duckdb(place: Place) -> list[list[str]]:
    """BATCH files of parquet, which DuckDB reads into a table itself."""
    folder = str(place.folder / "batches")
    return [_tap(place, _batches(place)), _ours(place, "read_parquet", folder, place.database)]


def load_duckdb(place: Place) -> list[list[str]]:
    """`mws-reports load duckdb`."""
    return _load(place, "duckdb", place.database)


def load_duckdb_seen(place: Place) -> list[list[str]]:
    """`mws-reports load duckdb` into a table of the document's columns."""
    return _load(place, "duckdb", place.database, SEEN)


def _postgres_url(place: Place) -> str:
    return f"postgresql://postgres:none@{place.socket.replace('/', '%2F')}/postgres"


def load_postgres(place: Place) -> list[list[str]]:
    """`mws-reports load postgres`."""
    return _load(place, "postgres", _postgres_url(place))


def load_postgres_seen(place: Place) -> list[list[str]]:
    """`mws-reports load postgres` into a table of the document's columns."""
    return _load(place, "postgres", _postgres_url(place), SEEN)


def csv_duckdb(place: Place) -> list[list[str]]:
    """The ceiling: DuckDB's own reader of the file, into a typed table."""
    return [_ours(place, "read_csv", place.database)]


def copy_postgres(place: Place) -> list[list[str]]:
    """The ceiling: PostgreSQL's COPY of the file, into a typed table."""
    return [_ours(place, "copy", f"host={place.socket} user=postgres dbname=postgres")]


def csv_duckdb_merged(place: Place) -> list[list[str]]:
    """A nearer bound: DuckDB merges the file by key into the table that `load` makes."""
    return [_ours(place, "read_csv_merged", place.database)]


def copy_postgres_merged(place: Place) -> list[list[str]]:
    """A nearer bound: PostgreSQL merges the file by key into the table that `load` makes."""
    return [_ours(place, "copy_merged", f"host={place.socket} user=postgres dbname=postgres")]


CONTENDERS: dict[str, Callable[[Place], list[list[str]]]] = {
    each.__name__.replace("_", "-"): each
    for each in (
        *(csv_duckdb, csv_duckdb_merged, load_duckdb, load_duckdb_seen, batch_duckdb),
        *(target_duckdb, copy_postgres, copy_postgres_merged, load_postgres, load_postgres_seen),
        *(target_postgres_best, target_postgres),
    )
}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.load", description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=CONTENDERS, default=list(CONTENDERS))
    given = parser.parse_args()
    measures: dict[str, list[dict[str, float]]] = {name: [] for name in given.only}
    with tempfile.TemporaryDirectory() as folder, _postgres(given.only) as server:
        document = Path(folder) / "orders.txt"
        write_document(document, given.rows)
        write_whole_lines(document)
        print(f"{given.rows:,} rows of 30 columns, {given.rounds} rounds")
        for _ in range(given.rounds):
            for name in given.only:
                measures[name].append(_measured(name, document, server))
    _report(given.rows, measures)
    return 0


@contextmanager
def _postgres(names: Sequence[str]) -> Iterator[Any]:
    """Start a PostgreSQL server if a contender needs one."""
    if not set(names) & set(POSTGRES):
        yield None
        return
    from benchmarks.postgres_server import running_postgres  # noqa: PLC0415 - not always there

    with running_postgres() as server:
        yield server


def _measured(name: str, document: Path, server: Any) -> dict[str, float]:  # noqa: ANN401
    if server is not None:
        server.execute("drop schema if exists melty, amazon_reports cascade")
        server.execute("drop schema if exists amazon_reports_staging cascade")
        server.execute("drop schema public cascade; create schema public; checkpoint")
    with tempfile.TemporaryDirectory() as folder:
        socket = "" if server is None else str(server.socket_directory)
        commands = CONTENDERS[name](Place(document, Path(folder), socket))
        start = time.perf_counter()
        cpu, peaks = _run(commands)
        return {"seconds": time.perf_counter() - start, "cpu": cpu, **peaks}


def _run(commands: list[list[str]]) -> tuple[float, dict[str, float]]:
    """Run a pipe of programs; return the seconds of CPU and each one's peak of memory in MB."""
    environment = {**os.environ, "RUNTIME__DLTHUB_TELEMETRY": "false"}
    processes: list[subprocess.Popen[bytes]] = []
    with tempfile.TemporaryFile() as log, Path(os.devnull).open("wb") as nowhere:
        for command in commands:
            source = processes[-1].stdout if processes else None
            last = len(processes) == len(commands) - 1
            output = nowhere if last else subprocess.PIPE
            process = subprocess.Popen(
                command, stdin=source, stdout=output, stderr=log, env=environment, cwd=ROOT
            )
            processes.append(process)
            if source is not None:
                source.close()
        used = [os.wait4(process.pid, 0) for process in processes]
        if any(status for _, status, _ in used):
            log.seek(0)
            raise SystemExit(f"{commands} failed:\n{log.read().decode()[-3000:]}")
    with suppress(ChildProcessError):
        for process in processes:
            process.wait()
    usages = [usage for _, _, usage in used]
    peaks = {"peak_rss_mb": usages[0].ru_maxrss / 1024, "loader_rss_mb": 0.0}
    if len(usages) > 1:
        peaks["loader_rss_mb"] = usages[1].ru_maxrss / 1024
    return sum(usage.ru_utime + usage.ru_stime for usage in usages), peaks


def _report(rows: int, measures: dict[str, list[dict[str, float]]]) -> None:
    figures = {
        name: {
            "rows_per_second": round(rows / statistics.median(each["seconds"] for each in runs)),
            "cpu_seconds": round(statistics.median(each["cpu"] for each in runs), 1),
            "peak_rss_mb": round(max(each["peak_rss_mb"] for each in runs)),
            "loader_rss_mb": round(max(each["loader_rss_mb"] for each in runs)),
        }
        for name, runs in measures.items()
    }
    print(f"{'':<22}{'rows/s':>10}{'CPU s':>8}{'MB':>7}{'MB':>7}")
    for name, each in figures.items():
        rate, cpu, peak, loader = each.values()
        print(f"{name:<22}{rate:>10,}{cpu:>8}{peak:>7}{loader:>7}")
    print(json.dumps({"rows": rows, "contenders": figures, "ratios": _ratios(figures)}))


def _ratios(figures: dict[str, dict[str, float]]) -> dict[str, float]:
    """Return the speed of one contender in units of another's."""
    pairs = {
        "load_duckdb_to_read_csv": ("load-duckdb", "csv-duckdb"),
        "load_duckdb_seen_to_read_csv": ("load-duckdb-seen", "csv-duckdb"),
        "load_duckdb_to_merged": ("load-duckdb", "csv-duckdb-merged"),
        "load_duckdb_to_target": ("load-duckdb", "target-duckdb"),
        "load_postgres_to_copy": ("load-postgres", "copy-postgres"),
        "load_postgres_seen_to_copy": ("load-postgres-seen", "copy-postgres"),
        "load_postgres_to_merged": ("load-postgres", "copy-postgres-merged"),
        "load_postgres_to_target": ("load-postgres", "target-postgres"),
    }
    return {
        name: round(figures[one]["rows_per_second"] / figures[other]["rows_per_second"], 2)
        for name, (one, other) in pairs.items()
        if one in figures and other in figures
    }


if __name__ == "__main__":
    sys.exit(main())
