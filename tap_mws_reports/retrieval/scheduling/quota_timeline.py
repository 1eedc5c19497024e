"""When calls are allowed that depend on a quota and on other events. In seconds from now."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from tap_mws_reports.api.interface import CallQuotas, ThrottledCall
from tap_mws_reports.api.quota import Quota


class QuotaTimeline:
    """Simulates a quota for calls that also wait for other events.

    Unused quota accumulates up to a burst; more is lost. The hourly limit also applies to calls
    that are made late.

    Args:
        moments: when the quota allows each call; more than needed, as some are not used.
        quota: the quota.
    """

    def __init__(self, moments: Sequence[float], quota: Quota) -> None:
        self._moments = moments
        self._burst = quota.burst
        self._per_hour = quota.per_hour
        self._next = 0
        self._made: list[float] = []
        apart = zip(moments, moments[self._per_hour :], strict=False)
        self._hour = min((later - earlier for earlier, later in apart), default=0.0)

    @classmethod
    def of(cls, quotas: CallQuotas, call: ThrottledCall, count: int) -> QuotaTimeline:
        """Return the timeline of ``count`` calls from now on."""
        quota = quotas.quotas[call]
        return cls(quotas.moments(call, count + quota.burst), quota)

    @property
    def last(self) -> float:
        """When the last call was made."""
        return self._made[-1] if self._made else 0.0

    def __call__(self, wanted: float) -> float:
        """Return when the next call is made, which is due at ``wanted``."""
        self._next = self._saved(wanted)
        moment = max(wanted, self._moment(self._next), self.last)
        if len(self._made) >= self._per_hour:
            moment = max(moment, self._made[-self._per_hour] + self._hour)
        self._next += 1
        self._made.append(moment)
        return moment

    def ahead(self, now: float, count: int) -> float:
        """Return when the last of ``count`` calls is allowed, from ``now`` on."""
        return max(now, self._moment(self._saved(now) + count - 1))

    def count(self, now: float, until: float) -> int:
        """Return how many calls are allowed from ``now`` to ``until``."""
        return max(0, bisect_right(self._moments, until) - self._saved(now))

    def lost_from(self, now: float, wanted: Iterable[float]) -> float:
        """Return from when on quota is lost, if calls are made only at the times ``wanted``.

        They are sorted. Quota is lost once a whole burst has accumulated.
        """
        full = self._saved(now) + self._burst - 1
        for moment in wanted:
            if moment > self._moment(full):
                break
            full += 1
        return max(now, self._moment(full))

    def _saved(self, now: float) -> int:
        return max(self._next, bisect_right(self._moments, now) - self._burst)

    def _moment(self, number: int) -> float:
        return self._moments[min(number, len(self._moments) - 1)]
