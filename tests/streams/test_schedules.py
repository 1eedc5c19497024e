"""The schedules of SP-API, of which a type may have several, and of a seller who moves there."""

from __future__ import annotations

import copy

import pytest

UNSHIPPED = "_GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_"
SCHEDULES = "report_schedules"
SELLER, GERMANY, FRANCE = "A2SANDBOXEU", "A1PA6795UKMFR9", "A13V1IB3VIYZZH"
EU = {"seller_id": SELLER, "marketplace_ids": ["DE", "FR"]}


@pytest.fixture
def scheduled(harness):
    """Let SP-API have a schedule for these marketplaces."""

    def schedule(period: str, *marketplaces: str) -> None:
        tap = harness.tap(api="sp_api", seller_id=SELLER, marketplace_ids=list(marketplaces))
        tap.run.sellers[SELLER].service.manage_schedule(UNSHIPPED, period)

    return schedule


def told(output) -> dict[str, str]:
    return {row["marketplace_ids"]: row["schedule"] for row in output.records(SCHEDULES)}


def test_schedules_of_one_type_are_distinguished(harness, scheduled) -> None:
    scheduled("_1_DAY_", "DE")
    scheduled("_4_HOURS_", "FR")
    first = harness.run(api="sp_api", **EU)
    assert told(first) == {GERMANY: "_1_DAY_", FRANCE: "_4_HOURS_"}
    assert len(set(first.keys(SCHEDULES))) == 2
    assert not told(harness.run(api="sp_api", **EU, state=first.state))
    scheduled("_NEVER_", "FR")
    assert told(harness.run(api="sp_api", **EU, state=first.state)) == {FRANCE: "_NEVER_"}


def test_a_schedule_of_mws_ends_with_the_move_to_sp_api(harness, scheduled) -> None:
    service = harness.tap(api="mws", **EU).run.sellers[SELLER].service
    service.manage_schedule(UNSHIPPED, "_1_DAY_")
    first = harness.run(api="mws", **EU)
    assert told(first) == {"*": "_1_DAY_"}
    service.manage_schedule(UNSHIPPED, "_NEVER_")
    scheduled("_4_HOURS_", "DE")
    moved = harness.run(api="sp_api", **EU, state=first.state)
    assert told(moved) == {"*": "_NEVER_", GERMANY: "_4_HOURS_"}


def test_a_state_without_marketplaces_is_of_mws(harness) -> None:
    service = harness.tap(api="mws", **EU).run.sellers[SELLER].service
    service.manage_schedule(UNSHIPPED, "_1_DAY_")
    state = copy.deepcopy(harness.run(api="mws", **EU).state)
    for schedule in state["bookmarks"][SCHEDULES]["schedules"]:
        del schedule["marketplace_ids"]
    assert not told(harness.run(api="mws", **EU, state=state))
