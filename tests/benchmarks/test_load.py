"""The programs that `benchmarks.load` measures load every row."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from benchmarks import load_programs
from benchmarks.orders_document import write_document

ROWS = 60
STREAM = "flat_file_all_orders_data_by_last_update"


@pytest.fixture
def document(tmp_path, monkeypatch) -> str:
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
    monkeypatch.setenv("DLT_DATA_DIR", str(tmp_path / "dlt"))
    path = tmp_path / "orders.txt"
    write_document(path, ROWS)
    load_programs.write_whole_lines(path)
    return str(path)


@pytest.fixture
def catalog(document, tmp_path) -> str:
    path = str(tmp_path / "catalog.json")
    load_programs.catalog(document, path, "{}")
    return path


def test_the_tap_writes_every_row(document, catalog, capfdbinary) -> None:
    load_programs.tap(document, catalog, "{}")

    assert capfdbinary.readouterr().out.count(b'"type":"RECORD"') == ROWS


def test_load_and_its_ceiling_load_every_row(document, catalog, tmp_path) -> None:
    loaded, ceiling = tmp_path / "loaded.duckdb", tmp_path / "ceiling.duckdb"
    merged = tmp_path / "merged.duckdb"
    config = tmp_path / "config.json"
    config.write_text(json.dumps(load_programs.CONFIG))

    options = ["--config", str(config), "--catalog", catalog, "--pipelines-dir", str(tmp_path)]
    # The program ends its process, so it has one of its own.
    subprocess.run(
        [
            *(sys.executable, "-m", "benchmarks.load_programs", "load"),
            *(document, "duckdb", "--to", str(loaded), *options),
        ],
        cwd=Path(__file__).parents[2],
        check=True,
    )
    load_programs.read_csv(document, str(ceiling))
    load_programs.read_csv_merged(document, str(merged))

    for path, table in ((loaded, f"amazon_reports.{STREAM}"), (ceiling, "orders")):
        with duckdb.connect(str(path)) as database:
            assert database.execute(f"select count(*) from {table}").fetchall() == [(ROWS,)]

    # The nearer bound has the same table and keys.
    described, keys = "describe {}", "select amazon_order_id, _line from {} order by all"
    found = []
    for path, table in ((loaded, f"amazon_reports.{STREAM}"), (merged, "orders")):
        with duckdb.connect(str(path)) as database:
            columns = {row[:3] for row in database.execute(described.format(table)).fetchall()}
            found.append((columns, database.execute(keys.format(table)).fetchall()))
    assert found[0] == found[1]
