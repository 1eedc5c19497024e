"""The quotas of the calls that the scheduler makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from tap_mws_reports.api.interface import ThrottledCall
from tap_mws_reports.api.quota import CallBudgets
from tap_mws_reports.api.request_budgets import UNLIMITED, SellerBudgets


class QuotaMixin:
    """The methods of `ReportService` that are about quotas.

    Args:
        budgets: what is left of the quotas of all operations.
        operations: the name of the operation for each call.
    """

    request_budgets: SellerBudgets = UNLIMITED
    """The limits of single report types."""

    def __init__(self, budgets: CallBudgets, operations: Mapping[ThrottledCall, str]) -> None:
        self._budgets = budgets
        self._operations = operations

    def seconds_until_allowed(self, call: ThrottledCall) -> float:
        """Return the seconds until ``call`` may go without waiting; 0.0 means now."""
        return self._budgets.seconds_until_allowed(self._operations[call])

    def moments(self, call: ThrottledCall, count: int) -> list[float]:
        """Return the seconds after which each of the next calls may go at the earliest."""
        return self._budgets.moments(self._operations[call], count)

    def spent(self, call: ThrottledCall, moments: Iterable[datetime]) -> None:
        """Count calls of the last hour by other programs, or by an earlier run."""
        self._budgets.spent(self._operations[call], moments)
