from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tap_mws_reports.retrieval.shelf import Shelf
from tap_mws_reports.retrieval.work import Phase, Work


@pytest.fixture
def works(make_work):
    """Works of three days, the newest first, and one without a window."""
    days = [datetime(2026, 2, day, tzinfo=UTC) for day in (3, 2, 1)]
    return [make_work(start=start) for start in [*days, None]]


def ended(*works: Work) -> tuple[Work, ...]:
    for work in works:
        work.phase = Phase.EMPTY
    return works


def test_of_the_works_that_have_ended_the_oldest_is_taken(works) -> None:
    newest, middle, oldest, now = works
    shelf = Shelf(works)
    assert shelf.take("stream") is None
    shelf.put(ended(now, newest, middle))
    assert shelf.take("stream") is middle
    shelf.put(ended(oldest))
    assert [shelf.take("stream") for _ in range(3)] == [oldest, newest, now]


def test_a_stream_waits_until_it_has_all_of_its_works(works) -> None:
    shelf = Shelf(works)
    shelf.put(ended(*works))
    for work in works:
        assert shelf.awaits("stream")
        shelf.take("stream")
        assert work.phase.ended
    assert not shelf.awaits("stream")
    assert all(work.delivered for work in works)


def test_a_stream_is_handed_its_own_works(works) -> None:
    works[0].stream = "other"
    shelf = Shelf(ended(*works))
    assert shelf.take("other") is works[0]
    assert not shelf.awaits("other")
    assert shelf.take("stream") is works[2]


def test_what_has_ended_before_the_run_is_there_at_once(works) -> None:
    ended(works[1])
    assert Shelf(works).take("stream") is works[1]
