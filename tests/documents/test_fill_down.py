from __future__ import annotations

import pytest

from tap_mws_reports.documents.fill_down import GroupFill, SummaryFill


def summaries(*blocks: list[tuple[str, ...]]) -> list[list[tuple[str, ...]]]:
    summary = SummaryFill()
    summary.look_ahead([list(zip(*rows, strict=True)) for rows in blocks])
    columns = [summary(list(zip(*rows, strict=True))) for rows in blocks]
    return [list(zip(*each, strict=True)) for each in columns]


FIRST, SECOND, NONE = ("1 Jan", "9", "EUR"), ("2 Feb", "8", "USD"), ("", " ", "")


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ([[FIRST, NONE], [NONE]], [[FIRST, FIRST], [FIRST]]),
        # The summary stands below, in the same block or in a later one.
        ([[NONE, FIRST, NONE]], [[FIRST, FIRST, FIRST]]),
        ([[NONE], [NONE, FIRST]], [[FIRST], [FIRST, FIRST]]),
        # A second settlement follows, and nothing of the first continues.
        ([[FIRST, NONE, SECOND], [NONE]], [[FIRST, FIRST, SECOND], [SECOND]]),
        ([[FIRST, ("2 Feb", "", "USD"), NONE]], [[FIRST, *[("2 Feb", "", "USD")] * 2]]),
        # A row with a currency of its own is not a summary, and keeps it.
        ([[FIRST, ("", "", "GBP"), NONE]], [[FIRST, ("1 Jan", "9", "GBP"), FIRST]]),
        ([[NONE, NONE]], [[NONE, NONE]]),
    ],
)
def test_summary_holds_for_every_row_of_its_settlement(blocks, expected) -> None:
    assert summaries(*blocks) == expected


def test_rows_without_a_key_continue_the_group_above_over_blocks() -> None:
    continued = GroupFill()

    assert continued([["", "A", " ", "B"]]) == [("", "A", "A", "B")]
    assert continued([["", "C"]]) == [("B", "C")]
    assert continued([["D", "E"]]) == [["D", "E"]]
    assert continued([["", ""]]) == [("E", "E")]


def test_an_incomplete_key_is_unchanged() -> None:
    continued = GroupFill()

    assert continued([["A", "", ""], ["1", "2", ""]]) == [("A", "", ""), ("1", "2", "2")]
