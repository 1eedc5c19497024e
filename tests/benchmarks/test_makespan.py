from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator

import pytest

from benchmarks import makespan


@pytest.fixture
def few(api, monkeypatch) -> Iterator[None]:
    """Few reports are measured."""
    arguments = ["--api", api, "--reports", "10"]
    monkeypatch.setattr(sys, "argv", ["benchmarks.makespan", *arguments])
    monkeypatch.setattr(makespan, "LATENCIES", (30,))
    monkeypatch.setattr(makespan, "LESSON", 10)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.usefixtures("few")
def test_it_prints_a_table_and_ends_with_its_figures_as_json(api, capsys) -> None:
    makespan.main()
    head, *rows, sentence, last = capsys.readouterr().out.splitlines()
    figures = json.loads(last)
    runs = figures["runs"]
    assert figures["api"] == api
    assert set(runs[0]) == set(head.split())
    assert [run["latency_s"] for run in runs] == [30, "mix", "mix, learned"]
    assert len(rows) == len(runs)
    for run in runs:
        assert run["reports"] == 10
        assert run["makespan_s"] >= run["bound_s"] > 0
        assert (run["throttled"], run["second_run"]) == (0, 0)
        assert 0 < run["polls"] <= 45
    assert runs[0]["bound_s"] == 30, "reports take equally long, whichever the service"
    together = figures["sellers"]
    assert together["reports"] == 20
    assert together["makespan_s"] == runs[0]["makespan_s"]
    assert (together["ratio_to_one"], together["throttled"], together["second_run"]) == (1, 0, 0)
    assert sentence.startswith("2 sellers of 20 reports in all")
