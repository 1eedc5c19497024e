"""The usual number of rows of a snapshot, and documents that are far from it.

Amazon does not guarantee that a report with the status DONE is complete: on one day an account got
7241, 3979 and 7241 rows (https://github.com/amzn/selling-partner-api-models/issues/5149,
https://github.com/amzn/selling-partner-api-models/issues/5282).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_high
from typing import Literal

KEPT = 10
"""How many row counts the state keeps of a partition."""

ENOUGH = 3
"""How many earlier documents are needed for a usual number of rows."""

LEAST_DIFFERENCE = 100
"""How many rows a document must have more or less: small reports vary."""

RowCountMode = Literal["off", "warn", "retry"]


@dataclass(frozen=True, slots=True)
class RowCountDeviation:
    """A document with far more or far fewer rows than usual."""

    rows: int
    usual: int
    """The median of the earlier documents."""
    documents: int
    """The number of earlier documents."""

    def __str__(self) -> str:
        """Return both numbers in words."""
        return (
            f"{self.rows} rows, usually {self.usual} (the median of the last "
            f"{self.documents} documents)"
        )


@dataclass(frozen=True, slots=True)
class RowCountPolicy:
    """The settings ``row_count_check`` and ``row_count_bound``."""

    mode: RowCountMode = "warn"
    bound: int = 150
    """Percent: how large the larger of both numbers may be, compared with the smaller."""

    def deviation(self, rows: int, earlier: Sequence[int]) -> RowCountDeviation | None:
        """Return the deviation of a document from earlier ones, the oldest first, or None."""
        last = earlier[-KEPT:]
        if self.mode == "off" or len(last) < ENOUGH:
            return None
        # Of two in the middle the higher one: missing rows are Amazon's most frequent error.
        usual = median_high(last)
        if abs(rows - usual) < LEAST_DIFFERENCE:
            return None
        if max(rows, usual) * 100 <= min(rows, usual) * self.bound:
            return None
        return RowCountDeviation(rows, usual, len(last))


def with_row_count(earlier: Sequence[int], rows: int) -> list[int]:
    """Return the row counts to keep after another document."""
    return [*earlier, rows][-KEPT:]
