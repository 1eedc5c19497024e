"""The checks find what is wrong: each case harms a good end, and names what must be said."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from simulation import checks
from simulation.scenario import NOW, RANGES, SETTLEMENT, Scenario, draw
from simulation.world import RunEnd, World, simulate
from tap_mws_reports.sandbox.faults import WITHOUT_END, Fault, FaultKind

pytestmark = pytest.mark.usefixtures("without_logs")

SNAPSHOT = "_GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA_"
ORDERS = "flat_file_all_orders_data_by_last_update"


def undisturbed(api: str) -> Scenario:
    """A scenario of orders and listings in which nothing goes wrong."""
    drawn = draw(3, api)
    settings = {"timestamps": "utc"}
    reports = (
        {"type": RANGES[0], "window_days": 1, "lookback_days": 0},
        {"type": SNAPSHOT},
    )
    return replace(
        drawn,
        start=NOW - timedelta(days=7),
        end=NOW - timedelta(days=4),
        is_open=False,
        reports=reports,
        settings=settings,
        faults=(),
        machine=(),
        needed=frozenset(),
        regions=("NA",),
        pauses=(1.0,),
    )


@pytest.fixture(scope="module")
def worlds() -> dict[str, World]:
    return {}


@pytest.fixture
def world(worlds: dict[str, World], api: str) -> World:
    """A world that went well, to be harmed."""
    if api not in worlds:
        worlds[api] = simulate(undisturbed(api))
    found = worlds[api]
    copied = copy.copy(found)
    copied.target, copied.ends = copy.deepcopy(found.target), list(found.ends)
    return copied


def test_a_world_without_faults_passes(world: World) -> None:
    assert checks.problems(world) == []
    assert world.target.tables[ORDERS]
    assert world.ends[-1].how == "done"


def lose_a_row(world: World) -> None:
    key, _ = world.target.history[ORDERS][-1]
    rows = world.target.history[ORDERS]
    world.target.history[ORDERS] = [each for each in rows if each[0] != key]


def change_a_value(world: World) -> None:
    _, row = world.target.history[ORDERS][0]
    row["sku"] = "ANOTHER"


def shift_a_moment(world: World) -> None:
    _, row = world.target.history[ORDERS][0]
    row["purchase_date"] = "2019-01-01T00:00:00+00:00"


def scale_a_price(world: World) -> None:
    row = next(row for _, row in world.target.history[ORDERS] if row["item_price"])
    row["item_price"] *= 10


def invent_a_row(world: World) -> None:
    key, row = world.target.history[ORDERS][0]
    world.target.history[ORDERS].append((key, {**row, "_row_number": 9_999}))


def write_an_older_version_last(world: World) -> None:
    key, row = world.target.history[ORDERS][-1]
    world.target.tables[ORDERS][key] = {**row, "order_status": "Older"}


def crash(world: World) -> None:
    world.ends.insert(0, RunEnd("crashed", "Traceback"))


def never_heal(world: World) -> None:
    world.ends.append(RunEnd("incomplete", "1 reports could not be retrieved:\n  - orders"))


def tell_a_secret(world: World) -> None:
    account = next(iter(world.amazon.accounts.values()))
    world.ends[0] = RunEnd("done", f"signed with {account.secret_access_key}")


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (lose_a_row, "nothing of"),
        (change_a_value, "sku is"),
        (shift_a_moment, "purchase_date is"),
        (scale_a_price, "item_price is"),
        (invent_a_row, "in no document"),
        (write_an_older_version_last, "older than"),
        (crash, "an error that is not the tap's"),
        (never_heal, "never recovered"),
        (tell_a_secret, "a secret is in"),
    ],
)
def test_violations_are_reported(world: World, harm: Callable[[World], None], message: str) -> None:
    harm(world)
    assert any(message in each for each in checks.problems(world))


def test_a_settlement_without_its_document_need_not_recover(api: str) -> None:
    vanished = Fault(FaultKind.VANISHED, SETTLEMENT, times=WITHOUT_END)
    scenario = replace(
        undisturbed(api),
        start=NOW - timedelta(days=30),
        reports=({"type": SETTLEMENT},),
        faults=(vanished,),
    )
    found = simulate(scenario)
    assert found.struck[FaultKind.VANISHED.value]
    assert found.ends[-1].how == "incomplete"
    assert not checks.problems(found)


def test_a_report_requested_twice_is_reported(world: World) -> None:
    amazon = copy.deepcopy(world.amazon)
    world.amazon = amazon
    account = next(iter(amazon.accounts.values()))
    first = next(
        each
        for each in account.requests.values()
        if each.requested and each.spec.report_type == RANGES[0]
    )
    account.add_request(first.spec, world.clock.now(), requested=True)
    assert any("asked again" in each for each in checks.problems(world))


@pytest.mark.parametrize("is_written", [True, False])
def test_a_snapshot_is_requested_again_only_after_its_rows_are_written(world, is_written) -> None:
    world.amazon = copy.deepcopy(world.amazon)
    account = next(iter(world.amazon.accounts.values()))
    first = next(
        each
        for each in account.requests.values()
        if each.requested and each.spec.report_type == SNAPSHOT
    )
    first.ends = first.submitted + timedelta(minutes=100)
    later = first.ends + timedelta(minutes=5)
    state = world.target.state if is_written else None
    world.ends.append(RunEnd("done", began=later, state=state))
    account.add_request(first.spec, later, requested=True)
    asked_again = [each for each in checks.problems(world) if "asked again" in each]
    assert bool(asked_again) is not is_written


@pytest.mark.parametrize("is_known", [True, False])
def test_a_report_with_options_is_requested_again_only_by_a_state_without_it(
    world, is_known
) -> None:
    options = {"type": RANGES[0], "options": {"name": "value"}}
    world.scenario = replace(world.scenario, reports=(options, *world.scenario.reports[1:]))
    world.amazon = copy.deepcopy(world.amazon)
    account = next(iter(world.amazon.accounts.values()))
    first = next(
        each
        for each in account.requests.values()
        if each.requested and each.spec.report_type == RANGES[0]
    )
    later = world.clock.now() + timedelta(minutes=5)
    partition = {
        "context": {"seller_id": account.seller_id, "marketplace_ids": "ATVPDKIKX0DER"},
        "open_requests": [{"report_request_id": first.request_id}],
    }
    state = {"bookmarks": {ORDERS: {"partitions": [partition]}}} if is_known else None
    world.ends.append(RunEnd("done", began=later, state=state))
    account.add_request(first.spec, later, requested=True)
    assert any("asked again" in each for each in checks.problems(world)) is is_known
