"""The earliest end that the quotas allow, whatever a program does.

The k slowest reports cannot all be requested before the moment of call k, so no schedule ends
before that moment and the k-th longest latency, for any k. The tap's own forecast uses the
same argument; this is an independent calculation from the documented quota.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from tap_mws_reports.api.quota import Budget, Quota

_START = datetime(2020, 1, 1, tzinfo=UTC)


def call_moments(quota: Quota, calls: int) -> list[float]:
    """Return the seconds after which each of so many calls may go at the earliest."""
    budget, now, moments = Budget(quota, _START), _START, []
    for _ in range(calls):
        now += timedelta(seconds=budget.wait(now))
        budget.take(now)
        moments.append((now - _START).total_seconds())
    return moments


def bound(quota: Quota, latencies: Sequence[float]) -> float:
    """Return the earliest end, in seconds, of requesting reports that take so long each."""
    slowest = sorted(latencies, reverse=True)
    moments = call_moments(quota, len(slowest))
    return max(moment + latency for moment, latency in zip(moments, slowest, strict=True))


def peak(intervals: Sequence[tuple[datetime, datetime]]) -> int:
    """Return how many spans (start, end), both inclusive, there were at most at the same time."""
    changes = sorted([(start, -1) for start, _ in intervals] + [(end, 1) for _, end in intervals])
    return max(accumulate((-change for _, change in changes), initial=0))
