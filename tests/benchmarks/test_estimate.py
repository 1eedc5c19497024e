from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator

import pytest

from benchmarks import estimate

ARGUMENTS = ["--reports", "10", "--spread", "0.05", "--constant", "300"]


@pytest.fixture
def few_reports(monkeypatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "argv", ["benchmarks.estimate", *ARGUMENTS])
    monkeypatch.delitem(estimate.SCENARIOS, "backfill")  # see the test of the plan
    monkeypatch.delitem(estimate.SCENARIOS, "newest first")
    monkeypatch.delitem(estimate.SCENARIOS, "first run")  # no latency is known
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.usefixtures("few_reports")
def test_every_plan_comes_within_a_tenth_of_its_run(capsys) -> None:
    estimate.main()
    lines = capsys.readouterr().out.splitlines()
    head, last, end = lines[0], lines[-1], lines.index("")
    measured = json.loads(last)
    runs = measured["runs"]
    assert set(runs[0]) == {*head.split(), "errors"}
    assert [run["scenario"] for run in runs] == [*estimate.SCENARIOS, "backfill"]
    assert len(lines[1:end]) == len(runs)
    for run in runs:
        assert abs(run["off"]) <= 0.1, run["scenario"]
    assert {run["scenario"]: (run["reports"], run["requests"]) for run in runs} == {
        "killed": (10, 5),
        "max_open 10": (10, 10),
        "snapshots": (12, 12),
        "backfill": (10, 10),
    }
    assert [(group["latencies"], group["moment"]) for group in measured["errors"]] == [
        ("mix 0.05", "at the start"),
        ("mix 0.05", "during the run"),
        ("constant", "at the start"),
        ("constant", "during the run"),
    ]
    assert measured["errors"][0]["forecasts"] == 3
    exact = {"median": 0.0, "p90": 0.0, "bias": 0.0, "within_10": 1.0}
    assert measured["errors"][2]["simulation"] == exact


def run(scenario: str, *errors: tuple[float, float]) -> dict[str, object]:
    return {
        "latencies": "mix 0.3",
        "scenario": scenario,
        "errors": [
            {"moment": moment, **dict.fromkeys(estimate.METHODS, error)} for moment, error in errors
        ],
    }


def test_the_errors_are_summed_up_by_latencies_and_moment() -> None:
    runs = [run("backfill", (0.0, 0.1), (0.5, -0.2)), run("killed", (0.0, -0.4), (0.25, 0.3))]
    found = estimate.summarize([*runs, run("first run", (0.0, 0.7))])
    assert [(each["latencies"], each["moment"], each["forecasts"]) for each in found] == [
        ("mix 0.3", "at the start", 2),
        ("mix 0.3", "during the run", 2),
        ("mix 0.3, first run", "at the start", 1),
    ]
    assert [each["sum"] for each in found] == [
        {"median": 0.25, "p90": 0.4, "bias": -0.15, "within_10": 0.5},
        {"median": 0.25, "p90": 0.3, "bias": 0.05, "within_10": 0.0},
        {"median": 0.7, "p90": 0.7, "bias": 0.7, "within_10": 0.0},
    ]
