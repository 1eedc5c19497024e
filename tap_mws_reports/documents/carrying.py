"""Values that stand in one row and hold for those below it."""

from __future__ import annotations

from collections.abc import Sequence


class Carried:
    """Fills the rows of a column that have no value with the last value above them.

    Only the first row of a settlement, its summary, has the settlement's dates, total and currency.
    """

    def __init__(self) -> None:
        self._last: object = None

    def __call__(self, values: Sequence[object]) -> Sequence[object]:
        """Return the values of a block that follows the last one."""
        filled = []
        for value in values:
            if value is not None:
                self._last = value
            filled.append(self._last)
        return filled
