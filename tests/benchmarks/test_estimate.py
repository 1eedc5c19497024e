from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator

import pytest

from benchmarks import estimate


@pytest.fixture
def few_reports(monkeypatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "argv", ["benchmarks.estimate", "--reports", "10"])
    monkeypatch.setattr(estimate, "LESSON", 25)
    monkeypatch.delitem(estimate.SCENARIOS, "backfill")  # see the test of the plan
    monkeypatch.delitem(estimate.SCENARIOS, "newest first")
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.usefixtures("few_reports")
def test_every_plan_comes_within_a_tenth_of_its_run(capsys) -> None:
    estimate.main()
    head, *rows, last = capsys.readouterr().out.splitlines()
    runs = json.loads(last)["runs"]
    assert set(runs[0]) == set(head.split())
    assert [run["scenario"] for run in runs] == list(estimate.SCENARIOS)
    assert len(rows) == len(runs)
    for run in runs:
        assert abs(run["off"]) <= 0.1, run["scenario"]
    assert {run["scenario"]: (run["reports"], run["requests"]) for run in runs} == {
        "killed": (10, 5),
        "max_open 10": (10, 10),
        "snapshots": (12, 12),
    }
