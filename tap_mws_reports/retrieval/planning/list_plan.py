"""What the lists of the lifecycle streams cost: calls, and waits for the quotas of lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tap_mws_reports.api.interface import ListCalls
from tap_mws_reports.api.quota import Budget
from tap_mws_reports.api.timestamps import format_duration


@dataclass(frozen=True, slots=True)
class ListPlan:
    """The lists of a run in their order, and how long they wait for quotas at least."""

    lists: tuple[ListCalls, ...] = ()
    at_least: timedelta = timedelta(0)
    waiting: tuple[str, ...] = ()
    """The operations whose quotas they wait for."""

    @property
    def calls(self) -> int:
        """The number of calls, if every list has one page."""
        return sum(each.calls for each in self.lists)

    def describe(self) -> str:
        """Describe the lists in one line; empty if there are none."""
        if not self.lists:
            return ""
        *first, last = dict.fromkeys(each.stream for each in self.lists)
        streams = f"{', '.join(first)} and {last} take" if first else f"{last} takes"
        calls = "1 call" if self.calls == 1 else f"{self.calls} calls"
        if not self.at_least:
            return f"{streams} {calls} to list, without a wait for quotas"
        duration = format_duration(self.at_least)
        quotas = " and ".join(self.waiting)
        limit = f"at least {duration} by the quota of {quotas}"
        return f"{streams} {calls} to list, after the rows: {limit}"


def plan_lists(lists: Iterable[ListCalls], now: datetime) -> ListPlan:
    """Return the plan of lists that are made one after another, from full quotas.

    Lists of several pages, and lists by which row streams find earlier requests, take more.
    """
    every, moment = tuple(lists), now
    waiting: dict[str, None] = {}
    budgets: dict[tuple[str, str], Budget] = {}
    for each in every:
        budget = budgets.setdefault((each.seller_id, each.operation), Budget(each.quota, now))
        for _ in range(each.calls):
            if wait := budget.wait(moment):
                waiting[each.operation] = None
                moment += timedelta(seconds=wait)
            budget.take(moment)
    return ListPlan(every, moment - now, tuple(waiting))
