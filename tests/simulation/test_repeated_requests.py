from __future__ import annotations

from dataclasses import replace

import pytest

from simulation import checks
from simulation.moments import undisturbed
from simulation.target import OlderTarget
from simulation.world import simulate

pytestmark = pytest.mark.usefixtures("without_logs")


def test_a_request_with_the_id_of_another_sellers_is_not_known_by_it() -> None:
    """Sellers of two regions have the same ids; a list of MWS shows no marketplace."""
    reports = ({"type": "_GET_SALES_AND_TRAFFIC_REPORT_"},)
    scenario = replace(undisturbed(18, "mws"), reports=reports)
    states = simulate(scenario).states_of_first_run
    assert states > 2
    for state in range(states):
        assert not checks.problems(simulate(scenario, OlderTarget(state)))
