"""When calls go that wait for a quota and for something else, too. In seconds from now on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from tap_mws_reports.api.interface import CallQuotas, ThrottledCall
from tap_mws_reports.api.quota import Quota


class QuotaTimeline:
    """Says when calls go that had to wait for something else than their quota.

    Quota is saved up no further than a burst: what comes back beyond it is lost. An hour that is
    full is so for those who come late, too.

    Args:
        moments: when calls may go that wait for nothing else: more than there will be, for those
            that go by unused.
        quota: what Amazon allows.
    """

    def __init__(self, moments: Sequence[float], quota: Quota) -> None:
        self._moments = moments
        self._burst = quota.burst
        self._per_hour = quota.per_hour
        self._next = 0
        self._gone: list[float] = []
        apart = zip(moments, moments[self._per_hour :], strict=False)
        self._hour = min((later - earlier for earlier, later in apart), default=0.0)

    @classmethod
    def of(cls, quotas: CallQuotas, call: ThrottledCall, count: int) -> QuotaTimeline:
        """Return the pace of a call that is made ``count`` times, from now on."""
        quota = quotas.quotas[call]
        return cls(quotas.moments(call, count + quota.burst), quota)

    @property
    def last(self) -> float:
        """When the last call went."""
        return self._gone[-1] if self._gone else 0.0

    def __call__(self, wanted: float) -> float:
        """Return when the next call goes, which may go at ``wanted``."""
        self._next = self._saved(wanted)
        moment = max(wanted, self._moment(self._next), self.last)
        if len(self._gone) >= self._per_hour:
            moment = max(moment, self._gone[-self._per_hour] + self._hour)
        self._next += 1
        self._gone.append(moment)
        return moment

    def ahead(self, now: float, count: int) -> float:
        """Return when the last of so many calls could go, from ``now`` on."""
        return max(now, self._moment(self._saved(now) + count - 1))

    def count(self, now: float, until: float) -> int:
        """Return how many calls could go from ``now`` on up to a moment."""
        return max(0, bisect_right(self._moments, until) - self._saved(now))

    def lost_from(self, now: float, wanted: Iterable[float]) -> float:
        """Return from when on quota is lost, if calls go at the moments ``wanted`` alone.

        They are in order. Quota is about to be lost once a whole burst is saved up.
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
