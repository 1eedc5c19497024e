"""The name that a misspelt one most likely stands for."""

from __future__ import annotations

import pytest

from tap_mws_reports.errors import closest, did_you_mean


@pytest.mark.parametrize(
    ("name", "known", "likely"),
    [
        ("plna", ["plan", "page", "list"], "plan"),
        ("reportperiod", ["reportPeriod", "distributorView"], "reportPeriod"),
        ("START_DATE", ["start_date", "end_date"], "start_date"),
        ("replication_start_date", ["start_date", "end_date"], None),
        ("YEAR", ["DAY", "WEEK", "MONTH"], None),
        ("anything", [], None),
    ],
)
def test_the_most_similar_name(name: str, known: list[str], likely: str | None) -> None:
    assert closest(name, known) == likely
    assert did_you_mean(name, known) == (f"did you mean `{likely}`?" if likely else "")
