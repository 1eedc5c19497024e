"""The next part is made in a thread; whoever takes the parts does not notice it."""

from __future__ import annotations

import threading
from collections.abc import Generator

import pytest

from tap_mws_reports.documents.read_ahead import read_ahead


def counted(made: list[int], fails_at: int | None = None) -> Generator[int]:
    try:
        for number in range(5):
            if number == fails_at:
                raise ValueError(number)
            made.append(number)
            yield number
    finally:
        made.append(-1)


def test_parts_come_in_their_order_from_another_thread() -> None:
    threads = set[int]()

    def noted() -> Generator[int]:
        for number in range(5):
            threads.add(threading.get_ident())
            yield number

    assert list(read_ahead(noted())) == [0, 1, 2, 3, 4]
    assert threads.isdisjoint({threading.get_ident()})


def test_one_part_is_made_ahead() -> None:
    made: list[int] = []
    parts = read_ahead(counted(made))
    for number in range(5):
        assert next(parts) == number
        assert len(made) <= number + 2 + (number == 4), "that part, the next one, and the end"
    parts.close()


@pytest.mark.parametrize("fails_at", [0, 2])
def test_an_error_is_raised_after_the_parts_before_it(fails_at) -> None:
    taken: list[int] = []
    with pytest.raises(ValueError, match=str(fails_at)):
        taken.extend(read_ahead(counted([], fails_at)))
    assert taken == list(range(fails_at))


@pytest.mark.parametrize("nested", [False, True])
def test_an_early_end_closes_the_source_and_leaves_no_thread(nested) -> None:
    before, made = threading.active_count(), list[int]()
    parts = read_ahead(counted(made))
    if nested:
        parts = read_ahead(parts)
    assert next(parts) == 0
    parts.close()
    assert made[-1] == -1
    assert threading.active_count() == before
