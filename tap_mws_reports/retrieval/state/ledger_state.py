"""The request ledgers in the state: on stream level, because sellers share those of an application.

    request_ledgers   application (a short hash of its client id), seller_id if it is a seller's;
                      granted and refused requests of the type, and what was learned from them, in
                      whole seconds

Several streams may read the same report type: each has a copy, and the next run uses what any has.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tap_mws_reports.api.request_budgets import RequestBudgets

KEY = "request_ledgers"


class LedgerState:
    """Reads and writes the ledgers of one stream, in place.

    Args:
        report_type: the type of the stream, by the project's name.
        state: the state of the stream.
    """

    def __init__(self, report_type: str, state: dict[str, Any]) -> None:
        self.report_type = report_type
        self._state = state

    def load(self, budgets: RequestBudgets) -> None:
        """Add the requests of earlier runs to the budgets."""
        budgets.load(self.report_type, self._state.get(KEY, []))

    def save(self, budgets: RequestBudgets, now: datetime) -> None:
        """Write what the budgets have; nothing is written for types without a limit."""
        entries = budgets.entries(self.report_type, now)
        if entries or KEY in self._state:
            self._state[KEY] = entries


def load_ledgers(
    states: Iterable[LedgerState | None], budgets: RequestBudgets
) -> list[LedgerState]:
    """Load the ledgers of all streams; return the states, each once."""
    found = list({id(each): each for each in states if each is not None}.values())
    for each in found:
        each.load(budgets)
    return found
