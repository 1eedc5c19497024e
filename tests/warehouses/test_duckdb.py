"""target-duckdb 0.8.0 with the DuckDB that it is pinned to."""

from __future__ import annotations

from warehouse import DuckDb


def test_every_value_arrives_whatever_is_interrupted(scenario, tmp_path) -> None:
    scenario(DuckDb(tmp_path)).run(interrupted=True)
