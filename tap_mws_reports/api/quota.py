"""How often Amazon lets an operation be called, and how long it is until the next call may go.

Nothing here sleeps or looks at a clock: the caller says what time it is. Moments are added as
whole microseconds, so a budget that says "now" agrees to the microsecond with one that counts on
Amazon's side. A budget serves one thread.

Source: https://docs.developer.amazonservices.com/en_US/dev_guide/DG_Throttling.html
"""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
NOTHING = timedelta(0)
_SHORTEST = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Quota:
    """What an operation's page states.

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
    """A token bucket, kept as the one moment at which it will be full again."""

    def __init__(self, burst: int, restore: timedelta, now: datetime) -> None:
        self._restore = restore
        self._capacity = burst * restore
        self._full_at = now

    def wait(self, now: datetime) -> timedelta:
        """Return how long it is until a token is there."""
        return max(NOTHING, self._full_at - now + self._restore - self._capacity)

    def take(self, now: datetime) -> None:
        """Take a token, whether there is one or not."""
        self._full_at = max(self._full_at, now) + self._restore

    def restore_every(self, restore: timedelta, now: datetime) -> None:
        """Let a token come back every ``restore`` from now on; those that are missing stay so."""
        if restore == self._restore:
            return
        missing = max(NOTHING, self._full_at - now) / self._restore
        self._capacity = self._capacity / self._restore * restore
        self._restore = restore
        self._full_at = now + missing * restore

    def empty(self, now: datetime) -> None:
        """Pour out what is left; the first token comes back one restore time after ``now``."""
        self._full_at = max(self._full_at, now + self._capacity)


class RollingHour:
    """At most ``limit`` calls in any sixty minutes.

    Amazon counts from a fixed minute of the hour that differs between accounts and is not told
    beforehand. Whatever that minute is, calls that keep within every sixty minutes keep within it.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._calls: deque[datetime] = deque()

    def wait(self, now: datetime) -> timedelta:
        """Return how long it is until one more call keeps within the hour."""
        self._forget(now)
        if len(self._calls) < self.limit:
            return NOTHING
        return self._calls[-self.limit] + HOUR - now

    def take(self, now: datetime) -> None:
        """Count a call."""
        self._calls.append(now)

    def left(self, now: datetime) -> int:
        """Return how many more calls keep within the hour."""
        self._forget(now)
        return max(0, self.limit - len(self._calls))

    def _forget(self, now: datetime) -> None:
        while self._calls and self._calls[0] + HOUR <= now:
            self._calls.popleft()


@dataclass(slots=True)
class Hint:
    """What Amazon last said is left of the hour, counting the calls of every program."""

    left: int
    resets_on: datetime


class Budget:
    """What is left of one quota: the bucket, the hour, and what Amazon said about either.

    To be exact about Amazon's own count, ask `wait` just before a call is sent and tell `take`
    when its answer is there: Amazon counted it at some moment in between.

    ``bucket`` and ``hour`` are open to whoever has to say which of the two refuses a call.
    """

    def __init__(self, quota: Quota, now: datetime) -> None:
        self.quota = quota
        self.bucket = Bucket(quota.burst, timedelta(seconds=quota.restore_seconds), now)
        self.hour = RollingHour(quota.hourly) if quota.hourly is not None else None
        self._hint: Hint | None = None
        self._closed_until = now

    @classmethod
    def after(cls, quota: Quota, calls: Iterable[datetime], now: datetime) -> Budget:
        """Return a budget that was full before ``calls`` were made, and is left alone till now."""
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
        return max(NOTHING, *waits).total_seconds()

    def moments(self, now: datetime, calls: int) -> list[float]:
        """Return the seconds after which each of the next calls may go, if nobody else calls."""
        budget, moment, moments = copy.deepcopy(self), now, []
        for _ in range(calls):
            moment += timedelta(seconds=budget.wait(moment))
            budget.take(moment)
            moments.append((moment - now).total_seconds())
        return moments

    def take(self, now: datetime) -> None:
        """Count a call that Amazon has seen by ``now``."""
        self.bucket.take(now)
        if self.hour is not None:
            self.hour.take(now)
        if self._hint is not None:
            self._hint.left -= 1

    def throttled(self, now: datetime, retry_after: float | None = None) -> None:
        """Note that Amazon refused a call: nothing is left, for ``retry_after`` seconds if told."""
        self.bucket.empty(now)
        if retry_after is not None:
            until = now + min(timedelta(seconds=retry_after), HOUR)
            self._closed_until = max(self._closed_until, until)

    def restored_at(self, rate: float, now: datetime) -> None:
        """Heed the calls a second that Amazon says it allows, be they fewer or more than known.

        What lies beyond a call in an hour, or a thousand in a second, is no figure of Amazon's.
        """
        if rate > 0:
            restore = timedelta(seconds=1 / rate)
            self.bucket.restore_every(max(_SHORTEST, min(restore, HOUR)), now)

    def correct(
        self,
        now: datetime,
        maximum: float | None,
        remaining: float | None,
        resets_on: datetime | None,
    ) -> None:
        """Heed an answer's ``x-mws-quota-*`` headers, as far as they allow less than was known.

        The figures lag behind (straight after a call the full quota is often still announced),
        so they never allow more. A reset more than an hour away is a clock that is off.
        """
        if maximum is not None and self.hour is not None:
            self.hour.limit = max(1, min(self.hour.limit, int(maximum)))
        if remaining is None or resets_on is None or resets_on <= now:
            return
        left = int(remaining)
        if self._hint is not None and self._hint.resets_on > now:
            left = min(left, self._hint.left)
        self._hint = Hint(left, min(resets_on, now + HOUR))

    def _hinted_wait(self, now: datetime) -> timedelta:
        if self._hint is None or self._hint.left > 0:
            return NOTHING
        return self._hint.resets_on - now
