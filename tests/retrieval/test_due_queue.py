from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from tap_mws_reports.api.interface import ThrottledCall
from tap_mws_reports.retrieval.due_queue import DueQueue
from tap_mws_reports.retrieval.seller_scheduler import SellerScheduler

MINUTE = timedelta(minutes=1)


def due(agenda: DueQueue, now: datetime) -> list[SellerScheduler]:
    turn = agenda.next_turn()
    found = []
    while scheduler := agenda.next_due(now, turn):
        found.append(scheduler)
    return found


@dataclass(eq=False)
class Waiting:
    """A scheduler, as the due queue sees it."""

    held: list[ThrottledCall] = field(default_factory=list)

    def held_up(self, now) -> list[ThrottledCall]:
        del now
        return self.held


@pytest.fixture
def schedulers():
    return [Waiting(), Waiting([ThrottledCall.REQUEST]), Waiting()]


def test_all_schedulers_are_due_at_first_and_then_at_their_times(now, schedulers) -> None:
    first, second, third = schedulers
    agenda = DueQueue(schedulers, now)
    assert due(agenda, now) == schedulers
    agenda.put(second, now + 2 * MINUTE)
    agenda.put(first, now + MINUTE)
    agenda.put(third, now + MINUTE)
    assert agenda.next_move == now + MINUTE
    assert due(agenda, now) == []
    assert due(agenda, now + MINUTE) == [first, third]
    assert due(agenda, now + 5 * MINUTE) == [second]
    assert agenda.next_move is None


def test_due_schedulers_take_turns(now, schedulers) -> None:
    agenda = DueQueue(schedulers, now)
    for _ in range(3):
        turn = agenda.next_turn()
        while scheduler := agenda.next_due(now, turn):
            agenda.put(scheduler, now)
    assert due(agenda, now) == schedulers


def test_a_scheduler_is_queued_once_at_its_latest_or_an_advanced_time(now, schedulers) -> None:
    first, second, parked = schedulers
    agenda = DueQueue([], now)
    agenda.put(first, now + 5 * MINUTE)
    agenda.advance(first, now + MINUTE)
    agenda.put(second, now + MINUTE)
    agenda.advance(second, now + 3 * MINUTE)
    agenda.advance(parked, now + 2 * MINUTE)
    assert agenda.next_move == now + MINUTE
    assert due(agenda, now + MINUTE) == [first, second]
    assert due(agenda, now + 10 * MINUTE) == [parked]
    assert agenda.next_move is None
    agenda.put(first, now + MINUTE)
    agenda.put(first, now + 5 * MINUTE)
    assert agenda.next_move == now + 5 * MINUTE
    agenda.wake(now)
    assert due(agenda, now) == [first]


def test_a_quota_that_delays_a_seller_is_reported_with_the_time_that_has_passed(
    now, schedulers
) -> None:
    _, held, _ = schedulers
    agenda = DueQueue([], now)
    agenda.rest(held, now + MINUTE, now)
    assert agenda.next_move == now + MINUTE
    assert list(agenda.held_up(held, now + MINUTE)) == [(ThrottledCall.REQUEST, 60.0)]
    assert list(agenda.held_up(held, now + MINUTE)) == []
