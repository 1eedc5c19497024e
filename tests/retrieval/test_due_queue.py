from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from tap_mws_reports.api.interface import ThrottledCall
from tap_mws_reports.retrieval.due_queue import DueQueue
from tap_mws_reports.retrieval.seller_scheduler import SellerScheduler

MINUTE = timedelta(minutes=1)


def due(due_queue: DueQueue, now: datetime) -> list[SellerScheduler]:
    turn = due_queue.next_turn()
    found = []
    while scheduler := due_queue.next_due(now, turn):
        found.append(scheduler)
    return found


@dataclass(eq=False)
class Waiting:
    """A scheduler, as the due queue sees it."""

    held: list[ThrottledCall] = field(default_factory=list)

    def quota_limited(self, now) -> list[ThrottledCall]:
        del now
        return self.held


@pytest.fixture
def schedulers():
    return [Waiting(), Waiting([ThrottledCall.REQUEST]), Waiting()]


def test_all_schedulers_are_due_at_first_and_then_at_their_times(now, schedulers) -> None:
    first, second, third = schedulers
    due_queue = DueQueue(schedulers, now)
    assert due(due_queue, now) == schedulers
    due_queue.put(second, now + 2 * MINUTE)
    due_queue.put(first, now + MINUTE)
    due_queue.put(third, now + MINUTE)
    assert due_queue.next_move == now + MINUTE
    assert due(due_queue, now) == []
    assert due(due_queue, now + MINUTE) == [first, third]
    assert due(due_queue, now + 5 * MINUTE) == [second]
    assert due_queue.next_move is None


def test_due_schedulers_take_turns(now, schedulers) -> None:
    due_queue = DueQueue(schedulers, now)
    for _ in range(3):
        turn = due_queue.next_turn()
        while scheduler := due_queue.next_due(now, turn):
            due_queue.put(scheduler, now)
    assert due(due_queue, now) == schedulers


def test_a_scheduler_is_queued_once_at_its_latest_or_an_advanced_time(now, schedulers) -> None:
    first, second, parked = schedulers
    due_queue = DueQueue([], now)
    due_queue.put(first, now + 5 * MINUTE)
    due_queue.advance(first, now + MINUTE)
    due_queue.put(second, now + MINUTE)
    due_queue.advance(second, now + 3 * MINUTE)
    due_queue.advance(parked, now + 2 * MINUTE)
    assert due_queue.next_move == now + MINUTE
    assert due(due_queue, now + MINUTE) == [first, second]
    assert due(due_queue, now + 10 * MINUTE) == [parked]
    assert due_queue.next_move is None
    due_queue.put(first, now + MINUTE)
    due_queue.put(first, now + 5 * MINUTE)
    assert due_queue.next_move == now + 5 * MINUTE
    due_queue.wake(now)
    assert due(due_queue, now) == [first]


def test_a_quota_that_delays_a_seller_is_reported_with_the_time_that_has_passed(
    now, schedulers
) -> None:
    _, held, _ = schedulers
    due_queue = DueQueue([], now)
    due_queue.delay(held, now + MINUTE, now)
    assert due_queue.next_move == now + MINUTE
    assert list(due_queue.quota_waits(held, now + MINUTE)) == [(ThrottledCall.REQUEST, 60.0)]
    assert list(due_queue.quota_waits(held, now + MINUTE)) == []
