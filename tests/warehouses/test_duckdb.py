"""target-duckdb 0.8.0 with the DuckDB that it is pinned to."""

from __future__ import annotations

import pytest
from warehouse import DuckDb


@pytest.mark.parametrize("service", ["sp_api", "mws"])
def test_every_value_arrives_whatever_is_interrupted(scenario, tmp_path, service) -> None:
    run = scenario(DuckDb(tmp_path), service)
    if service == "mws":
        # MWS tells no marketplaces of a schedule; the target takes an empty text in a key for a
        # null and stops. docs/warehouses.md says so.
        run.amazon.accounts["NA"].schedules.clear()
    run.run(interrupted=True)
