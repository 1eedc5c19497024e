"""target-duckdb 0.8.0 with the DuckDB that it is pinned to."""

from __future__ import annotations

import pytest
from warehouse import DuckDb


@pytest.mark.parametrize("service", ["sp_api", "mws"])
def test_every_value_arrives_whatever_is_interrupted(scenario, tmp_path, service) -> None:
    scenario(DuckDb(tmp_path), service).run(interrupted=True)
