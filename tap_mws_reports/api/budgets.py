"""The budgets of all operations that are called for one seller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from tap_mws_reports.api.clock import Clock
from tap_mws_reports.api.quota import Budget, Quota


class Budgets:
    """One budget for each operation, full when it is first used. Not thread-safe."""

    def __init__(self, quotas: Mapping[str, Quota], clock: Clock) -> None:
        self._quotas = quotas
        self._clock = clock
        self._budgets: dict[str, Budget] = {}

    def of(self, name: str) -> Budget:
        """Return what is left of the quota of an operation."""
        if name not in self._budgets:
            self._budgets[name] = Budget(self._quotas[name], self._clock.now())
        return self._budgets[name]

    def ready_in(self, name: str) -> float:
        """Return the seconds until an operation may be called without waiting."""
        return self.of(name).wait(self._clock.now())

    def moments(self, name: str, calls: int) -> list[float]:
        """Return the seconds after which each of the next calls of an operation may go."""
        return self.of(name).moments(self._clock.now(), calls)

    def spent(self, name: str, moments: Iterable[datetime]) -> None:
        """Count calls that were made before this program's first one of the operation."""
        if name not in self._budgets:
            now = self._clock.now()
            self._budgets[name] = Budget.after(self._quotas[name], moments, now)
