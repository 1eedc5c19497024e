"""target-duckdb 0.8.0 with the DuckDB that it is pinned to, and with that of no pins."""

from __future__ import annotations

import pytest
from expected_rows import expected_rows
from warehouse import SCHEMA, DuckDb


@pytest.mark.parametrize("service", ["sp_api", "mws"])
def test_every_value_arrives_whatever_is_interrupted(scenario, tmp_path, service) -> None:
    scenario(DuckDb(tmp_path), service).run(interrupted=True)


def test_without_pins_a_row_of_each_batch_is_lost_and_offsets_are_dropped(
    scenario, tmp_path
) -> None:
    """Why docs/warehouses.md pins DuckDB. Once this fails, the pins may go."""
    warehouse = DuckDb(tmp_path, pinned=False)
    first = scenario(warehouse, timestamps="offset")
    log = first.finish().log
    dropped = 0
    for stream, expected in expected_rows(first.amazon.delivered()).items():
        batches = log.count(f' rows into \'"warehouse"."{SCHEMA}"."{stream}"')
        wanted = {(row.report_id, row.row_number): row for row in expected.values()}
        stored = {(row["_report_id"], row["_row_number"]): row for row in warehouse.rows(stream)}
        assert batches
        assert stored.keys() < wanted.keys()
        assert len(wanted) - len(stored) == batches
        for place, row in stored.items():
            for column in wanted[place].offsets:
                assert row[column] == wanted[place].local_time(column)
                dropped += 1
    assert dropped
