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
    arguments = ["--api", api, "--reports", "10", "--sellers", "2", "--call-time", "0.1"]
    monkeypatch.setattr(sys, "argv", ["benchmarks.makespan", *arguments])
    monkeypatch.setattr(makespan, "LATENCIES", (30,))
    monkeypatch.setattr(makespan, "LESSON", 10)
    monkeypatch.setattr(makespan, "EACH", 10)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.usefixtures("few")
def test_it_prints_a_table_and_ends_with_its_figures_as_json(api, capsys) -> None:
    makespan.main()
    head, *rows, last = capsys.readouterr().out.splitlines()
    figures = json.loads(last)
    *runs, together = figures["runs"]
    assert (figures["api"], figures["call_time"], figures["download_time"]) == (api, 0.1, 0.0)
    assert set(together) == set(head.split())
    assert [run["latency_s"] for run in runs] == [30, "mix", "mix, learned"]
    assert len(rows) == len(runs) + 1
    for run in runs:
        assert (run["sellers"], run["reports"]) == (1, 10)
        assert run["makespan_s"] >= run["bound_s"] > 0
        assert (run["throttled"], run["second_run"]) == (0, 0)
        assert 0 < run["polls"] <= 45
    assert runs[0]["bound_s"] == together["bound_s"] == 30, "quotas are each seller's own"
    assert (together["sellers"], together["reports"]) == (2, 20)
    assert together["ratio"] < runs[0]["ratio"] * 1.1
    assert (together["throttled"], together["second_run"]) == (0, 0)
