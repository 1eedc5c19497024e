"""The programs that `benchmarks.load` measures load every row."""

from __future__ import annotations

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


def test_the_tap_writes_every_row(document, capfdbinary) -> None:
    load_programs.tap(document, "{}")

    assert capfdbinary.readouterr().out.count(b'"type":"RECORD"') == ROWS


@pytest.mark.filterwarnings("ignore::DeprecationWarning:dlt")
def test_load_and_its_ceiling_load_every_row(document, tmp_path) -> None:
    loaded, ceiling = tmp_path / "loaded.duckdb", tmp_path / "ceiling.duckdb"

    load_programs.load(document, "duckdb", str(loaded), str(tmp_path))
    load_programs.read_csv(document, str(ceiling))

    for path, table in ((loaded, f"amazon_reports.{STREAM}"), (ceiling, "orders")):
        with duckdb.connect(str(path)) as database:
            assert database.execute(f"select count(*) from {table}").fetchall() == [(ROWS,)]
