from __future__ import annotations

import pytest

from benchmarks.application_limits import measured


@pytest.mark.parametrize("sellers", [1, 4])
def test_sellers_get_what_the_limit_allows_and_no_refusal(sellers: int) -> None:
    row = measured(sellers)
    assert (row["runs"], row["granted"], row["granted_ratio"]) == (1, sellers, 1.0)
    assert row["throttled"] == row["failed_windows"] == 0
    assert row["wait_ratio"] <= 1.1
