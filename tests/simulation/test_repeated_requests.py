from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from simulation import checks
from simulation.fault_kinds import MachineFault, MachineKind
from simulation.moments import undisturbed
from simulation.repeated_requests import repeated_requests
from simulation.scenario import NOW
from simulation.target import OlderTarget
from simulation.world import simulate
from tap_mws_reports.sandbox.faults import Fault, FaultKind

pytestmark = pytest.mark.usefixtures("without_logs")


def test_a_request_with_the_id_of_another_sellers_is_not_known_by_it() -> None:
    """Sellers of two regions have the same ids; a list of MWS shows no marketplace."""
    reports = ({"type": "_GET_SALES_AND_TRAFFIC_REPORT_"},)
    scenario = replace(undisturbed(18, "mws"), reports=reports)
    states = simulate(scenario).states_of_first_run
    assert states > 2
    for state in range(states):
        assert not checks.problems(simulate(scenario, OlderTarget(state)))


ORDERS = "_GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_"


@pytest.mark.parametrize(
    ("service", "kind", "subject", "times"),
    [
        ("mws", FaultKind.HTTP_400, "GetReport", 2),
        ("sp_api", FaultKind.HTTP_400, "getReportDocument", 2),
    ],
    ids=str,
)
def test_only_a_document_that_was_refused_twice_is_requested_again(
    service, kind, subject, times
) -> None:
    scenario = replace(
        undisturbed(3, service),
        start=NOW - timedelta(days=7),
        end=NOW - timedelta(days=4),
        is_open=False,
        regions=("NA",),
        reports=({"type": ORDERS, "window_days": 3, "lookback_days": 0},),
        settings={"timestamps": "utc"},
        machine=(MachineFault(MachineKind.KILL_BEFORE_CALL, run=0, at=4),),
        pauses=(60.0, 60.0),
    )
    for refused in (times // 2, times):
        world = simulate(replace(scenario, faults=(Fault(kind, subject, refused),)))
        assert [each.how for each in world.ends][:2] == ["killed", "done"]
        assert world.struck[kind.value] == refused
        assert not checks.problems(world)
        allowed = [reason for _, reason in repeated_requests(world)]
        assert allowed == ["document refused"] * (refused == times)
    world.ends[1].refused.pop()
    assert any("asked again" in each for each in checks.problems(world))
