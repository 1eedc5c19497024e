"""Row counts as others have recorded them, and what the tap says of each."""

from __future__ import annotations

import pytest

from tap_mws_reports.streams.row_counts import KEPT, RowCountPolicy, with_row_count


@pytest.mark.parametrize(
    ("counts", "odd"),
    [
        # https://github.com/amzn/selling-partner-api-models/issues/5149: one day of one account.
        ([7241, 7241, 7241, 7241, 3979, 7241], [3979]),
        ([7241, 3979, 7241], []),  # nothing is usual yet
        ([7241, 3979, 7241, 3979, 7241], [3979]),
        # https://github.com/amzn/selling-partner-api-models/issues/5282
        ([8000, 8012, 7990, 400, 8004], [400]),
        ([8000, 8012, 7990, 1_500_000, 8004], [1_500_000]),
        # A first run is never compared, and two odd documents do not become usual.
        ([400], []),
        ([400, 8000, 8000, 8000], []),
        ([8000, 8000, 8000, 400, 400, 8000], [400, 400]),
        # A lasting change is usual after some documents.
        ([8000] * 4 + [400] * 6, [400] * 5),
        # Small reports vary.
        ([10, 10, 10, 90, 0], []),
        ([150, 150, 150, 0], [0]),
        # Growth of half, and no more.
        ([1000, 1000, 1000, 1500], []),
        ([1000, 1000, 1000, 1501], [1501]),
        ([0, 0, 0, 500], [500]),
    ],
)
def test_recorded_sequences(counts: list[int], odd: list[int]) -> None:
    policy, earlier, found = RowCountPolicy(), [], []
    for rows in counts:
        if deviation := policy.deviation(rows, earlier):
            found.append(deviation.rows)
        earlier = with_row_count(earlier, rows)
    assert found == odd
    assert len(earlier) <= KEPT


def test_both_row_counts_are_logged() -> None:
    deviation = RowCountPolicy().deviation(3979, [7241, 7240, 7250])
    assert str(deviation) == "3979 rows, usually 7241 (the median of the last 3 documents)"


@pytest.mark.parametrize(("bound", "odd"), [(101, True), (181, True), (182, False)])
def test_the_threshold_is_in_percent(bound: int, *, odd: bool) -> None:
    assert bool(RowCountPolicy("warn", bound).deviation(3979, [7241] * 3)) is odd


def test_the_check_can_be_disabled() -> None:
    assert RowCountPolicy("off").deviation(1, [7241] * 10) is None
