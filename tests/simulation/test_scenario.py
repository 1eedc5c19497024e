from __future__ import annotations

import dataclasses
from collections import Counter

import pytest

from simulation.fault_kinds import (
    MACHINE_TABLE,
    MachineKind,
    pairs_of,
    possible_kinds,
    possible_pairs,
)
from simulation.report import APIS, Report, SeedResult, run_scenario, run_seed
from simulation.scenario import draw
from simulation.shrink import smallest
from simulation.world import simulate
from tests.simulation.found_scenarios import FOUND

pytestmark = pytest.mark.usefixtures("without_logs")


def test_every_kind_of_the_machine_has_a_row() -> None:
    assert set(MACHINE_TABLE) == set(MachineKind)


def test_a_seed_stands_for_one_scenario(api) -> None:
    assert draw(7, api) == draw(7, api)
    assert draw(7, api) != draw(8, api)


def test_all_kinds_are_drawn(api) -> None:
    drawn = {kind for seed in range(200) for kind in draw(seed, api).kinds}
    assert drawn == set(possible_kinds(api))


def test_a_range_of_seeds_covers_all_pairs(api) -> None:
    seeds = range(APIS.index(api), 500, len(APIS))
    drawn = {pair for seed in seeds for pair in pairs_of(seed, api)}
    assert drawn == set(possible_pairs(api))
    for seed in seeds:
        assert {kind for pair in pairs_of(seed, api) for kind in pair} <= set(draw(seed, api).kinds)


def test_the_remaining_kinds_are_chosen(api) -> None:
    drawn = next(each for seed in range(100) if len((each := draw(seed, api)).kinds) > 4)
    assert drawn.only(set(drawn.kinds)) == drawn
    assert drawn.only({drawn.kinds[0]}).kinds == [drawn.kinds[0]]
    assert drawn.only(set()).kinds == []


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_smallest_failing_set_is_found(count) -> None:
    drawn = next(each for seed in range(100) if len((each := draw(seed, "mws")).kinds) > 8)
    needed = set(drawn.kinds[:: len(drawn.kinds) // count][:count])
    found = smallest(drawn, lambda each: needed <= set(each.kinds))
    assert set(found.kinds) == needed


@pytest.mark.parametrize("name", FOUND)
def test_a_found_failure_stays_fixed(name) -> None:
    assert not run_scenario(FOUND[name]).problems


def test_a_seed_gives_the_same_output_twice(api) -> None:
    one, other = (simulate(draw(11, api)) for _ in range(2))
    assert one.target.history == other.target.history
    assert one.target.states == other.target.states
    assert [dataclasses.astuple(each) for each in one.ends] == [
        dataclasses.astuple(each) for each in other.ends
    ]


@pytest.mark.parametrize("seed", [1, 5, 11])
def test_seeds_keep_every_promise(api, seed) -> None:
    result = run_seed(seed, api)
    assert result.problems == []
    assert result.counted["runs"] >= 2
    assert draw(seed, api).needed <= set(result.struck)
    assert set(pairs_of(seed, api)) <= result.pairs


def test_pairs_that_did_not_occur_are_named(api) -> None:
    report, pairs = Report(), possible_pairs(api)
    report.add(SeedResult(1, api, [], Counter(), Counter(), set(pairs[2:])))
    assert report.pairs_missed() == {api: pairs[:2]}
