from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from benchmarks import sellers


@pytest.fixture
def measured(monkeypatch, capsys) -> Iterator[Callable[..., dict[str, Any]]]:
    def run(*arguments: str) -> dict[str, Any]:
        defaults = "--latency", "60", "--call-time", "1"
        command = ["benchmarks.sellers", *defaults, *arguments]
        monkeypatch.setattr(sys, "argv", command)
        sellers.main()
        return json.loads(capsys.readouterr().out.splitlines()[-1])

    yield run
    logging.disable(logging.NOTSET)


def test_several_sellers_take_as_long_as_one_with_enough_connections(measured) -> None:
    together, in_turn = measured("4x5"), measured("4x5", "--connections", "1")
    assert (together["sellers"], together["reports"], together["throttled"]) == (4, 20, 0)
    assert together["bound_s"] == in_turn["bound_s"] == 63
    assert together["makespan_s"] < 1.5 * together["bound_s"]
    assert in_turn["makespan_s"] > 1.5 * together["makespan_s"]
    assert together["busy_s"] * 8 == pytest.approx(in_turn["busy_s"], rel=0.2)
    assert together["states"] >= 20
    assert together["state_bytes"] > 4 * 1000
    assert together["cpu_ms_per_report"] > together["state_ms"] > 0


def test_sellers_of_a_first_run_learn_from_each_other_soon(measured) -> None:
    """Alone a seller polls at about 50 and 65 s; of several, one polls when reports are ready."""
    options = ("--latency", "52", "--connections", "64", "--call-time", "0.3")
    assert measured("1x5", *options)["makespan_s"] > 65
    assert measured("8x5", *options)["makespan_s"] < 62
