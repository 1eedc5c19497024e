"""A test marked ``rows`` fails if any row does, and shows each row that fails."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.conftest import run_for_rows


def test_each_row_that_fails_is_shown() -> None:
    seen = []

    def smaller(number: int, limit: int, tmp_path: str) -> None:
        seen.append((number, tmp_path))
        assert number < limit

    test = SimpleNamespace(
        obj=smaller, funcargs={"number": None, "limit": None, "tmp_path": "a folder"}
    )
    rows = [(1, 2), (2, 2), (3, 4), (5, 4)]
    with pytest.raises(AssertionError, match=r"2 of 4 rows failed") as raised:
        run_for_rows(test, ("number", "limit"), rows, lambda row: f"the {row[0]}")
    shown = str(raised.value)
    assert ["the 2:" in shown, "the 5:" in shown] == [True, True]
    assert ["the 1:" in shown, "the 3:" in shown] == [False, False]
    assert seen == [(number, "a folder") for number, _ in rows]


def test_failures_of_pytest_itself_are_shown() -> None:
    def failing(number: int) -> None:
        with pytest.raises(ZeroDivisionError):
            assert 1 / number

    test = SimpleNamespace(obj=failing, funcargs={"number": None})
    with pytest.raises(AssertionError, match=r"1 of 2 rows failed\n1: Failed: DID NOT RAISE"):
        run_for_rows(test, "number", [0, 1])
