"""Quotas as token buckets with an hourly limit, and the wait until the next call.

Nothing here sleeps or reads a clock: the caller passes the time. Times are added as whole
microseconds, so that client and sandbox agree to the microsecond. Not thread-safe.

Source: https://docs.developer.amazonservices.com/en_US/dev_guide/DG_Throttling.html
"""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tap_mws_reports.api.clock import Clock

HOUR = timedelta(hours=1)
NO_QUOTA = timedelta(0)
_SHORTEST = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Quota:
    """The quota that an operation's page states.

    ``burst`` calls may go at once, one more comes back every ``restore_seconds``, and no more than
    ``hourly`` go in an hour (None: no such limit).
    """

    burst: int
    restore_seconds: float
    hourly: int | None = None

    @property
    def per_hour(self) -> int:
        """How many calls an hour allows once the burst is used up."""
        return self.hourly or int(HOUR.total_seconds() // self.restore_seconds)


class Bucket:
    """A token bucket, stored as the time at which it will be full again."""

    def __init__(self, burst: int, restore: timedelta, now: datetime) -> None:
        self._restore = restore
        self._capacity = burst * restore
        self._full_at = now

    def wait(self, now: datetime) -> timedelta:
        """Return how long it is until a token is available."""
        return max(NO_QUOTA, self._full_at - now + self._restore - self._capacity)

    def take(self, now: datetime) -> None:
        """Take a token, even if there is none."""
        self._full_at = max(self._full_at, now) + self._restore

    def moments(self, now: datetime, earliest: datetime, calls: int) -> list[float]:
        """Return the seconds from ``now`` after which each of the next calls has a token.

        No call goes before ``earliest``.
        """
        full_at, moment, moments = self._full_at, max(now, earliest), []
        for _ in range(calls):
            moment = max(moment, full_at + self._restore - self._capacity)
            full_at = max(full_at, moment) + self._restore
            moments.append((moment - now).total_seconds())
        return moments

    def restore_every(self, restore: timedelta, now: datetime) -> None:
        """Restore a token every ``restore`` from now on; missing tokens stay missing."""
        if restore == self._restore:
            return
        missing = max(NO_QUOTA, self._full_at - now) / self._restore
        self._capacity = self._capacity / self._restore * restore
        self._restore = restore
        self._full_at = now + missing * restore

    def empty(self, now: datetime) -> None:
        """Remove all tokens; the first is restored one restore time after ``now``."""
        self._full_at = max(self._full_at, now + self._capacity)


class RollingHour:
    """At most ``limit`` calls in any sixty minutes.

    Amazon counts from a fixed minute of the hour, which differs between accounts and is not
    published. A limit over every sixty minutes holds whatever that minute is.
    """

    def __init__(self, limit: int, calls: Iterable[datetime] = ()) -> None:
        self.limit = limit
        self._calls = deque(calls)

    def wait(self, now: datetime) -> timedelta:
        """Return how long it is until one more call is within the limit."""
        self._forget(now)
        if len(self._calls) < self.limit:
            return NO_QUOTA
        return self._calls[-self.limit] + HOUR - now

    def take(self, now: datetime) -> None:
        """Count a call."""
        self._calls.append(now)

    def copied(self) -> RollingHour:
        """Return a copy that counts for itself."""
        return RollingHour(self.limit, self._calls)

    def left(self, now: datetime) -> int:
        """Return how many more calls are within the limit."""
        self._forget(now)
        return max(0, self.limit - len(self._calls))

    def _forget(self, now: datetime) -> None:
        while self._calls and self._calls[0] + HOUR <= now:
            self._calls.popleft()


@dataclass(slots=True)
class ServerQuota:
    """What is left of the hourly quota according to Amazon, for the calls of all programs."""

    left: int
    resets_on: datetime


class Budget:
    """What is left of one quota: the bucket, the hour, and Amazon's own figures.

    Call `wait` just before a call is sent and `take` when its answer is there: Amazon counts the
    call in between.

    ``bucket`` and ``hour`` are public for the sandbox, which reports which of them refuses a call.
    """

    def __init__(self, quota: Quota, now: datetime) -> None:
        self.quota = quota
        self.bucket = Bucket(quota.burst, timedelta(seconds=quota.restore_seconds), now)
        self.hour = RollingHour(quota.hourly) if quota.hourly is not None else None
        self._hint: ServerQuota | None = None
        self._closed_until = now

    @classmethod
    def after(cls, quota: Quota, calls: Iterable[datetime], now: datetime) -> Budget:
        """Return the budget after ``calls``, which was full before the first of them."""
        ordered = sorted(calls)
        budget = cls(quota, min([now, *ordered]))
        for moment in ordered:
            budget.take(moment)
        return budget

    def wait(self, now: datetime) -> float:
        """Return the seconds until a call may go; 0.0 means now."""
        waits = [self.bucket.wait(now), self._closed_until - now, self._hinted_wait(now)]
        if self.hour is not None:
            waits.append(self.hour.wait(now))
        return max(NO_QUOTA, *waits).total_seconds()

    def moments(self, now: datetime, calls: int) -> list[float]:
        """Return the seconds after which each of the next calls may go at the earliest."""
        if self.hour is None and self._hint is None:
            # As below, in a fifth of the time: this is computed before each report request.
            return self.bucket.moments(now, self._closed_until, calls)
        budget, moment, moments = self._copy(), now, []
        for _ in range(calls):
            moment += timedelta(seconds=budget.wait(moment))
            budget.take(moment)
            moments.append((moment - now).total_seconds())
        return moments

    def _copy(self) -> Budget:
        """Return a copy that counts for itself; `copy.deepcopy` takes twenty times as long."""
        budget = copy.copy(self)
        vars(budget).update(
            bucket=copy.copy(self.bucket),
            hour=None if self.hour is None else self.hour.copied(),
            _hint=None if self._hint is None else replace(self._hint),
        )
        return budget

    def take(self, now: datetime) -> None:
        """Count a call."""
        self.bucket.take(now)
        if self.hour is not None:
            self.hour.take(now)
        if self._hint is not None:
            self._hint.left -= 1

    def throttled(self, now: datetime, retry_after: float | None = None) -> None:
        """Empty the quota after a refused call, for ``retry_after`` seconds if they are known."""
        self.bucket.empty(now)
        if retry_after is not None:
            until = now + min(timedelta(seconds=retry_after), HOUR)
            self._closed_until = max(self._closed_until, until)

    def set_rate(self, rate: float, now: datetime) -> None:
        """Set the rate to that of Amazon's header, in calls a second.

        It is limited to the range from one call an hour to a thousand a second.
        """
        if rate > 0:
            restore = timedelta(seconds=1 / rate)
            self.bucket.restore_every(max(_SHORTEST, min(restore, HOUR)), now)

    def apply_headers(
        self,
        now: datetime,
        maximum: float | None,
        remaining: float | None,
        resets_on: datetime | None,
    ) -> None:
        """Apply an answer's ``x-mws-quota-*`` headers, as far as they allow less than counted.

        The figures lag behind (after a call the full quota is often still announced), so they
        never allow more. A reset more than an hour away is taken for one in an hour.
        """
        if maximum is not None and self.hour is not None:
            self.hour.limit = max(1, min(self.hour.limit, int(maximum)))
        if remaining is None or resets_on is None or resets_on <= now:
            return
        left = int(remaining)
        if self._hint is not None and self._hint.resets_on > now:
            left = min(left, self._hint.left)
        self._hint = ServerQuota(left, min(resets_on, now + HOUR))

    def _hinted_wait(self, now: datetime) -> timedelta:
        if self._hint is None or self._hint.left > 0:
            return NO_QUOTA
        return self._hint.resets_on - now


class CallBudgets:
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

    def seconds_until_allowed(self, name: str) -> float:
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
