from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from tap_mws_reports.api.interface import Call
from tap_mws_reports.retrieval.agenda import Agenda

MINUTE = timedelta(minutes=1)


@dataclass(eq=False)
class Waiting:
    """A desk, as far as an agenda knows it."""

    held: list[Call] = field(default_factory=list)

    def held_up(self, now) -> list[Call]:
        del now
        return self.held


@pytest.fixture
def desks():
    return [Waiting(), Waiting([Call.REQUEST]), Waiting()]


def test_all_are_due_at_first_and_then_at_their_moments(now, desks) -> None:
    first, second, third = desks
    agenda = Agenda(desks, now)
    assert agenda.due(now) == desks
    agenda.put(second, now + 2 * MINUTE)
    agenda.put(first, now + MINUTE)
    agenda.put(third, now + MINUTE)
    assert agenda.next_move == now + MINUTE
    assert agenda.due(now) == []
    assert agenda.due(now + MINUTE) == [first, third]
    assert agenda.due(now + 5 * MINUTE) == [second]
    assert agenda.next_move is None


def test_those_that_are_due_take_turns(now, desks) -> None:
    agenda = Agenda(desks, now)
    for _ in range(3):
        for desk in agenda.due(now):
            agenda.put(desk, now)
    assert agenda.due(now) == desks


def test_a_quota_that_holds_a_desk_up_is_told_with_the_time_that_has_passed(now, desks) -> None:
    _, held, _ = desks
    agenda = Agenda([], now)
    agenda.rest(held, now + MINUTE, now)
    assert agenda.next_move == now + MINUTE
    assert list(agenda.held_up(held, now + MINUTE)) == [(Call.REQUEST, 60.0)]
    assert list(agenda.held_up(held, now + MINUTE)) == []
